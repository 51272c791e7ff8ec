import { momentInWords, timeFindings, type TimeClient, type TimeEvent } from '../../containers/time.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { compareAsRead } from '../../text/versions.ts';
import { code, table, text } from '../markup.ts';

/** The questions that are shown: a client, after an event. All are clients on the LAN. */
const SHOWN: readonly { says: string; event: TimeEvent; client: TimeClient }[] = [
  { says: 'restarted: a UDP client that goes on sending', event: 'restart', client: 'udp flow' },
  { says: 'restarted: a new UDP client', event: 'restart', client: 'udp new' },
  { says: 'restarted: a TCP connection that was open', event: 'restart', client: 'tcp connection' },
  { says: 'replaced: a UDP client that goes on sending', event: 'replace', client: 'udp flow' },
  {
    says: 'replaced: the same, the port inside has the same number',
    event: 'replace',
    client: 'udp flow even',
  },
  { says: 'network connected again: a UDP client that goes on sending', event: 'reconnect', client: 'udp flow' },
  { says: 'network connected again: a TCP connection that was open', event: 'reconnect', client: 'tcp connection' },
  { says: 'engine restarted: a UDP client that goes on sending', event: 'engine restart', client: 'udp flow' },
  { says: 'engine killed: a TCP connection that was open', event: 'engine killed', client: 'tcp connection' },
  { says: 'engine killed: a new TCP client', event: 'engine killed', client: 'tcp new' },
  { says: 'forwarder killed: a new TCP client', event: 'forwarder killed', client: 'tcp new' },
];

/** What is lost over time, and in which engines, in Markdown; nothing without a record that asked. */
export function timeSection(records: readonly ContainersRecord[]): string[] {
  const all = records
    .toSorted((a, b) => compareAsRead(a.engine.id, b.engine.id))
    .flatMap((record) =>
      record.configurations
        .filter(({ time }) => time !== undefined)
        .map((configuration) => ({ record, configuration })),
    );
  if (all.length === 0) return [];
  const groups = new Map<string, { head: string; versions: string[]; cells: string[] }>();
  for (const { record, configuration } of all) {
    const cells = SHOWN.map((one) => cellOf(configuration, one));
    const key = JSON.stringify([configuration.id, cells]);
    const group = groups.get(key) ?? { head: configuration.id, versions: [], cells };
    group.versions.push(/^\d+\.\d+/.exec(record.engine.version)?.[0] ?? record.engine.version);
    groups.set(key, group);
  }
  const columns = [...groups.values()];
  const known = all.flatMap(({ record, configuration }) => timeFindings(configuration, record.engine));
  const references = [...new Set(known.map(({ reference }) => reference ?? 'none known'))];
  return [
    '## Over time',
    '',
    'A client on the LAN uses a published port while its container is restarted, replaced, or connected again, and while',
    'the engine is restarted or killed (for podman, which has no daemon, its monitor `conmon`). `silence` for a UDP client',
    'that goes on sending means that it was not answered for 3 s while a new client was: the kernel sends its datagrams to',
    'where they went before (conntrack), for as long as it sends. A pause longer than `nf_conntrack_udp_timeout_stream`',
    'ends that, or `conntrack -D -p udp --dport PORT` on the host.',
    '',
    table(
      [
        'What happens, and who asks',
        ...columns.map(({ head, versions }) => `${code(head)} ${text(versions.join(', '))}`),
      ],
      SHOWN.map(({ says }, place) => [text(says), ...columns.map(({ cells }) => text(cells[place] ?? '-'))]),
    ),
    '',
    `Known from: ${references.map(text).join('; ')}.`,
    '',
  ];
}

function cellOf({ time = [] }: ConfigurationRecord, { event, client }: { event: string; client: string }): string {
  const one = time.find((other) => other.event === event && other.client === client && other.asker === 'neighbour');
  return one === undefined ? '-' : momentInWords(one);
}
