import {
  firewallAnswers,
  firewallReference,
  FIREWALL_SUBJECTS,
  type FirewallAnswer,
  type FirewallState,
} from '../../containers/firewall.ts';
import { FIREWALLS } from '../../engine/host/firewalls.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { compareAsRead } from '../../text/versions.ts';
import { code, table, text } from '../markup.ts';

/** The questions that are shown, over TCP. */
const SHOWN: readonly (Pick<FirewallAnswer, 'subject' | 'asker' | 'target'> & { says: string })[] = [
  {
    says: 'published on every address, a neighbour',
    subject: FIREWALL_SUBJECTS.every,
    asker: 'neighbour',
    target: 'lan',
  },
  { says: 'the same over IPv6', subject: FIREWALL_SUBJECTS.every, asker: 'neighbour', target: 'lan6' },
  {
    says: 'the same, a container on another network',
    subject: FIREWALL_SUBJECTS.every,
    asker: 'stranger',
    target: 'lan',
  },
  {
    says: 'published on 127.0.0.1, a neighbour that routes 127.0.0.0/8 to the host',
    subject: FIREWALL_SUBJECTS.loopback,
    asker: 'attacker',
    target: '127.0.0.1',
  },
  {
    says: "not published, a neighbour that routes the container's network to the host",
    subject: FIREWALL_SUBJECTS.not,
    asker: 'neighbour',
    target: 'container',
  },
  { says: 'the same over IPv6', subject: FIREWALL_SUBJECTS.not, asker: 'neighbour', target: 'container6' },
  {
    says: "the host's own server on a port that is not allowed, a container",
    subject: FIREWALL_SUBJECTS.other,
    asker: 'peer',
    target: 'lan',
  },
];

/** The orders in which a host gets its firewall and its engine, by the end of a configuration's id. */
const ORDERS = { first: 'set up before the engine', last: 'set up after it' } as const;

/** What the firewalls of hosts keep of the engines' ports, in Markdown; nothing without a record that asked. */
export function firewallSection(records: readonly ContainersRecord[]): string[] {
  const all = records
    .toSorted((a, b) => compareAsRead(a.engine.id, b.engine.id))
    .flatMap((record) =>
      record.configurations
        .filter(({ firewall }) => firewall !== undefined)
        .map((configuration) => ({ record, configuration })),
    );
  if (all.length === 0) return [];
  const columns = columnsOf(all);
  const rows = FIREWALLS.flatMap((name) =>
    Object.entries(ORDERS).flatMap(([order, when]) =>
      SHOWN.map(({ says }, place) => [
        text(place === 0 ? `${name}, ${when}: ${says}` : says),
        ...columns.map(({ cells }) => text(cells.get(`${name}-${order}`)?.[place] ?? '-')),
      ]),
    ),
  );
  const references = all.flatMap(({ record, configuration }) =>
    firewallAnswers(configuration, record.configurations).flatMap(({ verdicts }) =>
      Object.values(verdicts).flatMap((verdict) => firewallReference(record.engine.name, verdict) ?? []),
    ),
  );
  return [
    '## On a host with a firewall',
    '',
    'The host has ufw, firewalld or nftables, which denies what comes in, except for ssh and one port. A cell has the verdict',
    'after the firewall was set up, then, where that differs, after its rules were loaded again, and at last after the',
    "engine's own way to mend or forbid: a rule in the chain `DOCKER-USER` that drops what comes from the LAN, or `podman",
    'network reload`. "no answer without it" is not the work of the firewall. The rule that decides is in the record of each',
    'configuration.',
    '',
    table(['TCP', ...columns.map(({ head }) => head)], rows),
    '',
    `Known from: ${[...new Set(references)].map(text).join('; ')}.`,
    '',
  ];
}

interface One {
  record: ContainersRecord;
  configuration: ConfigurationRecord;
}

/** A column for each configuration; versions with the same verdicts share one. */
function columnsOf(all: readonly One[]): { head: string; cells: Map<string, string[]> }[] {
  const own = new Map<string, { version: string; name: string; cells: Map<string, string[]> }>();
  for (const { record, configuration } of all) {
    const [, name = '', set = ''] = /^(.+)-(\w+-(?:first|last))$/.exec(configuration.id) ?? [];
    const version = /^\d+\.\d+/.exec(record.engine.version)?.[0] ?? record.engine.version;
    const key = `${name} ${record.engine.id}`;
    const column = own.get(key) ?? { version, name, cells: new Map() };
    const answers = firewallAnswers(configuration, record.configurations);
    column.cells.set(
      set,
      SHOWN.map((shown) => cellOf(answers, shown)),
    );
    own.set(key, column);
  }
  const groups = new Map<string, { name: string; versions: string[]; cells: Map<string, string[]> }>();
  for (const { version, name, cells } of own.values()) {
    const key = JSON.stringify([name, [...cells]]);
    const group = groups.get(key) ?? { name, versions: [], cells };
    group.versions.push(version);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ name, versions, cells }) => ({
    head: `${code(name)} ${text(versions.join(', '))}`,
    cells,
  }));
}

function cellOf(answers: readonly FirewallAnswer[], shown: (typeof SHOWN)[number]): string {
  const { subject, asker, target } = shown;
  const found = answers.find(
    (one) => one.protocol === 'tcp' && one.subject === subject && one.asker === asker && one.target === target,
  );
  const parts: string[] = [];
  let last = '';
  for (const [state, verdict] of Object.entries(found?.verdicts ?? {}) as [FirewallState, string][]) {
    if (verdict === last) continue;
    parts.push(state === 'set up' ? verdict : `${state}: ${verdict}`);
    last = verdict;
  }
  return parts.join('; ') || '-';
}
