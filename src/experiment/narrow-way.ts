import type { Family } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import { fence } from './fence.ts';
import type { Outcome } from './outcome.ts';
import { open, outcomeOf, prepareSockets } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

/** What the router's second interface sends at most, in bytes; the client's own interface sends more. */
const NARROW = 1300;
/** A datagram that the client's interface sends whole, and the router does not. */
const BIG = 'b'.repeat(1400);
const ROUNDS = 3;
/** The values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, from linux/in.h. */
export const DISCOVERS = { dont: 0, want: 1, do: 2, probe: 3 } as const;

interface Narrow {
  discover: keyof typeof DISCOVERS;
  connected: boolean;
  /** Whether the client asks for errors by IP_RECVERR or IPV6_RECVERR. */
  queued: boolean;
  family: Family;
}

/** What a client saw of a way that is narrower than its datagrams, each list in the order of the datagrams. */
interface Seen {
  /** What send() returned, and what a receive afterwards: the error, or `silence`. */
  sent: Outcome[];
  told: Outcome[];
  /** Where the error in the queue comes from; null where there is none. */
  queue: (string | null)[];
  /** What IP_MTU or IPV6_MTU says at the end. */
  mtu: number | Outcome;
  /** How many of the datagrams arrived. */
  arrived: number;
}

/** A UDP client sends several datagrams to the neighbour by way of a router whose next network takes no packet of that size. */
export async function sendThroughNarrow(trial: Trial, narrow: Narrow): Promise<Seen> {
  const { discover, connected, queued, family } = narrow;
  const address = addressOf(trial.facts, family, 'filtered');
  await trial.network('gateway').setMtu('eth1', NARROW);
  const destination = `${address}/${family === 'inet' ? 32 : 128}`;
  await trial.network().addRoute(destination, { via: addressOf(trial.facts, family, 'gateway') });
  const to = { address, port: trial.port };
  const server = await trial.part('server', { host: 'neighbour' });
  await prepareSockets(server, [...open('socket', 'udp', family, 1), { op: 'bind', on: 'socket', ...to }]);
  const passed = await fence(trial, server, { address, port: await trial.anotherPort() }, family);

  const client = await trial.part('client');
  const option = (inet: NumberOption, inet6: NumberOption) => (family === 'inet' ? inet : inet6);
  const set = (name: NumberOption, value: number) => ({ op: 'setsockopt', on: 'socket', option: name, value }) as const;
  await prepareSockets(client, [
    ...open('socket', 'udp', family, 1),
    set(option('IP_MTU_DISCOVER', 'IPV6_MTU_DISCOVER'), DISCOVERS[discover]),
    ...(queued ? [set(option('IP_RECVERR', 'IPV6_RECVERR'), 1)] : []),
    ...(connected ? [{ op: 'connect', on: 'socket', ...to } as const] : []),
  ]);
  const seen: Omit<Seen, 'mtu' | 'arrived'> = { sent: [], told: [], queue: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const [sent] = await client.do({ op: 'send', on: 'socket', data: BIG, ...(connected ? {} : { to }) });
    await passed();
    const [told, queue] = await client.do(
      { op: 'recv', on: 'socket' },
      { op: 'recv', on: 'socket', flags: ['MSG_ERRQUEUE'] },
    );
    seen.sent.push(outcomeOf(sent));
    seen.told.push(outcomeOf(told));
    seen.queue.push(queue?.error?.origin ?? null);
  }
  const [mtu] = await client.do({ op: 'getsockopt', on: 'socket', option: option('IP_MTU', 'IPV6_MTU') });
  const [drained] = await server.do({ op: 'drain', on: 'socket' });
  return {
    ...seen,
    mtu: typeof mtu?.value === 'number' ? mtu.value : outcomeOf(mtu),
    arrived: Object.values(drained?.counts ?? {}).reduce((sum, count) => sum + count, 0),
  };
}
