import { localhostOf, outcomeAt } from '../../containers/reading.ts';
import type { Asker, Bind, AskTarget } from '../../containers/cases.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { compareAsRead } from '../../text/versions.ts';
import { table, text } from '../markup.ts';
import { wrongAddresses } from './grid.ts';

/** The configurations that people meet: what each engine does by default, of root and of an ordinary user. */
const PICKED = [
  'podman/netavark',
  'podman/rootless-slirp4netns',
  'podman/rootless-pasta',
  'docker/proxy',
  'docker/no-proxy',
];

interface One {
  record: ContainersRecord;
  configuration: ConfigurationRecord;
}

/** The questions to the engines, each with one engine's outcome, in words. */
const QUESTIONS: Readonly<Record<string, (one: One) => string>> = {
  'published on 127.0.0.1, a neighbour routes 127.0.0.0/8 to the host': exposure('loopback', '127.0.0.1'),
  "published on 127.0.0.1, a neighbour routes the container's network to the host": exposure('subnet', '127.0.0.1'),
  "not published, a neighbour routes the container's network to the host": exposure('subnet', 'not'),
  'the server is on 127.0.0.1 in the container, the host asks 127.0.0.1': tcp('127.0.0.1', 'host', '127.0.0.1'),
  'the server is on 0.0.0.0, the host asks ::1': tcp('0.0.0.0', 'host', '::1'),
  'the server is on 0.0.0.0, the host asks localhost': ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', '0.0.0.0');
    const at = (target: AskTarget) => row && outcomeAt(configuration, row, 'host', target);
    return localhostOf(at('::1'), at('127.0.0.1'))?.outcome ?? '-';
  },
  'the server is on `::`, the host asks ::1': tcp('::', 'host', '::1'),
  'the LAN neighbour is seen as': ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', '0.0.0.0');
    const outcome = row && outcomeAt(configuration, row, 'neighbour', 'lan');
    return outcome?.outcome === 'answered' ? text(outcome.seen ?? 'itself') : '-';
  },
  "the container asks for itself by the host's address": tcp('0.0.0.0', 'itself', 'lan'),
  "a container on another network asks by the host's address": tcp('0.0.0.0', 'stranger', 'lan'),
  "a container on another network asks by the container's address": tcp('0.0.0.0', 'stranger', 'container'),
  "the host's port is held by": ({ configuration }) => {
    const held = configuration.holders.filter(({ published, protocol }) => published === 'every' && protocol === 'tcp');
    return text([...new Set(held.flatMap(({ listeners }) => listeners))].join(', ') || 'nobody');
  },
  'UDP is answered from another address for': ({ configuration }) =>
    wrongAddresses(configuration)
      .map((line) => line.split(':')[0])
      .join('; ') || 'none',
};

/** The page of how engines differ, in Markdown: the table, and the records that it is made of. */
export function enginePage(records: readonly ContainersRecord[]): string {
  const files = records.map(
    ({ engine }) => `- ${engine.name} ${text(engine.version)}: \`reports/${engine.id}/containers.md\``,
  );
  return [
    '# How the engines differ',
    '',
    'Made from the committed records by `npm run pages`: what was observed with a host that has no firewall of its own.',
    'What is asked, and what of this surprises people, is in [Containers](containers.md). A hyphen is for what there is not:',
    'with a network stack in user space no container is on another network. Versions that agree in all of it share a column.',
    '',
    engineDifferences(records),
    '',
    '## The records',
    '',
    "In bindspec's repository:",
    '',
    ...files,
    '',
  ].join('\n');
}

/**
 * How engines differ, as a Markdown table: a column for each configuration that people meet, in which versions that
 * agree in everything that is shown here are one.
 */
function engineDifferences(records: readonly ContainersRecord[]): string {
  const columns = PICKED.flatMap((id) => {
    const versions = records
      .toSorted((a, b) => compareAsRead(a.engine.version, b.engine.version))
      .flatMap((record) => {
        const configuration = record.configurations.find((one) => one.id === id && one.rows.length > 0);
        return configuration === undefined ? [] : [{ record, configuration }];
      });
    const alike = new Map<string, { versions: string[]; answers: string[] }>();
    for (const one of versions) {
      const answers = Object.values(QUESTIONS).map((question) => question(one));
      const key = JSON.stringify(answers);
      const group = alike.get(key) ?? { versions: [], answers };
      group.versions.push(/^\d+\.\d+/.exec(one.record.engine.version)?.[0] ?? one.record.engine.version);
      alike.set(key, group);
    }
    const [engine = '', name = ''] = id.split('/');
    const title = engine === 'docker' ? 'Docker' : engine;
    return [...alike.values()].map((group) => ({
      head: `${title} ${group.versions.join(', ')} \`${name}\``,
      answers: group.answers,
    }));
  });
  const rows = Object.keys(QUESTIONS).map((question, place) => [
    question,
    ...columns.map(({ answers }) => answers[place] ?? '-'),
  ]);
  const head = ['TCP where nothing else is said; published on every address', ...columns.map((one) => one.head)];
  return table(head, rows);
}

function rowOf({ rows }: ConfigurationRecord, socket: string, bind: Bind) {
  return rows.find((row) => row.socket === socket && row.bind === bind && row.published === 'every');
}

function tcp(bind: Bind, asker: Asker, target: AskTarget): (one: One) => string {
  return ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', bind);
    const outcome = row && outcomeAt(configuration, row, asker, target);
    return outcome === undefined ? '-' : text(outcome.outcome);
  };
}

function exposure(way: string, published: string): (one: One) => string {
  return ({ record, configuration }) => {
    const own = record.security.filter(
      (one) => one.configuration === configuration.id && one.way === way && one.published === published,
    );
    if (own.length === 0) return '-';
    return own.some(({ verdict }) => verdict === 'exposed') ? '**exposed**' : 'contained';
  };
}
