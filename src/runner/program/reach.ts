import { readFileSync } from 'node:fs';
import { localhostIn } from '../../verify/tables.ts';
import type { LocalhostClient, ProgramSocket, ReachAttempt } from '../../record/program.ts';
import { services } from '../../program/sockets.ts';
import { connectTcp, sendUdp, type Endpoint } from './connect.ts';
import type { Instance } from './instance.ts';
import type { ProgramStage } from './stage.ts';
import { LAN_ADDRESSES } from './surroundings.ts';
import { openSockets } from './watch.ts';

/** The most ports that are tried: a program with more has a range of them. */
const MOST_PORTS = 12;
/** How long to wait, after the last connection, for a program that ends with it; in milliseconds. */
const LAST = 300;
/** A program that has to be started again for each attempt is up when it has a socket; in milliseconds. */
const SHORT_SETTLE = 300;

interface Asked extends Endpoint {
  readonly from: ReachAttempt['from'];
  readonly to: string;
  readonly protocol: 'tcp' | 'udp';
}

/** What was found of who reaches a program. */
export interface Reach {
  readonly reach: ReachAttempt[];
  readonly localhost: LocalhostClient[];
  readonly ended: boolean;
}

/** Tries every service from the machine and from its neighbour. It is the last that is done with an instance. */
export async function askReach(
  play: ProgramStage,
  started: Instance,
  sockets: readonly ProgramSocket[],
): Promise<Reach> {
  const asked = await attemptsFor(play, sockets);
  let instance = started;
  let ended = false;
  const reach: ReachAttempt[] = [];
  const before = openSockets(play.stage.net);
  for (const { from, to, protocol, scope, ...place } of asked) {
    const agent = await play.stage.agent(from);
    const at = scope === undefined ? place : { ...place, scope };
    const outcome = await (protocol === 'tcp' ? connectTcp(agent, at) : sendUdp(agent, at));
    reach.push({ from, protocol, to, ...place, ...outcome });
    if (outcome.reached !== 'yes' || protocol === 'udp' || (await stillThere())) continue;
    // The next question needs another start: this one served one connection and is gone.
    ended = true;
    await play.stage.killAll();
    ({ instance } = await play.start({ settle: SHORT_SETTLE }));
  }
  if (!ended) ended = instance.processes().length === 0;
  return { reach, localhost: localhostClients(reach, play), ended };

  async function stillThere(): Promise<boolean> {
    if (ended) {
      await pause(LAST);
      return instance.processes().length > 0;
    }
    if ([...before].every((inode) => openSockets(play.stage.net).has(inode))) {
      // It may be about to end; that is looked at once more.
      await pause(EVERY);
      if (instance.processes().length > 0) return true;
    }
    await pause(LAST);
    return instance.processes().length > 0 && openSockets(play.stage.net).size > 0;
  }
}

const EVERY = 20;

async function attemptsFor(play: ProgramStage, sockets: readonly ProgramSocket[]): Promise<Asked[]> {
  const ports = new Map<string, { protocol: 'tcp' | 'udp'; port: number; more: Set<string> }>();
  for (const { protocol, port, address, scope } of services(sockets)) {
    if (port === null || (protocol !== 'tcp' && protocol !== 'udp')) continue;
    const key = `${protocol} ${port}`;
    const { more } = ports.get(key) ?? { more: new Set<string>() };
    ports.set(key, { protocol, port, more });
    // Every address of 127.0.0.0/8 is the machine's: some servers have one that is not 127.0.0.1.
    if (scope === 'loopback' && address.startsWith('127.') && address !== '127.0.0.1') more.add(address);
  }
  const neighbour = await play.stage.agent('neighbour');
  const [index] = await neighbour.ask([{ op: 'interface', device: 'eth0' }], false);
  const scope = typeof index?.value === 'number' ? { scope: index.value } : {};
  return [...ports.values()]
    .slice(0, MOST_PORTS)
    .flatMap(({ protocol, port, more }): Asked[] => [
      { from: 'machine', protocol, to: '127.0.0.1', address: '127.0.0.1', port },
      ...[...more].map((address): Asked => ({ from: 'machine', protocol, to: address, address, port })),
      { from: 'machine', protocol, to: '::1', address: '::1', port },
      { from: 'machine', protocol, to: 'lan', address: LAN_ADDRESSES.inet, port },
      { from: 'machine', protocol, to: 'lan6', address: LAN_ADDRESSES.inet6, port },
      { from: 'neighbour', protocol, to: 'lan', address: LAN_ADDRESSES.inet, port },
      { from: 'neighbour', protocol, to: 'lan6', address: LAN_ADDRESSES.inet6, port },
      { from: 'neighbour', protocol, to: 'link-local', address: LAN_ADDRESSES.linkLocal, port, ...scope },
    ]);
}

/**
 * Which address three clients of `localhost` get to: one that tries every address in the order of the resolver, as curl
 * does; one that tries the first only; and one that knows IPv4 only.
 */
function localhostClients(reach: readonly ReachAttempt[], play: ProgramStage): LocalhostClient[] {
  const order = localhostIn(readFileSync(`/proc/${play.stage.room.pid}/root/etc/hosts`, 'utf8'));
  const local = reach.filter(({ from, protocol }) => from === 'machine' && protocol === 'tcp');
  return [...new Set(local.map(({ port }) => port))].flatMap((port): LocalhostClient[] => {
    const reached = local.filter((one) => one.port === port && one.reached === 'yes');
    const open = new Set(reached.map(({ address }) => address));
    const first = (addresses: readonly string[]) => addresses.find((address) => open.has(address)) ?? null;
    return [
      { port, client: 'all in order', address: first(order) },
      { port, client: 'first only', address: first(order.slice(0, 1)) },
      { port, client: 'IPv4 only', address: first(order.filter((address) => !address.includes(':'))) },
    ];
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
