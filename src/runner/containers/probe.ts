import type { Family, Operation, Result } from '../../protocol/messages.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { SocketKind } from '../../containers/cases.ts';

/** What one question came to, in addresses; see `OutcomeRecord` for the words. */
export interface Came {
  outcome: string;
  /** Who answered, by the name of the server. */
  by?: string;
  /** The address that the answer came from, where it tells one. */
  from?: string;
}

export interface Question {
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
  questions: readonly Question[],
  pace: Pace,
  again: (question: Question) => Question = (question) => question,
): Promise<(Came & { sent: number })[]> {
  const came: (Came & { sent: number })[] = [];
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

let names = 0;

/** Asks one question with a socket of its own. */
async function askOne(agent: AgentProcess, question: Question, patience: number, pace: Pace): Promise<Came> {
  const { socket, address, port, bytes } = question;
  const family: Family = address.includes(':') ? 'inet6' : 'inet';
  const on = `q${names++}`;
  const data = 'x'.repeat(bytes);
  const connect: Operation = { op: 'connect', on, address, port, within: patience };
  const recv: Operation = { op: 'recv', on, within: patience };
  const opening: Operation = { op: 'socket', as: on, family, type: socket === 'tcp' ? 'stream' : 'dgram' };
  const rest: Operation[] =
    socket === 'udp unconnected'
      ? [{ op: 'send', on, data, to: { address, port } }, recv]
      : [connect, { op: 'send', on, data }, recv];
  const [opened, ...results] = await agent.ask([opening, ...rest], true);
  if (opened?.outcome !== 'ok') return { outcome: opened?.outcome ?? 'silence' };
  // A reset leaves no state behind; what a socket of UDP does at its end is nothing anyway.
  void agent.ask([{ op: 'close', on, reset: socket === 'tcp' }], false).catch(() => undefined);
  const came = socket === 'tcp' ? ofStream(results) : ofDatagram(results);
  if (came.outcome === 'answered') pace.took(results.reduce((sum, { took }) => sum + took, 0));
  return came;
}

/** What connecting, sending and receiving came to. */
function ofStream([connected, sent, received]: readonly Result[]): Came {
  // Whether the end of a connection that was taken is told as an end or as a reset is a race, and so is whether the reset
  // comes before connect() has returned; a handshake that is refused is never told as a reset.
  if (connected?.outcome === 'ECONNRESET') return { outcome: 'closed' };
  if (connected?.outcome !== 'ok') return { outcome: refusal(connected?.outcome) };
  if (sent?.outcome !== 'ok') return { outcome: 'closed' };
  if (received?.outcome === 'ok') return answered(received);
  return { outcome: received?.outcome === 'silence' ? 'accepted' : 'closed' };
}

function ofDatagram(results: readonly Result[]): Came {
  const last = results.at(-1);
  return last?.outcome === 'ok' && last.data !== undefined ? answered(last) : { outcome: refusal(last?.outcome) };
}

function answered({ data = '', from }: Result): Came {
  return {
    outcome: 'answered',
    by: data.slice(0, Math.max(0, data.lastIndexOf(': Your data was '))),
    ...(from === undefined ? {} : { from: from.address }),
  };
}

/**
 * Where nobody has the address the kernel says so after some seconds, unless it has looked shortly before: whether that is
 * in time is no property of what is asked.
 */
function refusal(outcome = 'silence'): string {
  if (outcome === 'EHOSTUNREACH') return 'silence';
  return outcome === 'ECONNREFUSED' ? 'refused' : outcome;
}
