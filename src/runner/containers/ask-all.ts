import type { AgentProcess } from '../../harness/agent-process.ts';
import type { SocketKind } from '../../published/ask.ts';
import { probe } from '../published/probe.ts';

/** The outcome of one question, with addresses as they are; see `OutcomeRecord` for the words. */
export interface ServerReply {
  outcome: string;
  /** The name of the server that answered. */
  by?: string;
  /** The address that the answer came from, where it has one. */
  from?: string;
}

export interface ServerQuestion {
  socket: SocketKind;
  address: string;
  port: number;
  /** How many bytes are sent. By this number the question is found in the server's list. */
  bytes: number;
  /** It is known already that the outcome must be silence: the question is asked only once. */
  once?: boolean;
}

/** How long to wait for an answer at first, and how long the second time if none came, in milliseconds. */
const PATIENCE = [400, 800];
/** Silence is believed when the wait was this many times as long as the slowest answer took. */
const MARGIN = 3;
/** The longest wait, in milliseconds. */
const LONGEST = 4000;
/** How many questions of one agent run at a time, and how many only wait for an answer; each holds a descriptor. */
const AT_A_TIME = 150;
const WAITING_AT_A_TIME = 300;

/** How slow the machine is: the time of the slowest answer, in milliseconds. Agents that ask side by side share one pace. */
export class Pace {
  slowest = 0;

  /** Takes note of an answer. */
  took(milliseconds: number): void {
    this.slowest = Math.max(this.slowest, milliseconds);
  }
}

/** Outcomes that may be different when the machine has more time. */
const WAITED_FOR: ReadonlySet<string> = new Set(['silence', 'accepted']);

/**
 * Has an agent ask questions, many at a time. Where no answer came, it asks a second time. On a machine so busy that answers
 * were slow, it asks again until it has waited much longer than any answer took.
 * @param again returns the question to ask the next time, so that the server can tell the two apart
 * @returns the outcome of each, and how many bytes were sent the last time
 */
export async function askAll(
  agent: AgentProcess,
  questions: readonly ServerQuestion[],
  pace: Pace,
  again: (question: ServerQuestion) => ServerQuestion = (question) => question,
): Promise<(ServerReply & { sent: number })[]> {
  const came: (ServerReply & { sent: number })[] = [];
  let left = questions.map((question, index) => ({ question, index }));
  for (let look = 0, patience = PATIENCE[0] ?? LONGEST; left.length > 0; look += 1) {
    await inTurns(left, look === 0 ? AT_A_TIME : WAITING_AT_A_TIME, async ({ question, index }) => {
      came[index] = { ...(await askOne(agent, question, patience, pace)), sent: question.bytes };
    });
    left = left
      .filter(({ question, index }) => question.once !== true && WAITED_FOR.has(came[index]?.outcome ?? ''))
      .map(({ question, index }) => ({ question: again(question), index }));
    const next = PATIENCE[look + 1];
    if (next === undefined && (patience >= LONGEST || pace.slowest * MARGIN <= patience)) break;
    patience = next ?? Math.min(LONGEST, Math.max(2 * patience, pace.slowest * MARGIN));
  }
  return came;
}

/** Has an agent ask one question, likewise. */
export async function askOnce(agent: AgentProcess, question: ServerQuestion, pace: Pace): Promise<ServerReply> {
  const [came] = await askAll(agent, [question], pace);
  return came as ServerReply;
}

async function inTurns<T>(list: readonly T[], atATime: number, work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) await work(list[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, list.length) }, worker));
}

/** Asks one question, and takes note of how slow the answer was. */
async function askOne(
  agent: AgentProcess,
  question: ServerQuestion,
  patience: number,
  pace: Pace,
): Promise<ServerReply> {
  const { socket, address, port, bytes } = question;
  const reply = await probe(agent, { socket, address, port, data: 'x'.repeat(bytes) }, patience);
  if (reply.outcome !== 'answered') return { outcome: inTime(reply.outcome) };
  pace.took(reply.took);
  const { data = '', from } = reply;
  return {
    outcome: 'answered',
    by: data.slice(0, Math.max(0, data.lastIndexOf(': Your data was '))),
    ...(from === undefined ? {} : { from }),
  };
}

/**
 * Where no machine has the address, the kernel reports that after some seconds, or at once if it has looked shortly before.
 * Whether the report arrives in time says nothing about the question.
 */
function inTime(outcome: string): string {
  return outcome === 'EHOSTUNREACH' ? 'silence' : outcome;
}
