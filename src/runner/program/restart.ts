import { readFileSync } from 'node:fs';
import { TCP_STATES } from '../../protocol/tcp-states.ts';
import type { ProgramRun, ProgramSocket, RestartedProgram } from '../../record/program.ts';
import { isSame, movedTo, services } from '../../program/sockets.ts';
import { paced } from '../../process/pace.ts';
import { listedAt } from '../sockets/read-held.ts';
import type { ProgramStage } from './stage.ts';
import { localOf } from './second.ts';
import { LAN_ADDRESSES } from './surroundings.ts';

/** How long a client hears a server out, and how long the server has to accept and read what it sent; in milliseconds. */
const BANNER = 150;
/** What a server says by itself is read in so many parts of so many bytes at most. */
const PARTS = 8;
const PART = 4096;
const READ = 1000;
/** How long more it may have where it has not done so by then, on a quiet machine. */
const UNREAD = 2000;
/** How long the kernel may take to have the states of connections that were cut, in milliseconds. */
const CUT = 100;
/** The most ports that clients connect to. */
const MOST_PORTS = 4;
/** The kernel's clock in its tables: ticks for each second. */
const TICKS = 100;

/**
 * Kills a program with everything that belongs to it, and starts it again at once: without a client, which shows what its
 * own files do, and with clients, of whose connections the kernel keeps something.
 */
export async function askRestart(play: ProgramStage): Promise<RestartedProgram[]> {
  const before = await play.run();
  if (before.run.start.outcome !== 'up') return [];
  await play.stage.killAll();
  const alone = await playAgain(play);
  const answers: RestartedProgram[] = [
    { clients: false, states: {}, outcome: outcomeOf(before.run, alone.run), run: alone.run },
  ];
  if (alone.run.start.outcome !== 'up') return answers;
  const places = placesOf(alone.run.sockets);
  if (places.length === 0) {
    return [...answers, { clients: true, states: {}, outcome: 'not tested', reason: 'it has no TCP socket' }];
  }
  const hangUp = await connectClients(play, places);
  await play.stage.killAll();
  await hangUp();
  const ports = new Set(places.map(({ port }) => port));
  const kept = keptAt(play.stage.net, ports);
  if (kept.length === 0) {
    const reason = 'the kernel kept no state of the connections: the program had not read them, or reset them';
    return [...answers, { clients: true, states: {}, outcome: 'not tested', reason }];
  }
  const again = await playAgain(play);
  const outcome = outcomeOf(alone.run, again.run);
  const lasts = Math.max(0, ...keptAt(play.stage.net, ports).map(({ left }) => left));
  return [
    ...answers,
    {
      clients: true,
      states: Object.fromEntries(
        [...new Set(kept.map(({ state }) => state))].map((state) => [
          state,
          kept.filter((one) => one.state === state).length,
        ]),
      ),
      outcome,
      run: again.run,
      ...(outcome === 'at once' ? {} : { lasts: Math.round(lasts) }),
    },
  ];
}

/** Starts it again, and finds out why it does not. */
async function playAgain(play: ProgramStage): Promise<{ run: ProgramRun }> {
  const { run } = await play.run();
  return { run: await play.explained(run) };
}

function outcomeOf(before: ProgramRun, after: ProgramRun): RestartedProgram['outcome'] {
  if (isSame(before.sockets, after.sockets) && after.start.outcome === 'up') return 'at once';
  if (after.start.error?.name === 'EADDRINUSE' && services(after.sockets).length === 0) return 'EADDRINUSE';
  if (after.start.outcome !== 'up' || services(after.sockets).length === 0) return 'failed';
  return movedTo(before.sockets, after.sockets);
}

interface ClientPlace {
  readonly from: 'machine' | 'neighbour';
  readonly address: string;
  readonly port: number;
}

/** From the neighbour where it can reach the program, and else from the machine itself. */
function placesOf(sockets: readonly ProgramSocket[]): ClientPlace[] {
  const listeners = services(sockets).filter(({ protocol }) => protocol === 'tcp');
  const places = listeners.flatMap((socket): ClientPlace[] => {
    if (socket.port === null) return [];
    const isOpen = socket.scope === 'wildcard' || socket.scope === 'lan';
    if (!isOpen) return [{ from: 'machine', address: localOf(socket), port: socket.port }];
    const address = socket.family === 'inet' || socket.dual === true ? LAN_ADDRESSES.inet : LAN_ADDRESSES.inet6;
    return [{ from: 'neighbour', address, port: socket.port }];
  });
  const ports = new Set([...new Set(places.map(({ port }) => port))].slice(0, MOST_PORTS));
  return places.filter(({ port }) => ports.has(port));
}

/**
 * Connects two clients to each place. They hear the server out and send a byte, so that it has accepted them: nothing is
 * kept of a connection with data that no one has read. Returns what closes one of each two.
 */
async function connectClients(play: ProgramStage, places: readonly ClientPlace[]): Promise<() => Promise<void>> {
  const closing: (() => Promise<unknown>)[] = [];
  for (const [index, { from, address, port }] of places.entries()) {
    const agent = await play.stage.agent(from);
    const family = address.includes(':') ? ('inet6' as const) : ('inet' as const);
    for (const stays of [true, false]) {
      const on = `client ${index} ${stays}`;
      const results = await agent.ask(
        [
          { op: 'socket', as: on, family, type: 'stream' },
          { op: 'connect', on, address, port, within: READ },
          // Until it is silent, or has closed its side.
          ...Array.from({ length: PARTS }, () => ({ op: 'recv' as const, on, within: BANNER, size: PART })),
        ],
        true,
      );
      if (results[1]?.outcome !== 'ok') continue;
      // To one that has closed its side, a byte would only bring a reset, and the kernel would forget the connection.
      if (!results.some(({ outcome }) => outcome === 'eof')) await agent.ask([{ op: 'send', on, data: '?' }], false);
      if (!stays) closing.push(() => agent.ask([{ op: 'close', on }], false));
    }
  }
  await pause(READ);
  await untilRead(play.stage.net, new Set(places.map(({ port }) => port)));
  return async () => {
    await pause(CUT);
    for (const close of closing) await close();
    await pause(CUT);
  };
}

/** Waits until every connection at some local ports was accepted, and what it got was read, or a busy machine's time is over. */
async function untilRead(net: string, ports: ReadonlySet<number>): Promise<void> {
  for (const deadline = performance.now() + paced(UNREAD); performance.now() < deadline; await pause(CUT)) {
    const unread = listedAt(net).filter(
      ({ protocol, local, state, inode, received }) =>
        protocol === 'tcp' && ports.has(local.port) && state === 'ESTABLISHED' && (inode === 0 || received > 0),
    );
    if (unread.length === 0) return;
  }
}

/** What the kernel keeps of connections at local ports, and for how many seconds yet; from the text of its tables. */
function keptAt(net: string, ports: ReadonlySet<number>): { state: string; left: number }[] {
  return (['tcp', 'tcp6'] as const).flatMap((table) => {
    let text = '';
    try {
      text = readFileSync(`${net}/${table}`, 'latin1');
    } catch {
      // A kernel without IPv6.
    }
    return text.split('\n').flatMap((line) => {
      const [number = '', local = '', , state = '', , timer = ''] = line.trim().split(/\s+/);
      const [, port = ''] = local.split(':');
      if (!/^\d+:$/.test(number) || !ports.has(Number.parseInt(port, 16))) return [];
      const name = TCP_STATES[Number.parseInt(state, 16)] ?? state;
      if (name === 'LISTEN' || name === 'ESTABLISHED' || name === 'CLOSE_WAIT') return [];
      return [{ state: name, left: Number.parseInt(timer.split(':')[1] ?? '0', 16) / TICKS }];
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
