import { randomInt } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { HeldShell } from '../../lab/held-shell.ts';
import { EngineFailed, type Engine } from '../engine.ts';
import type { EngineName } from '../names.ts';
import { engineNamed } from '../named.ts';
import { nameOfLab, sweep } from '../sweep.ts';
import type { EngineHost } from './engine-host.ts';
import { CREATION_DEADLINE, expectLine, holders, runText } from './held.ts';
import { guestOf, type Guest } from './guest.ts';
import { idleImage } from './idle-image.ts';
import { outerPid, outsideOf, running } from './pids.ts';
import { GUEST_INTERFACE, SUBNET, SUBNET6, wireGuest, type LanHost } from './topology.ts';
import { Deadline } from '../../process/pace.ts';
import { whyUnset } from '../../lab/unset-settings.ts';
import { NO_ICMP_LIMITS } from '../../lab/icmp-limits.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** What the errors of ICMP are limited by, as everywhere else: a refusal would be silence at random. */
const LIMITS = NO_ICMP_LIMITS.given.map((setting) => setting.slice(0, setting.indexOf('=')));
const LIFTED = NO_ICMP_LIMITS.given.map((setting) => setting.slice(setting.indexOf('=') + 1));
/** A process of a container that was started is there within this time on a quiet machine, in milliseconds. */
const APPEARANCE = 5000;
const PAUSE = 50;

/**
 * Joins an engine that runs already, by its socket: its host gets an interface on a switch of ours, with a neighbour and
 * an attacker on it. What is made of it has names and labels of its own, and is taken back at the end; containers end with
 * this process however it ends, and a network that is left then is removed by the next run.
 * @throws Unavailable when it does not answer, is not root's, or works in the network of this machine itself
 */
export async function joinEngine(name: EngineName, socket: string): Promise<EngineHost> {
  const engine = await engineAt(name, socket);
  await sweep(engine);
  const lab = nameOfLab();
  const guest = guestOf(engine, lab);
  try {
    return await join(engine, guest, lab, placeOf(socket));
  } catch (error) {
    await guest.leave();
    throw error;
  }
}

/** An engine that answers at a socket, and may be joined as far as it looks from outside. @throws Unavailable */
export async function engineAt(name: EngineName, socket: string): Promise<Engine> {
  const where = placeOf(socket);
  const engine = engineNamed(`${name}=${socket}`);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Unavailable('only root on Linux can use a running engine', 'run it with sudo');
  }
  if (listensHere(socket)) throw inMachine(where);
  const { rootless } = await engine.facts();
  if (!rootless) return engine;
  const mend = `take --engine ${name}, for which one is made`;
  throw new Unavailable(`${where} belongs to an ordinary user, and publishes on this machine's network`, mend);
}

function placeOf(socket: string): string {
  return `the engine at ${socket}`;
}

async function join(engine: Engine, guest: Guest, lab: string, where: string): Promise<EngineHost> {
  const pid = await processOnHost(engine, guest, lab);
  const net = `--net=/proc/${pid}/ns/net`;
  if ([String(process.pid), '1'].some((own) => networkOf(own) === networkOf(pid))) throw inMachine(where);
  const daemon = outsideOf(pid);
  if (daemon === null) throw new EngineFailed('the container that shows the network of its engine has ended');

  await wantFree(['nsenter', net, '--', 'env'], where);
  const limited = await lift(['nsenter', net, '--', 'env']);
  const shell = new HeldShell(
    ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child=KILL', 'sh'],
    CREATION_DEADLINE,
  );
  const inside = [
    'nsenter',
    net,
    `--mount=/proc/${daemon}/ns/mnt`,
    `--pid=/proc/${daemon}/ns/pid`,
    '--',
    'env',
    'LC_ALL=C',
  ];
  const close = async () => {
    // By way of a container of ours, which goes with the guest.
    await limited();
    await guest.leave();
    await shell.close();
  };
  try {
    const holder = await holders(shell, ['neighbour', 'attacker']);
    const host = { inner: `/proc/${pid}/ns/net`, outer: pid };
    shell.write(wireGuest({ host, neighbour: holder('neighbour'), attacker: holder('attacker') }));
    await expectLine(shell, 'wired', `the host of ${where.replace('the ', '')} could not be wired up`);
    const own = `--pid=/proc/${holder('switch').outer}/ns/pid`;
    const namespace = (place: LanHost) => (place === 'host' ? pid : holder(place).outer);
    return {
      engine: guest.engine,
      device: GUEST_INTERFACE,
      launch: (place) => ['nsenter', `--net=/proc/${namespace(place)}/ns/net`, own, '--'],
      inside,
      launchIn: (inner) => ['nsenter', `--net=/proc/${outerPid(inner, daemon)}/ns/net`, own, '--'],
      launchAmong: (inner) => {
        const outer = outerPid(inner, daemon);
        return ['nsenter', `--net=/proc/${outer}/ns/net`, `--pid=/proc/${outer}/ns/pid`, '--'];
      },
      shell: (text) => runText(inside, text),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws Unavailable where the host already knows a way to the addresses of our switch */
async function wantFree(enter: readonly string[], where: string): Promise<void> {
  const taken = await runText(enter, `ip route show ${SUBNET}; ip -6 route show ${SUBNET6}`);
  if (taken.trim() === '') return;
  const reason = `the host of ${where.replace('the ', '')} already has ${SUBNET} or ${SUBNET6}, which the lab gives to its neighbours`;
  throw new Unavailable(reason, 'start its daemon in a network where these are free');
}

/** Starts a container in the network of the engine's host, and returns its process as we know it. */
async function processOnHost(engine: Engine, guest: Guest, lab: string): Promise<string> {
  await guest.engine.importImage(await idleImage(), lab, []);
  // A time that no other process sleeps, to tell it from them in whatever pid namespace it is.
  const command = ['/bin/sleep', String(randomInt(1_000_000_000, 2_000_000_000))];
  await guest.engine.run({ name: 'host', image: lab, networks: ['host'], command });
  for (const deadline = new Deadline(APPEARANCE); !deadline.passed;) {
    const [pid] = running(command);
    if (pid !== undefined) return pid;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
  throw new EngineFailed(`${engine.name} run: its containers are not on this machine`);
}

/** Whether a socket is one of those that were made in the network of this process, or of the machine. */
function listensHere(socket: string): boolean {
  return ['self', '1'].some((pid) =>
    readFileSync(`/proc/${pid}/net/unix`, 'utf8')
      .split('\n')
      .some((line) => line.endsWith(` ${socket}`)),
  );
}

function networkOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // On some systems not even root may read it for the first process.
    return `unknown of ${pid}`;
  }
}

function inMachine(where: string): Unavailable {
  return new Unavailable(
    `${where} works in the network of this machine, where bindspec never tries anything`,
    'start its daemon in a network namespace (unshare --net), or name the engine without a socket, and bindspec starts one in its own namespace',
  );
}

/**
 * Lifts the limits of the host's ICMP errors, and returns what sets them to what they were.
 * @throws Unavailable where they can't be lifted
 */
async function lift(enter: readonly string[]): Promise<() => Promise<void>> {
  const file = (limit: string) => `/proc/sys/net/${limit}`;
  const read = async () =>
    (await runText(enter, LIMITS.map((limit) => `cat ${file(limit)} 2>/dev/null || echo`).join('; '))).split('\n');
  const before = await read();
  const set = async (values: readonly (string | undefined)[]) => {
    const writes = LIMITS.map((limit, index) => `echo ${values[index] ?? ''} >${file(limit)}`);
    await runText(enter, `{ ${writes.join('; ')}; } 2>/dev/null; true`).catch(() => undefined);
  };
  await set(LIFTED);
  const after = await read();
  const unset = LIMITS.filter((_, index) => before[index] !== '' && after[index] !== LIFTED[index]);
  if (unset.length > 0) {
    await set(before);
    const { reason, enable } = whyUnset(unset.map((setting) => ({ host: 'host', setting })));
    throw new Unavailable(reason, enable);
  }
  return () => set(before);
}
