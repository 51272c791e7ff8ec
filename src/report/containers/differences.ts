import { localhostOf, outcomeAt } from '../../containers/reading.ts';
import type { Asker, Bind, AskTarget, Published } from '../../containers/cases.ts';
import type { ServiceBind, ServiceTarget } from '../../containers/host-services.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { compareAsRead } from '../../text/versions.ts';
import { code, table, text } from '../markup.ts';
import { wrongAddresses } from './grid.ts';
import { firewallSection } from './firewall-differences.ts';
import { portsSection } from './ports-differences.ts';
import { timeSection } from './time-differences.ts';
import { holdersInWords } from '../../containers/holders.ts';

/** The configurations that people meet, each beside those that differ from it by one option or setting of the host. */
const PICKED: Readonly<Record<string, readonly string[]>> = {
  'Podman of root': ['podman/netavark', 'podman/netavark-bridge-nf', 'podman/cni', 'podman/slirp4netns'],
  'Podman of an ordinary user': [
    'podman/rootless-slirp4netns',
    'podman/rootless-slirp4netns-port',
    'podman/rootless-slirp4netns-host-loopback',
    'podman/rootless-pasta',
    'podman/rootless-pasta-map-gw',
    'podman/rootless-pasta-host-lo-to-ns-lo',
    'podman/rootless-bridge',
  ],
  Docker: [
    'docker/proxy',
    'docker/proxy-ip6tables',
    'docker/proxy-bridge-nf',
    'docker/no-proxy',
    'docker/no-proxy-ip6tables',
  ],
  'Docker of an ordinary user': ['docker/rootless', 'docker/rootless-slirp4netns-port', 'docker/rootless-pasta'],
  'containerd with CNI': ['containerd/cni', 'containerd/cni-nftables'],
  'systemd-nspawn, libvirt and Incus': [
    'nspawn/zone',
    'libvirt/nat',
    'libvirt/nat-ipv6',
    'incus/proxy',
    'incus/proxy-nat',
  ],
};

/** The facts of a record that decide about outcomes, by their names in it. They do not separate versions that agree. */
const DECIDING: Readonly<Record<string, string>> = {
  netavark: 'netavark',
  'bridge-nf-call-iptables': 'bridge-nf-call-iptables',
  "bridge-nf-call-iptables of the user's bridges": "bridge-nf-call-iptables of the user's bridges",
  'bridges reach the host by': 'bridges reach the host by',
  slirp4netns: 'slirp4netns',
  passt: 'passt',
};

interface One {
  record: ContainersRecord;
  configuration: ConfigurationRecord;
}

/** The questions to the engines, each with one engine's outcome, in words. */
const QUESTIONS: Readonly<Record<string, (one: One) => string>> = {
  'published on 127.0.0.1, a neighbour routes 127.0.0.0/8 to the host': exposure('loopback', '127.0.0.1', '127.0.0.1'),
  "published on 127.0.0.1, a neighbour routes the container's network to the host": exposure(
    'subnet',
    '127.0.0.1',
    'container',
  ),
  "not published, a neighbour routes the container's network to the host": exposure('subnet', 'not', 'container'),
  'the same over IPv6': exposure('subnet', 'not', 'container6'),
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
  'over IPv6 the LAN neighbour is seen as': ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', '::');
    const outcome = row && outcomeAt(configuration, row, 'neighbour', 'lan6');
    return outcome === undefined
      ? '-'
      : text(outcome.outcome === 'answered' ? (outcome.seen ?? 'itself') : outcome.outcome);
  },
  "the server is on the container's own IPv6 address, a neighbour asks by IPv6": tcp('own6', 'neighbour', 'lan6'),
  'the server is on ::1 in the container, the host asks ::1': tcp('::1', 'host', '::1'),
  'the same number inside and outside, the server is on 127.0.0.1, the host asks 127.0.0.1': ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', '127.0.0.1', 'same');
    const outcome = row && outcomeAt(configuration, row, 'host', '127.0.0.1');
    return outcome === undefined ? '-' : text(outcome.outcome);
  },
  'over UDP the host asks 127.0.0.1': ({ configuration }) => {
    const row = rowOf(configuration, 'udp', '0.0.0.0');
    const outcome = row && outcomeAt(configuration, row, 'host', '127.0.0.1');
    return outcome === undefined ? '-' : text(outcome.outcome);
  },
  'a program of the host has the port on 127.0.0.1 before': ({ configuration }) => {
    const found = configuration.conflicts.find(
      ({ first, protocol, published, bind }) =>
        first === 'host' && protocol === 'tcp' && published === 'every' && bind === '127.0.0.1',
    );
    if (found === undefined) return '-';
    return text(found.outcome === 'ok' ? `published; ${found.answers ?? 'no one'} answers` : 'not published');
  },
  "a container on the same network asks by the host's address": tcp('0.0.0.0', 'peer', 'lan'),
  "a container on the same network is seen as, if it asks by the host's address": ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', '0.0.0.0');
    const outcome = row && outcomeAt(configuration, row, 'peer', 'lan');
    return outcome?.outcome === 'answered' ? text(outcome.seen ?? 'itself') : '-';
  },
  "the container asks for itself by the host's address": tcp('0.0.0.0', 'itself', 'lan'),
  "a container on another network asks by the host's address": tcp('0.0.0.0', 'stranger', 'lan'),
  "a container on another network asks by the container's address": tcp('0.0.0.0', 'stranger', 'container'),
  "a container asks for the host's own server on 127.0.0.1 by the gateway": inside('127.0.0.1', 'gateway'),
  'the same by host.containers.internal or host.docker.internal': ({ configuration }) =>
    ofService(configuration, '127.0.0.1', 'host.containers.internal', 'host.docker.internal'),
  "a container asks for the host's own server on 0.0.0.0 by the gateway": inside('0.0.0.0', 'gateway'),
  'the same by host.containers.internal, or host.docker.internal': ({ configuration }) =>
    ofService(configuration, '0.0.0.0', 'host.containers.internal', 'host.docker.internal'),
  "the same by the host's LAN address": inside('0.0.0.0', 'lan'),
  "the host's port is held by": ({ configuration }) => {
    const held = configuration.holders.filter(({ published, protocol }) => published === 'every' && protocol === 'tcp');
    return text(holdersInWords([...new Set(held.flatMap(({ listeners }) => listeners))]));
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
    'Each configuration is an engine with its defaults; the name of one with an option, or on a host with another setting, ends',
    'with it: `bridge-nf` is br_netfilter loaded, as Kubernetes and Docker before 27.3 do; `ip6tables` are the options',
    '`--experimental --ip6tables` of dockerd before 27; 27.0 made `--ip6tables` the default (moby/moby#47747).',
    '',
    ...Object.entries(PICKED).flatMap(([title, ids]) => [`## ${title}`, '', engineDifferences(records, ids), '']),
    '',
    ...portsSection(records),
    ...timeSection(records),
    ...firewallSection(records),
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
function engineDifferences(records: readonly ContainersRecord[], picked: readonly string[]): string {
  const columns = picked.flatMap((id) => {
    const versions = records
      .toSorted((a, b) => compareAsRead(a.engine.version, b.engine.version))
      .flatMap((record) => {
        const configuration = record.configurations.find((one) => one.id === id && one.rows.length > 0);
        return configuration === undefined ? [] : [{ record, configuration }];
      });
    const alike = new Map<string, { versions: string[]; answers: string[]; facts: ConfigurationRecord['facts'][] }>();
    for (const one of versions) {
      const answers = Object.values(QUESTIONS).map((question) => question(one));
      const key = JSON.stringify(answers);
      const group = alike.get(key) ?? { versions: [], answers, facts: [] };
      group.facts.push(one.configuration.facts);
      group.versions.push(/^\d+\.\d+/.exec(one.record.engine.version)?.[0] ?? one.record.engine.version);
      alike.set(key, group);
    }
    const [engine = '', name = ''] = id.split('/');
    const title = engine === 'docker' ? 'Docker' : engine;
    return [...alike.values()].map((group) => ({
      head: `${text(`${title} ${group.versions.join(', ')}`)} ${code(name)}`,
      answers: [...Object.keys(DECIDING).map((fact) => factOf(group.facts, fact)), ...group.answers],
    }));
  });
  const rows = [...Object.values(DECIDING), ...Object.keys(QUESTIONS)]
    .map((question, place) => [question, ...columns.map(({ answers }) => answers[place] ?? '-')])
    // What none of these engines has is not a row.
    .filter(([, ...answers]) => answers.some((answer) => answer !== '-'));
  const head = ['TCP where nothing else is said; published on every address', ...columns.map((one) => one.head)];
  return table(head, rows);
}

/** The values of a fact in some versions, in their order, each once. */
function factOf(facts: readonly ConfigurationRecord['facts'][], name: string): string {
  const values = facts.flatMap((one) => one[name] ?? []);
  return values.length === 0 ? '-' : text([...new Set(values)].join(', '));
}

function rowOf({ rows }: ConfigurationRecord, socket: string, bind: Bind, published: Published = 'every') {
  return rows.find((row) => row.socket === socket && row.bind === bind && row.published === published);
}

function tcp(bind: Bind, asker: Asker, target: AskTarget): (one: One) => string {
  return ({ configuration }) => {
    const row = rowOf(configuration, 'tcp', bind);
    const outcome = row && outcomeAt(configuration, row, asker, target);
    return outcome === undefined ? '-' : text(outcome.outcome);
  };
}

function inside(bind: ServiceBind, target: ServiceTarget): (one: One) => string {
  return ({ configuration }) => ofService(configuration, bind, target);
}

/** What a container gets of a server of the host by the first of some names that it knows. */
function ofService({ hostServices = [] }: ConfigurationRecord, bind: ServiceBind, ...targets: ServiceTarget[]): string {
  const own = hostServices.filter((one) => one.protocol === 'tcp' && one.bind === bind);
  return text(targets.flatMap((target) => own.find((one) => one.target === target)?.outcome ?? [])[0] ?? '-');
}

function exposure(way: string, published: Published, target: AskTarget): (one: One) => string {
  return ({ record, configuration }) => {
    const own = record.security.filter(
      (one) =>
        one.configuration === configuration.id &&
        one.way === way &&
        one.published === published &&
        one.target === target,
    );
    if (own.length === 0) return '-';
    return own.some(({ verdict }) => verdict === 'exposed') ? '**exposed**' : 'contained';
  };
}
