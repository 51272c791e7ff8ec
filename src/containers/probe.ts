import type { Family, Operation, Result } from '../protocol/messages.ts';
import type { AgentProcess } from '../runner/agent-process.ts';
import type { SocketKind } from './cases.ts';

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
}

/** How long an answer is waited for at first, and how long once more where none came, in milliseconds. */
const PATIENCE = 400;
const SECOND_PATIENCE = 800;
/** How many questions of one agent are under way at a time; each holds a descriptor. */
const AT_A_TIME = 150;

/**
 * Has an agent ask questions, many at a time. Silence is told only where there was none at a second try, because a busy
 * machine is slow. @returns what each came to, and how many bytes were sent the last time.
 */
export async function askAll(
  agent: AgentProcess,
  questions: readonly Question[],
  again: (question: Question) => Question,
) {
  const came = await inTurns(questions, (question) => askOne(agent, question, PATIENCE));
  const sent = questions.map(({ bytes }) => bytes);
  const silent = came.flatMap(({ outcome }, index) => (outcome === 'silence' ? [index] : []));
  const second = await inTurns(silent, async (index) => {
    const question = again(questions[index] as Question);
    sent[index] = question.bytes;
    return askOne(agent, question, SECOND_PATIENCE);
  });
  for (const [place, index] of silent.entries()) came[index] = second[place] as Came;
  return came.map((one, index) => ({ ...one, sent: sent[index] ?? 0 }));
}

async function inTurns<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) results[index] = await work(list[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, list.length) }, worker));
  return results;
}

let names = 0;

/** Asks one question with a socket of its own. */
export async function askOne(agent: AgentProcess, question: Question, patience: number): Promise<Came> {
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
  return socket === 'tcp' ? ofStream(results) : ofDatagram(results);
}

/** What connecting, sending and receiving came to. */
function ofStream([connected, sent, received]: readonly Result[]): Came {
  if (connected?.outcome !== 'ok') return { outcome: refusal(connected?.outcome) };
  // Whether the end of a connection that was taken is told as an end or as a reset is a race.
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
