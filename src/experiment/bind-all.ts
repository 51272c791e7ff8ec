import { HarnessError } from '../harness/harness-error.ts';
import { models } from '../model/index.ts';
import type { Operation } from '../protocol/messages.ts';
import { Follower } from '../plan/follow.ts';
import { formatStep } from '../plan/notation.ts';
import { callOf, makingCalls, type OwnStep } from '../plan/operations.ts';
import type { Plan, SocketStep } from '../plan/plan.ts';
import { isPossible } from '../plan/possible.ts';
import { numberOf, planOfSockets } from './planned-plan.ts';
import type { Came, PlannedSocket } from './planned.ts';
import { outcomeOf } from './talk.ts';
import { addressOf, type Part, type Trial } from './trial.ts';

/**
 * Plays planned sockets as the plan that the models are asked about. Each part plays its own sockets. Returns what became
 * of each socket. A socket that could not be bound, or could not listen, is left alone after that.
 * @throws HarnessError when a socket can't be made, or a step after its bind fails
 */
export async function bindAll(trial: Trial, sockets: readonly PlannedSocket[]): Promise<Came[]> {
  const parts = await Promise.all(sockets.map(({ as, otherUser = false }) => trial.part(as, { otherUser })));
  const ports = new Map([[0, trial.port]]);
  for (const { port = 0 } of sockets) if (!ports.has(port)) ports.set(port, await trial.anotherPort());
  const plan = planOfSockets(sockets, {
    addressOf: (family, on) => (typeof on === 'string' ? addressOf(trial.facts, family, on) : on.address),
    portOf: (number) => ports.get(number) ?? trial.port,
  });
  const playing = new Playing(plan, trial.port, parts);
  for (const step of plan.steps) await playing.play(step);
  return sockets.map((_, place) => playing.came(numberOf(place)));
}

/** A plan that a trial plays step by step. */
class Playing {
  readonly #plan: Plan<SocketStep>;
  readonly #port: number;
  readonly #parts: readonly Part[];
  readonly #came = new Map<number, Came>();
  readonly #names = new Map<number, string>();
  /** Plays only the steps that are possible in the present state. The system makes no difference to that. */
  #follower: Follower;

  constructor(plan: Plan<SocketStep>, port: number, parts: readonly Part[]) {
    this.#plan = plan;
    this.#port = port;
    this.#parts = parts;
    const simulate = () => models.linux.simulate();
    this.#follower = new Follower({ protocol: plan.protocol, port, userOf: () => ({}), simulate });
  }

  came(number: number): Came {
    const came = this.#came.get(number);
    if (came === undefined) throw new Error(`nothing became of socket ${number}`);
    return came;
  }

  async play(step: SocketStep): Promise<void> {
    const part = this.#parts[step.socket - 1];
    const before = this.#came.get(step.socket);
    if (part === undefined) throw new RangeError(`no part owns socket ${step.socket}`);
    if (before !== undefined && before.outcome !== 'ok') return;
    if (!isPossible(step, this.#follower.sockets, this.#plan.protocol)) return;
    const came = step.op === 'bind' ? await this.#bind(step, part) : await this.#later(step, part, before);
    this.#came.set(step.socket, came);
    this.#follower = this.#follower.step(step, came.outcome).after;
  }

  async #bind(step: Extract<SocketStep, { op: 'bind' }>, part: Part): Promise<Came> {
    if (step.makes === undefined) throw new RangeError(`'${formatStep(step)}' makes no socket`);
    const on = part.fresh('socket');
    this.#names.set(step.socket, on);
    const making = makingCalls(on, step.makes, this.#plan.protocol);
    const bind: Operation = { op: 'bind', on, address: step.address, port: step.port ?? this.#port };
    const results = await part.attempt(...making, bind);
    const outcome = outcomeOf(results.at(-1));
    if (results.length <= 1) throw new HarnessError(`${part.name} could not make a socket: ${outcome}`);
    return { outcome, call: results.length <= making.length ? 'setsockopt' : 'bind' };
  }

  /** A listen() decides what became of a socket; the other later steps only prepareSockets. */
  async #later(step: SocketStep, part: Part, before: Came | undefined): Promise<Came> {
    const on = this.#names.get(step.socket) ?? '';
    const [result] = await part.do(callOf(on, step as OwnStep));
    const outcome = outcomeOf(result);
    if (step.op === 'listen' && before?.call === 'bind') return { outcome, call: 'listen' };
    if (outcome !== 'ok') throw new HarnessError(`${part.name}: '${formatStep(step)}' returned ${outcome}`);
    return before ?? { outcome, call: 'bind' };
  }
}
