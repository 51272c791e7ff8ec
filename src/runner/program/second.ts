import type { ProgramRun, ProgramSocket, SecondInstance } from '../../record/program.ts';
import { chanceListeners, difference, servicePorts, socketInWords, services } from '../../program/sockets.ts';
import { saysItRetries } from '../../program/output.ts';
import { onPath } from '../../lab/programs.ts';
import type { Instance } from './instance.ts';
import { heldBy } from './look.ts';
import { refusalIn, type ProgramContext, type ProgramStage } from './stage.ts';
import { LAN_ADDRESSES } from './surroundings.ts';
import { openSockets } from './watch.ts';

/** How long a second instance is waited for while its output says that it tries again, in milliseconds. */
const RETRIES = 35_000;
/** How many connections tell who gets them, and how long until they were accepted. */
const CONNECTIONS = 40;
const ACCEPTED = 800;

/** Starts a second instance beside the first: with the same files, and then with files that no one has written to. */
export async function askSecond(play: ProgramStage, context: ProgramContext): Promise<SecondInstance[]> {
  const outcomes: SecondInstance[] = [];
  for (const files of ['same', 'own'] as const) {
    const { instance: first, run } = await play.run();
    if (run.start.outcome !== 'up') return outcomes;
    outcomes.push(await second(play, context, { first, run, files }));
    await play.stage.killAll();
  }
  return outcomes;
}

async function second(
  play: ProgramStage,
  { agent }: ProgramContext,
  { first, run, files }: { first: Instance; run: ProgramRun; files: 'same' | 'own' },
): Promise<SecondInstance> {
  const before = openSockets(play.stage.net);
  const room = files === 'same' ? play.stage.room : await play.stage.anotherRoom();
  const trace = onPath('strace');
  const other = await play.run({ room, trace, before, retries: RETRIES });
  const now = await play.sockets(first);
  const shared = services(run.sockets)
    .filter((socket) => other.run.sockets.some((one) => socketInWords(one) === socketInWords(socket)))
    .map(socketInWords);
  const tried = trace ? play.failed(room) : undefined;
  const refusal = refusalIn(tried ?? [])?.error;
  const start = other.run.start;
  const ports = servicePorts(other.run.sockets).filter((port) => !servicePorts(run.sockets).includes(port));
  const result: SecondInstance = {
    files,
    outcome: outcomeOf(),
    run: {
      sockets: other.run.sockets,
      start: refusal === undefined ? start : { ...start, error: { ...start.error, name: refusal, certain: true } },
    },
    ...(tried === undefined ? {} : { tried }),
    ports,
    shared,
    firstLost: first.processes().length === 0 || difference(run.sockets, now).missing.length > 0,
  };
  const tcp = shared.length === 0 ? undefined : sharedTcp(run.sockets, shared);
  if (tcp === undefined) return result;
  return { ...result, connections: await whoGets(tcp) };

  function outcomeOf(): SecondInstance['outcome'] {
    if (start.outcome !== 'up') {
      if (start.outcome === 'silent') return saysItRetries(other.instance.output) ? 'retries' : 'silent';
      if (start.outcome === 'ended') return 'ended';
      const named = refusal ?? start.error?.name;
      // Without a trace only the output tells that it got as far as to try.
      return named === undefined || (tried !== undefined && refusal === undefined) ? 'refused before bind' : 'refused';
    }
    if (shared.length > 0) return 'shares';
    if (ports.length > 0) return 'other port';
    if (services(other.run.sockets).length > 0) return 'other address';
    // A server that moved to a port of chance has a listener there; helpers have more of other sockets.
    return chanceListeners(other.run.sockets) > chanceListeners(run.sockets) || services(run.sockets).length === 0
      ? 'chance'
      : 'silent';
  }

  async function whoGets(place: {
    address: string;
    port: number;
  }): Promise<NonNullable<SecondInstance['connections']>> {
    const client = await play.stage.agent('machine');
    const family = place.address.includes(':') ? ('inet6' as const) : ('inet' as const);
    const names = Array.from({ length: CONNECTIONS }, (_, index) => `shared ${index}`);
    for (const on of names) {
      await client.ask(
        [
          { op: 'socket', as: on, family, type: 'stream' },
          { op: 'connect', on, ...place, within: 500 },
          { op: 'send', on, data: '?' },
        ],
        true,
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, ACCEPTED);
    });
    const looker = { agent, stage: play.stage, launch: play.launch };
    const count = async (instance: Instance) =>
      (await heldBy(looker, instance)).filter(
        ({ protocol, local, peer, state }) =>
          protocol === 'tcp' && local.port === place.port && peer.port !== 0 && state !== 'LISTEN',
      ).length;
    const [one, two] = [await count(first), await count(other.instance)];
    await client
      .ask(
        names.map((on) => ({ op: 'close' as const, on, reset: true })),
        false,
      )
      .catch(() => undefined);
    return { first: one, second: two, none: Math.max(0, CONNECTIONS - one - two) };
  }
}

/** Where a shared listener is reached from the machine itself. */
function sharedTcp(
  sockets: readonly ProgramSocket[],
  shared: readonly string[],
): { address: string; port: number } | undefined {
  const socket = services(sockets).find((one) => one.protocol === 'tcp' && shared.includes(socketInWords(one)));
  if (socket === undefined || socket.port === null) return undefined;
  return { address: localOf(socket), port: socket.port };
}

/** An address of the machine at which a socket is reached from the machine itself. */
export function localOf({ address, scope, dual }: ProgramSocket): string {
  if (scope === 'wildcard') return address === '::' && dual !== true ? '::1' : '127.0.0.1';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return address === 'fe80::%lan' ? LAN_ADDRESSES.inet6 : address;
}
