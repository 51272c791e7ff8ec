import { models } from '../../../../src/model/index.ts';
import type { NextSocket, Operation, Outcome, Setting } from '../../../../src/model/types.ts';
import { ANY4, ANY6, isMapped, type Kernel, type Pcb } from './pcb.ts';

const NAMES4 = [ANY4, ANY4, '127.0.0.1', '10.0.0.1', '239.1.2.3'];
const MAPPED = ['::ffff:0.0.0.0', '::ffff:127.0.0.1', '::ffff:239.1.2.3'];
const NAMES6 = [ANY6, ANY6, '::1', 'fd00::1', 'ff05::5', ...MAPPED];
const UNBOUND = { v4: false, v6: false, local4: '', local6: '', connected: false, state: 'bound' } as const;
const USERS = [[0], [0, 1000], [1000, 1001], [0, 1000, 1001]];
export const host = { addresses: ['127.0.0.1', '10.0.0.1', '::1', 'fd00::1'] };

/** Numbers that are the same in every run. */
export class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    for (let i = 0; i < 5; i++) this.below(2);
  }

  below(count: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * count);
  }

  get coin(): boolean {
    return this.below(2) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

interface Question {
  readonly setting: Setting;
  readonly protocol: 'tcp' | 'udp';
  readonly kernel: Kernel;
  readonly seed: number;
}

/** Plays one random sequence on a port of the source and on the model, and returns the first step on which they differ. */
export function differenceIn({ setting, protocol, kernel, seed }: Question): string | undefined {
  const dice = new Dice(seed);
  const users = dice.pick(USERS);
  let simulated = models.freebsd.simulate({ ...setting, host });
  const played: Operation[] = [];
  for (let id = 1; id < 14; id++) {
    const choice = dice.below(10);
    const pcb = kernel.pcbs.length === 0 || choice < 5 ? undefined : dice.pick(kernel.pcbs);
    const done: Done | undefined =
      pcb === undefined
        ? bindNew(kernel, dice, { id, protocol, uid: dice.pick(users) })
        : act(kernel, dice, { pcb, id, choice, protocol });
    if (done === undefined) continue;
    played.push(done.operation);
    const { prediction } = simulated.step(done.operation);
    if (done.outcome !== undefined && !prediction.outcomes.includes(done.outcome)) {
      return `${prediction.rule} said ${prediction.outcomes.join()}, not ${done.outcome}: ${JSON.stringify(played)}`;
    }
    simulated = simulated.step(done.operation, done.outcome ?? 'ok').after;
  }
  return undefined;
}

interface Done {
  readonly operation: Operation;
  readonly outcome?: Outcome;
}

export function bindNew(
  kernel: Kernel,
  dice: Dice,
  { id, protocol, uid }: { id: number; protocol: 'tcp' | 'udp'; uid: number },
): Done {
  const family = dice.coin ? 'inet' : 'inet6';
  const address = dice.pick(family === 'inet' ? NAMES4 : NAMES6);
  const v6only = family === 'inet6' && dice.coin;
  const options = { reuseaddr: dice.coin, reuseport: dice.coin, reuseportLb: dice.coin };
  const pcb: Pcb = { ...UNBOUND, id, family, v6only, uid, ...options };
  const name = { protocol, address, port: 20_001, uid, privileged: true, options };
  const next: NextSocket = family === 'inet6' ? { ...name, family, v6only } : { ...name, family };
  return { operation: { op: 'bind', socket: id, ...next }, outcome: kernel.bind(pcb, address) };
}

interface Action {
  readonly pcb: Pcb;
  readonly id: number;
  readonly choice: number;
  readonly protocol: 'tcp' | 'udp';
}

function act(kernel: Kernel, dice: Dice, { pcb, id, choice, protocol }: Action): Done | undefined {
  const socket = pcb.id;
  if (choice === 5) {
    kernel.close(pcb);
    return { operation: { op: 'close', socket } };
  }
  if (choice === 6) {
    const options = { [dice.pick(['reuseaddr', 'reuseport'] as const)]: dice.coin };
    Object.assign(pcb, options);
    return { operation: { op: 'set', socket, options } };
  }
  if (protocol === 'udp' && pcb.connected) {
    kernel.disconnect(pcb);
    return { operation: { op: 'disconnect', socket } };
  }
  if (protocol === 'udp') {
    const is4 = (kernel.stackOf(pcb) ?? dice.pick(['v4', 'v6'])) === 'v4';
    const local = is4 ? '127.0.0.1' : '::1';
    kernel.connect(pcb, local);
    const peer4 = pcb.family === 'inet' ? '10.9.9.9' : '::ffff:10.9.9.9';
    return { operation: { op: 'connect', socket, local, to: { address: is4 ? peer4 : 'fd00::9', port: 1000 + id } } };
  }
  if (pcb.state === 'bound') {
    pcb.state = 'listening';
    return { operation: { op: 'listen', socket } };
  }
  if (pcb.state === 'accepted') return undefined;
  const local = localOf(pcb, kernel.stackOf(pcb) ?? dice.pick(['v4', 'v6']));
  kernel.accept(pcb, id, local);
  return { operation: { op: 'accept', socket: id, listener: socket, local } };
}

/** The address at which a listener's connection comes in. */
function localOf({ local4, local6 }: Pcb, stack: 'v4' | 'v6'): string {
  if (stack === 'v6') return local6 === ANY6 ? '::1' : local6;
  const own = isMapped(local6) ? local6.slice('::ffff:'.length) : local4;
  return own === ANY4 || own === '' ? '127.0.0.1' : own;
}
