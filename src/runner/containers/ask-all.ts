import type { AgentProcess } from '../../harness/agent-process.ts';
import type { SocketKind } from '../../published/ask.ts';
import { probe } from '../published/probe.ts';

/** What one question came to, in addresses; see `OutcomeRecord` for the words. */
export interface ServerReply {
  outcome: string;
  /** Who answered, by the name of the server. */
  by?: string;
  /** The address that the answer came from, where it tells one. */
  from?: string;
}

export interface ServerQuestion {
  socket: SocketKind;
  address: string;
  port: number;
  /** How many bytes are sent, by which the server's list tells this question from others. */
  bytes: number;
  /** Silence is what must come of it, as is known already: it is asked once, and no more. */
  once?: boolean;
}

/** How long an answer is waited for at first, and how long once more where none came, in milliseconds. */
const PATIENCE = [400, 800];
/** Silence is believed when it was waited for so many times as long as the slowest answer took. */
const MARGIN = 3;
/** Nobody waits longer than this, in milliseconds. */
const LONGEST = 4000;
/** How many questions of one agent are under way at a time, and of those that are only waited for; each holds a descriptor. */
const AT_A_TIME = 150;
const WAITING_AT_A_TIME = 300;

/** How slow the machine is: what the slowest answer took, in milliseconds. Agents that ask side by side share one. */
export class Pace {
  slowest = 0;

  /** Takes note of an answer. */
  took(milliseconds: number): void {
    this.slowest = Math.max(this.slowest, milliseconds);
  }
}

/** An outcome that may be another when the machine has more time. */
const WAITED_FOR: ReadonlySet<string> = new Set(['silence', 'accepted']);

/**
 * Has an agent ask questions, many at a time. Where no answer came they are asked a second time, and on a machine that is
 * so busy that answers were slow, until it was waited for much longer than any of them took.
 * @param again what is asked then instead of a question, so that the server can tell the two apart
 * @returns what each came to, and how many bytes were sent the last time
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
 * Where no machine has the address the kernel says so after some seconds, unless it has looked shortly before: whether that
 * is in time says nothing about what is asked.
 */
function inTime(outcome: string): string {
  return outcome === 'EHOSTUNREACH' ? 'silence' : outcome;
}
