import type { LateAddress, ProgramRun, TakenPort, WithoutIPv6 } from '../../record/program.ts';
import { difference, isSame, movedTo, services } from '../../program/sockets.ts';
import type { Operation } from '../../protocol/messages.ts';
import { connectTcp, sendUdp } from './connect.ts';
import { onStage, type ProgramContext, type ProgramStage } from './stage.ts';
import { LAN_ADDRESSES } from './surroundings.ts';
import { openSockets } from './watch.ts';

/** How long an address that came is waited for to be bound, in milliseconds. */
const COMES = 5000;
const EVERY = 100;

/** Starts the program where IPv6 is off, as `net.ipv6.conf.all.disable_ipv6=1` has it. */
export function askWithoutIPv6(context: ProgramContext, before: ProgramRun): Promise<WithoutIPv6> {
  return onStage(
    context,
    async (play) => {
      const run = await play.explained((await play.run()).run);
      return { outcome: outcomeOf(run), run };
    },
    { ipv6: false },
  );

  function outcomeOf(run: ProgramRun): WithoutIPv6['outcome'] {
    const { outcome } = run.start;
    if (outcome === 'silent' || outcome === 'ended') return outcome;
    if (outcome !== 'up') return 'refused';
    if (hasLost(before, run)) return 'silent';
    const { missing, extra } = difference(before.sockets, run.sockets);
    if (extra.length > 0) return 'other';
    return missing.length > 0 ? 'less' : 'same';
  }
}

/** Starts the program while another one has an address of its port. */
export async function askTaken(
  context: ProgramContext,
  before: ProgramRun,
  by: TakenPort['by'],
): Promise<TakenPort | null> {
  const [main] = services(before.sockets)
    .filter(({ protocol }) => protocol === 'tcp' || protocol === 'udp')
    .toSorted((one, other) => Number(other.protocol === 'tcp') - Number(one.protocol === 'tcp'));
  if (main === undefined || main.port === null) return null;
  const { port, protocol } = main;
  return onStage(context, async (play) => {
    const agent = await play.stage.agent('machine');
    const on = 'other program';
    const calls: Operation[] = [
      {
        op: 'socket',
        as: on,
        family: by.includes(':') ? 'inet6' : 'inet',
        type: protocol === 'tcp' ? 'stream' : 'dgram',
      },
      { op: 'bind', on, address: by, port },
      ...(protocol === 'tcp' ? [{ op: 'listen' as const, on }] : []),
    ];
    const failed = (await agent.ask(calls, true)).find(({ outcome }) => outcome !== 'ok');
    if (failed !== undefined) {
      return { by, port, outcome: 'not tested', reason: `the other program got ${failed.outcome}` };
    }
    const run = await play.explained((await play.run({ before: openSockets(play.stage.net) })).run);
    return { by, port, outcome: outcomeOf(run), run };
  });

  function outcomeOf(run: ProgramRun): TakenPort['outcome'] {
    const { outcome } = run.start;
    if (outcome === 'silent' || outcome === 'ended') return outcome;
    if (outcome !== 'up') return 'refused';
    if (isSame(before.sockets, run.sockets)) return 'as before';
    if (hasLost(before, run)) return 'silent';
    return movedTo(before.sockets, run.sockets);
  }
}

/** Whether a run has none of the sockets by which the first one was reached, nor any in their place. */
function hasLost(before: ProgramRun, { sockets }: ProgramRun): boolean {
  const isInPlace = sockets.some(({ role, protocol }) => role === 'chance' && protocol === 'tcp');
  return services(before.sockets).length > 0 && services(sockets).length === 0 && !isInPlace;
}

/** Starts the program at an address that the machine does not have yet, and gives it to the machine then. */
export function askLate(context: ProgramContext): Promise<LateAddress> {
  const { late: variation } = context.program;
  return onStage(context, playLate, { address: LAN_ADDRESSES.late, variation });
}

async function playLate(play: ProgramStage): Promise<LateAddress> {
  const address = LAN_ADDRESSES.late;
  const { instance, run } = await play.run();
  const { outcome } = run.start;
  if (outcome !== 'up') {
    const ended = outcome === 'ended' || outcome === 'silent' ? outcome : 'refused';
    if (outcome !== 'silent') return { address, outcome: ended, run: await play.explained(run) };
  }
  const had = isThere(run);
  await play.stage.addAddress(address);
  let now = run.sockets;
  for (const deadline = performance.now() + COMES; performance.now() < deadline;) {
    now = await play.sockets(instance);
    if (isThere({ ...run, sockets: now })) break;
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY);
    });
  }
  const after = { start: run.start, sockets: now };
  const came = isThere(after);
  return {
    address,
    outcome: had ? 'bound all along' : came ? 'comes' : run.sockets.length === 0 ? 'silent' : 'others only',
    run: after,
    ...(came ? { reached: await isReached(play, after) } : {}),
  };
}

/** Whether the address, or a wildcard that has it, is bound. */
function isThere(run: ProgramRun): boolean {
  return services(run.sockets).some(
    ({ address, scope, family, dual }) =>
      address === LAN_ADDRESSES.late || (scope === 'wildcard' && (family === 'inet' || dual === true)),
  );
}

async function isReached(play: ProgramStage, { sockets }: ProgramRun): Promise<boolean> {
  const neighbour = await play.stage.agent('neighbour');
  for (const { protocol, port } of services(sockets)) {
    if (port === null) continue;
    const place = { address: LAN_ADDRESSES.late, port };
    const { reached } = await (protocol === 'tcp' ? connectTcp(neighbour, place) : sendUdp(neighbour, place));
    if (reached === 'yes') return true;
  }
  return false;
}
