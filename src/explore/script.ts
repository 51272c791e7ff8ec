import type { Family } from '../model/types.ts';
import { formatStep } from './notation.ts';
import type { Played, Uids } from './play.ts';
import { isInet, type Owner, type Sequence, type Step } from './sequence.ts';

/** What a stand-alone script is made of. */
export interface ScriptInput {
  readonly sequence: Sequence;
  readonly played: readonly Played[];
  readonly uids: Uids;
  /** The platform on which it was observed, and the system whose model was asked. */
  readonly platform: string;
  readonly model: string;
}

/** One step as a script needs it: with what has become of its socket before. */
export interface ScriptStep {
  readonly step: Step;
  readonly text: string;
  readonly allowed: string;
  readonly observed: string;
  readonly owner: Owner;
  readonly family: Family;
  /** The name that the socket was made for. */
  readonly address: string;
  /** Whether the socket has a peer, before the step. */
  readonly connected: boolean;
}

/** The steps of a script in order, and the sockets that have a peer at its end. */
export function scriptSteps({ played }: ScriptInput): { steps: ScriptStep[]; connected: number[] } {
  const made = new Map<number, Extract<Step, { op: 'bind' }>>();
  const connected = new Set<number>();
  const steps: ScriptStep[] = [];
  for (const { step, prediction, outcome } of played) {
    if (step.op === 'bind') made.set(step.socket, step);
    const origin = made.get(step.op === 'accept' ? step.listener : step.socket);
    if (origin === undefined) throw new RangeError(`'${formatStep(step)}' is on a socket that was not made`);
    if (step.op === 'accept') made.set(step.socket, origin);
    steps.push({
      step,
      text: formatStep(step),
      allowed: prediction.outcomes.join(' or '),
      observed: outcome,
      owner: origin.owner,
      family: origin.family,
      address: origin.address,
      connected: connected.has(step.socket),
    });
    if (step.op === 'connect' || step.op === 'accept') connected.add(step.socket);
    if (step.op === 'disconnect' || step.op === 'close') connected.delete(step.socket);
  }
  return { steps, connected: [...connected] };
}

/** What both scripts say of themselves, line by line. `run` is the command that runs it. */
export function preface(input: ScriptInput, run: string): string[] {
  const { sequence, uids, platform, model } = input;
  const two = uids[1] !== uids[2] && sequence.steps.some((step) => step.op === 'bind' && step.owner === 2);
  return [
    `${sequence.protocol}: ${sequence.steps.map(formatStep).join('; ')}`,
    '',
    `Observed on ${platform}; held against bindspec's model of ${model}.`,
    'Prints what each step returned. Takes the port as its argument; 20000 without.',
    ...(two ? [`Run it as root: sockets marked @2 are those of user ${uids[2]}.`] : []),
    'To run it where nothing else is:',
    `  unshare --net sh -c '${[...network(sequence), run].join('; ')}'`,
  ];
}

/** The commands that give an empty network namespace the addresses of the sequence. */
function network({ steps }: Sequence): string[] {
  const used = steps.flatMap((step) =>
    step.op === 'bind' ? [step.address] : step.op === 'connect' || step.op === 'accept' ? [step.to] : [],
  );
  const plain = new Set(used.map((address) => address.replace(/^::ffff:/, '')));
  for (const known of ['0.0.0.0', '::', '::1']) plain.delete(known);
  const more = [...plain].filter((address) => !address.startsWith('127.'));
  return [
    'ip link set lo up',
    ...more.map((address) => `ip addr add ${address} dev lo${isInet(address) ? '' : ' nodad'}`),
  ];
}

/** An address as it is given to connect(): a socket of IPv6 takes an IPv4 one in its mapped form. */
export function target(family: Family, to: string): string {
  return family === 'inet6' && isInet(to) ? `::ffff:${to}` : to;
}
