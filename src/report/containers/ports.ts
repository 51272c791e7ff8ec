import { outcomeInWords } from '../../containers/reading.ts';
import { nameInWords } from '../../containers/ports.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';

type Ports = NonNullable<ConfigurationRecord['ports']>;
type PortCaseRecord = Ports['cases'][number];

/** What came of a case in words: one result where all who asked had it, else each one that differs from an answer by the server. */
export function caseInWords({ refusal, asked, holders, hostPorts }: PortCaseRecord): string {
  if (refusal !== undefined) return 'refused by the engine';
  const groups = new Map<string, string[]>();
  for (const { protocol, asker, target, port: _, ...came } of asked) {
    const words = outcomeInWords(came);
    groups.set(words, [...(groups.get(words) ?? []), `${protocol} ${asker} by ${target}`]);
  }
  const [first] = groups.keys();
  const results =
    groups.size === 1 && first !== undefined
      ? first
      : [...groups].map(([words, who]) => `${words}: ${together(who)}`).join('; ');
  const chosen = hostPorts === undefined ? '' : ` (the host's ports ${hostPorts.join(', ')})`;
  const { sockets = 0, processes = 0 } = holders ?? {};
  return `${results}${chosen}; ${sockets} sockets of ${processes} ${processes === 1 ? 'process' : 'processes'}`;
}

/** Who asked, with one word for both protocols. */
function together(who: readonly string[]): string {
  const of = (protocol: string) =>
    who.filter((one) => one.startsWith(`${protocol} `)).map((one) => one.slice(protocol.length + 1));
  const [tcp, udp] = [of('tcp'), of('udp')];
  const both = tcp.filter((one) => udp.includes(one));
  const rest = who.filter((one) => !both.includes(one.slice(4)));
  return [...both, ...rest].join(', ');
}

/** What an ordinary user in the container gets for a port below 1024. */
export function ordinaryInWords(ordinary: Ports['ordinary']): string {
  const outcomes = [...new Set(ordinary.map(({ outcome }) => outcome))];
  if (outcomes.length === 1) return outcomes[0] ?? '';
  return ordinary.map(({ protocol, outcome }) => `${protocol} ${outcome}`).join(', ');
}

/** The cases of a configuration: head and rows of plain text. */
export function portGrid({ ports }: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const rows = (ports?.cases ?? []).map((one) => [
    one.name,
    one.publish.map((words) => words.join(' ')).join(' | '),
    one.refusal === undefined ? caseInWords(one) : `refused: ${one.refusal}`,
  ]);
  return { head: ['what is published', 'as', 'result'], rows };
}

/** The names that a container asks for: head and rows of plain text. */
export function nameGrid({ ports }: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const rows = (ports?.names ?? []).map((one) => [one.network, one.name, nameInWords(one)]);
  return { head: ['network', 'name', 'what it is'], rows };
}
