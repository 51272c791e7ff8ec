import type { Finding, PortReport, SystemVerification } from '../record/verification.ts';
import { places } from './words.ts';

/** One port of a system, in a sentence. */
export interface PortSentence {
  /** The container, or the first of those that share its network. */
  readonly container: string;
  readonly port: string;
  readonly verdict: PortReport['verdict'];
  readonly text: string;
}

/** The kinds of findings, the worst first: what others reach and should not, what does not answer, what surprises, what is so. */
const WORST_FIRST: readonly Finding['kind'][] = [
  'exposed',
  'held-by-another',
  'nothing-listens',
  'loopback-inside',
  'gone-address',
  'mute',
  'not-forwarded',
  'firewall-kept',
  'ipv4-only',
  'ipv6-only',
  'other-address',
  'udp-other-address',
  'localhost',
  'firewall-passed',
  'host-listener',
  'host-network',
  'loopback-reached',
  'udp-unknown',
  'no-engine',
  'unpublished',
  'inside-only',
];

/** A sentence for each port of each container, the worst first; ports that are alike are in the order of the record. */
export function portSentences({ containers }: Pick<SystemVerification, 'containers'>): PortSentence[] {
  const all = containers.flatMap(({ target, ports }) =>
    ports.map((one) => {
      const worst = one.findings.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
      return {
        rank: worst === undefined ? Number.MAX_SAFE_INTEGER : rankOf(worst),
        sentence: {
          container: target.name,
          port: `${one.protocol} ${one.port}`,
          verdict: one.verdict,
          text: worst?.text ?? `published at ${placesOf(one)}, and answers there`,
        },
      };
    }),
  );
  return all.toSorted((a, b) => a.rank - b.rank).map(({ sentence }) => sentence);
}

function rankOf({ kind, severity }: Finding): number {
  return WORST_FIRST.indexOf(kind) + (severity === 'wrong' ? 0 : WORST_FIRST.length);
}

function placesOf({ protocol, port, published }: PortReport): string {
  return places(
    published.map(({ address: hostAddress, port: hostPort }) => ({ protocol, port, hostAddress, hostPort })),
  );
}

/** A port that is new or gone, or that has another sentence than the last time. */
export interface PortChange {
  readonly container: string;
  readonly port: string;
  readonly change: 'new' | 'gone' | 'changed';
  readonly was?: string;
  readonly is?: string;
}

/**
 * What changed between two verifications. A port has changed where it is published elsewhere, something else listens, or other things
 * are to be said of it. Other numbers of processes and other addresses of a container do not count.
 */
export function changesSince(before: SystemVerification, now: SystemVerification): PortChange[] {
  const [was, is] = [portsOf(before), portsOf(now)];
  const found: PortChange[] = [];
  for (const [key, { name, essence, sentence }] of is) {
    const old = was.get(key);
    if (old === undefined) found.push({ ...name, change: 'new', is: sentence });
    else if (old.essence !== essence) found.push({ ...name, change: 'changed', was: old.sentence, is: sentence });
  }
  for (const [key, { name, sentence }] of was) {
    if (!is.has(key)) found.push({ ...name, change: 'gone', was: sentence });
  }
  return found;
}

interface Told {
  name: { container: string; port: string };
  essence: string;
  sentence: string;
}

function portsOf(record: SystemVerification): Map<string, Told> {
  const sentences = new Map(portSentences(record).map((one) => [`${one.container} ${one.port}`, one]));
  return new Map(
    record.containers.flatMap(({ target, ports }) =>
      ports.map((one): [string, Told] => {
        const key = `${target.name} ${one.protocol} ${one.port}`;
        const essence = JSON.stringify([
          one.verdict,
          one.published.map(({ address, port }) => `${address} ${port}`).toSorted(),
          one.listeners.map(({ address, program }) => `${place(address)} ${program ?? ''}`).toSorted(),
          one.findings.map(({ kind, severity }) => `${kind} ${severity}`).toSorted(),
        ]);
        const name = { container: target.name, port: `${one.protocol} ${one.port}` };
        return [key, { name, essence, sentence: sentences.get(key)?.text ?? '' }];
      }),
    ),
  );

  /** A container's own address is another one each time that it starts. */
  function place(address: string): string {
    const isOwn = record.containers.some(({ target }) => target.addresses.includes(address));
    return isOwn ? 'its own address' : address;
  }
}
