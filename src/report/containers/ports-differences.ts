import { NAME_NETWORKS, NAMES, nameInWords, PORT_CASES, portReference } from '../../containers/ports.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { compareAsRead } from '../../text/versions.ts';
import { table, text } from '../markup.ts';
import { caseInWords, ordinaryInWords } from './ports.ts';

type Ports = NonNullable<ConfigurationRecord['ports']>;

const NETWORK = { made: 'a network that a user made', default: "the engine's own network" } as const;
const NAMED = { localhost: '`localhost`', own: "the container's own name", other: "another container's name" } as const;

/** What is shown, each with a cell of a record. */
const SHOWN: readonly { says: string; cell: (ports: Ports) => string }[] = [
  {
    says: 'an ordinary user in the container binds a port below 1024',
    cell: ({ ordinary }) => ordinaryInWords(ordinary) || '-',
  },
  ...PORT_CASES.map(({ name }) => ({
    says: `published: ${name}`,
    cell: ({ cases }: Ports) => {
      const one = cases.find((other) => other.name === name);
      return one === undefined ? '-' : caseInWords(one);
    },
  })),
  ...NAME_NETWORKS.flatMap((network) =>
    NAMES.map((name) => ({
      says: `${NAMED[name as keyof typeof NAMED] ?? `\`${name}\``}, on ${NETWORK[network]}`,
      cell: ({ names }: Ports) => {
        const one = names.find((other) => other.network === network && other.name === name);
        return one === undefined ? '-' : nameInWords(one);
      },
    })),
  ),
];

/** What engines do with numbers of ports and with names, in Markdown; nothing without a record that asked. */
export function portsSection(records: readonly ContainersRecord[]): string[] {
  const all = records
    .toSorted((a, b) => compareAsRead(a.engine.id, b.engine.id))
    .flatMap(({ engine, configurations }) =>
      configurations.flatMap(({ id, ports }) => (ports === undefined ? [] : [{ engine, id, ports }])),
    );
  if (all.length === 0) return [];
  const groups = new Map<string, { head: string; versions: string[]; cells: string[] }>();
  for (const { engine, id, ports } of all) {
    const cells = SHOWN.map(({ cell }) => cell(ports));
    const key = JSON.stringify([id, cells]);
    const group = groups.get(key) ?? { head: id, versions: [], cells };
    group.versions.push(/^\d+\.\d+/.exec(engine.version)?.[0] ?? engine.version);
    groups.set(key, group);
  }
  const columns = [...groups.values()];
  const references = all.flatMap(({ engine, ports }) => [
    ...ports.ordinary.flatMap(({ outcome }) => portReference(engine, 'ordinary', outcome) ?? []),
    ...ports.cases.flatMap(({ name, refusal }) =>
      refusal === undefined ? [] : (portReference(engine, name, refusal) ?? []),
    ),
  ]);
  return [
    '## Numbers of ports, and names',
    '',
    'A cell has the result of all who asked, or each that differs, and how many sockets of the host have the ports. The',
    "refusals in full are in the record of each configuration. Names are what the C library's resolver returns in the",
    'container; `not known` is a name that no one here knows: the resolver of the container may ask one outside, which the lab',
    'does not have. A podman copies `localhost` from the hosts file of the host, which is among the facts of the record.',
    '',
    table(
      ['TCP and UDP', ...columns.map(({ head, versions }) => `\`${head}\` ${versions.join(', ')}`)],
      SHOWN.map(({ says }, place) => [says, ...columns.map(({ cells }) => text(cells[place] ?? '-'))]).filter(
        ([, ...cells]) => cells.some((cell) => cell !== text('-')),
      ),
    ),
    '',
    ...(references.length === 0 ? [] : [`Known from: ${[...new Set(references)].map(text).join('; ')}.`, '']),
  ];
}
