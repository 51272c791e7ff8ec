import { formatPlan, formatStep } from './notation.ts';
import {
  makingOf,
  protocolOf,
  usesOtherEnd,
  type Making,
  type Plan,
  type ProbeStep,
  type SocketStep,
  type Step,
} from './plan.ts';
import type { Played, Uids } from './play.ts';
import { networkOf, type DeviceAddresses } from './script-network.ts';

/** The parts that a stand-alone script is made from. */
export interface ScriptInput {
  readonly plan: Plan;
  /** The steps that were done, or that are to be done: what the model allows for each, and what was observed, where it was. */
  readonly played: readonly (Pick<Played, 'step' | 'prediction'> & { readonly outcome?: string })[];
  readonly uids: Uids;
  /** The platform of the observation, where there is one, and the system whose model was asked. */
  readonly platform?: string;
  readonly model: string;
  /** The addresses of each interface where the plan was played; without them, every address is put on lo. */
  readonly devices?: DeviceAddresses;
}

/** A plan that can't be written as a script; the message says why. */
export class NoScript extends Error {
  override readonly name = 'NoScript';
}

/** One step as a script needs it, with the state of its socket before the step. */
export interface ScriptStep {
  readonly step: SocketStep;
  readonly text: string;
  /** The expected and the observed outcome, in words. */
  readonly remark: string;
  /** How its socket was made; a child is made like its listener. */
  readonly making: Making;
  /** Whether the socket has a peer, before the step. */
  readonly connected: boolean;
  /** Whether a later step needs the other end of the connection that the step makes. */
  readonly keepsOther: boolean;
  /** Whether the port of the plan is the one that this connect() gets. */
  readonly choosesPort: boolean;
}

/** A probe as a script needs it, with the sockets that are there and have its protocol. */
export interface ScriptProbe {
  readonly probe: ProbeStep;
  readonly text: string;
  readonly remark: string;
  readonly receiving: readonly number[];
}

/** The needs of a script beside its steps. */
export interface ScriptNeeds {
  readonly steps: readonly (ScriptStep | ScriptProbe)[];
  /** The sockets that it makes, in order, and the sockets that are connected over TCP at its end. */
  readonly sockets: readonly number[];
  readonly connected: readonly number[];
  /** The user of the second owner, where that is another user; else null. */
  readonly second: number | null;
  readonly connects: boolean;
  readonly disconnects: boolean;
  readonly joins: boolean;
  readonly resets: boolean;
  /** The sockets whose other ends are needed. */
  readonly others: readonly number[];
  readonly choosesPort: boolean;
}

/**
 * The steps of a script, and its needs.
 * @throws NoScript for a step that a script can't do.
 */
export function scriptNeeds({ plan, played, uids }: ScriptInput): ScriptNeeds {
  const made = new Map<number, Making>();
  const connected = new Set<number>();
  const closed = new Set<number>();
  const unbound = new Set<number>();
  let usesPort = false;
  const steps: ScriptStep[] = [];
  const all: (ScriptStep | ScriptProbe)[] = [];
  const isTcp = (making: Making) => protocolOf(making, plan.protocol) === 'tcp';
  for (const [place, { step, prediction, outcome }] of played.entries()) {
    const remark = `expected ${prediction.outcomes.join(' or ')}${outcome === undefined ? '' : `, observed ${outcome}`}`;
    if (step.op === 'probe') {
      if (step.from?.owner === 'neighbour') refuseFar(step);
      const own = protocolOf(step, plan.protocol);
      const receiving = [...made].flatMap(([socket, making]) =>
        protocolOf(making, plan.protocol) === own && !(own === 'tcp' && connected.has(socket)) ? [socket] : [],
      );
      all.push({ probe: step, text: formatStep(step), remark, receiving: receiving.filter((one) => !closed.has(one)) });
      continue;
    }
    const making = makingOf(step) ?? made.get(step.op === 'accept' ? step.listener : step.socket);
    if (making === undefined) throw new RangeError(`'${formatStep(step)}' is on a socket that was not made`);
    refuse(step, making);
    const happened = outcome ?? prediction.outcomes[0];
    made.set(step.socket, making);
    const isConnected = isTcp(making) && connected.has(step.socket);
    const chooses = step.op === 'connect' && unbound.has(step.socket) && !usesPort && happened === 'ok';
    const one = {
      step,
      text: formatStep(step),
      remark,
      making,
      connected: isConnected,
      keepsOther: makesOther(step) && isTcp(making) && needsOther(step.socket, played.slice(place + 1)),
      choosesPort: chooses,
    };
    if (step.op === 'open') unbound.add(step.socket);
    if (step.op === 'bind' || step.op === 'connect') unbound.delete(step.socket);
    if (chooses || (step.op === 'bind' && step.port === undefined)) usesPort = true;
    steps.push(one);
    all.push(one);
    if (step.op === 'close') closed.add(step.socket);
    if (step.op === 'connect' || step.op === 'accept') connected.add(step.socket);
    if (step.op === 'disconnect' || step.op === 'close') connected.delete(step.socket);
  }
  const left = [...connected].filter((socket) => isTcp(made.get(socket) as Making));
  return {
    steps: all,
    sockets: [...made.keys()],
    connected: left,
    second: uids[1] !== uids[2] && steps.some(({ making }) => making.owner === 2) ? uids[2] : null,
    connects: steps.some(({ step, making }) => step.op === 'connect' && isTcp(making)),
    joins: steps.some(({ step }) => step.op === 'join' || step.op === 'leave'),
    disconnects: steps.some(({ step }) => step.op === 'disconnect'),
    resets: left.length > 0 || steps.some((one) => isReset(one)),
    others: steps.flatMap(({ step, keepsOther }) => (keepsOther ? [step.socket] : [])),
    choosesPort: steps.some(({ choosesPort }) => choosesPort),
  };
}

/** Whether a close() resets a connection, so that nothing is left on the port. */
export function isReset({ step, connected }: Pick<ScriptStep, 'step' | 'connected'>): boolean {
  return connected && step.op === 'close' && step.leaves === undefined;
}

/** Whether a step makes a connection inside the machine. */
function makesOther(step: SocketStep): boolean {
  return step.op === 'accept' || (step.op === 'connect' && step.port === undefined);
}

/** Whether one of the steps needs the other end of the socket's connection. */
function needsOther(socket: number, later: readonly { readonly step: Step }[]): boolean {
  return later.some(({ step }) => usesOtherEnd(step) && step.socket === socket);
}

function refuseFar(step: Step): never {
  throw new NoScript(`a script of one process can't do '${formatStep(step)}': it is on another machine`);
}

function refuse(step: SocketStep, { owner }: Making): void {
  if (owner === 'neighbour') refuseFar(step);
  if (step.op === 'close' && step.leaves === 'fin-wait-1') {
    throw new NoScript(`a script can't do '${formatStep(step)}': the state ends before the next step could be tried`);
  }
}

/** The text about the script that both scripts have, line by line. `run` is the command that runs it. */
export function preface(input: ScriptInput, { second }: ScriptNeeds, run: string): string[] {
  const { plan, platform, model } = input;
  return [
    formatPlan(plan),
    '',
    platform === undefined
      ? `What to expect is what bindspec's model of ${model} says.`
      : `Observed on ${platform}; checked against bindspec's model of ${model}.`,
    'Prints what each step returned. Takes the port as its argument; 20000 without.',
    ...(second === null ? [] : [`Run it as root: sockets marked @2 are those of user ${second}.`]),
    'To run it where nothing else is:',
    `  unshare --net sh -c '${[...networkOf(plan, input.devices), run].join('; ')}'`,
  ];
}
