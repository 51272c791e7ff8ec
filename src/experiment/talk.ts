import type { AddressKind } from '../lab/lab.ts';
import type { Family, Operation, Result, SocketName } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { Outcome } from './outcome.ts';
import type { Came } from './planned.ts';
import { kindOf, type Part, type Trial } from './trial.ts';

export type Protocol = 'udp' | 'tcp';

/** The request that clients send: 23 bytes, as in the documents' example. */
export const REQUEST = 'This is another message';

export interface ServerOptions {
  protocol: Protocol;
  family: Family;
  /** Where to bind, in numeric form. */
  address: string;
  port?: number;
  /** Socket options set to 1 before bind, in this order. */
  options?: readonly NumberOption[];
  /** 1 (the default) keeps an IPv6 socket to IPv6; 0 makes it dual-stack; null leaves the system's default. */
  v6only?: 0 | 1 | null;
  /** The requests that it takes without answering, by their place in order. */
  drop?: boolean[];
}

/** A socket that is meant to become a server. */
export interface Server {
  /** `ok`, or what the failed call (bind or listen) returned. */
  outcome: Outcome;
  /** The call that failed, or the last call that was made. */
  call: Came['call'];
  part: Part;
  socket: string;
}

/** Binds a socket. If that works, the socket serves under the name of its part. */
export async function openServer(trial: Trial, part: Part, options: ServerOptions): Promise<Server> {
  const socket = part.fresh('server');
  const { protocol, family, address, port = trial.port } = options;
  const opening = open(socket, protocol, family, options.v6only ?? (options.v6only === null ? null : 1));
  const before = [
    ...opening,
    ...(options.options ?? []).map((option): Operation => ({ op: 'setsockopt', on: socket, option, value: 1 })),
  ];
  const listening: Operation[] = protocol === 'tcp' ? [{ op: 'listen', on: socket }] : [];
  const operations: Operation[] = [
    ...before,
    { op: 'bind', on: socket, address, port },
    ...listening,
    { op: 'serve', on: socket, name: part.name, ...(options.drop ? { drop: options.drop } : {}) },
  ];
  const results = await part.attempt(...operations);
  // Every system can keep a socket to IPv6. Where a socket can't be made dual-stack, that is an outcome.
  const prepared = options.v6only === 0 ? 1 : opening.length;
  if (results.length <= prepared) throw unprepared(part, operations, results);
  const last = operations[results.length - 1]?.op;
  return {
    outcome: outcomeOf(results.at(-1)),
    // An option that the system does not have is an outcome, as it would be for any program.
    call: results.length <= before.length ? 'setsockopt' : last === 'bind' || protocol === 'udp' ? 'bind' : 'listen',
    part,
    socket,
  };
}

export interface QuestionOptions {
  protocol: Protocol;
  family: Family;
  to: { address: string; port?: number };
  /** The local address to bind before asking; the system chooses without it. */
  from?: string;
}

/** The result of a question. */
export interface Answer {
  /** `answered`, `silence`, `eof`, or the errno of the call that failed. */
  outcome: Outcome;
  /** The part that answered, or null. */
  by: string | null;
  /** The kind of address of the client's own socket name. Null when the client got no name. */
  source: AddressKind | (string & {}) | null;
  /** The time from sending (for TCP: connecting) to the answer or the refusal, in milliseconds. */
  milliseconds: number;
}

/** Asks once, as a client that connects its socket: connect, send, wait for the answer. */
export async function ask(trial: Trial, part: Part, question: QuestionOptions): Promise<Answer> {
  const { protocol, family, to, from } = question;
  const socket = part.fresh('client');
  const before = open(socket, protocol, family, 1);
  const port = to.port ?? trial.port;
  const operations: Operation[] = [
    ...before,
    ...(from === undefined ? [] : [{ op: 'bind', on: socket, address: from, port: 0 } as const]),
    { op: 'connect', on: socket, address: to.address, port, within: trial.connectPatience },
    { op: 'getsockname', on: socket },
    { op: 'send', on: socket, data: REQUEST },
    { op: 'recv', on: socket, within: trial.patience },
  ];
  const results = await part.attempt(...operations);
  if (results.length < before.length) throw unprepared(part, operations, results);
  await part.do({ op: 'close', on: socket });
  const last = results.at(-1);
  const named = results.find((result) => result.name)?.name;
  // For a connection, the time begins with connect; for a datagram, with send.
  const began = results[operations.findIndex(({ op }) => op === (protocol === 'tcp' ? 'connect' : 'send'))] ?? last;
  const answered = results.length === operations.length && last?.outcome === 'ok';
  return {
    outcome: answered ? 'answered' : outcomeOf(last),
    by: answered ? answerer(last?.data) : null,
    source: named ? kindOf(trial.facts, named.address) : null,
    milliseconds: began && last ? round(last.at + last.took - began.at) : 0,
  };
}

/** The requests that a server got: who sent each, in order, as kinds of addresses. */
export async function requestsAt(trial: Trial, server: Server): Promise<{ count: number; from: string[] }> {
  if (server.outcome !== 'ok') return { count: 0, from: [] };
  const [result] = await server.part.do({ op: 'served', on: server.socket });
  const served = result?.served ?? [];
  return { count: served.length, from: served.map((request) => kindOf(trial.facts, request.from.address)) };
}

/** The name of a socket; it must have one. */
export async function socketName(part: Part, socket: string): Promise<SocketName> {
  const [result] = await part.do({ op: 'getsockname', on: socket });
  if (!result?.name) throw new HarnessError(`getsockname on ${part.name}'s ${socket} returned ${result?.outcome}`);
  return result.name;
}

/**
 * The operations that open a socket. An IPv6 socket is IPv6 only unless `v6only` is given, because systems differ in the
 * default.
 */
export function open(socket: string, protocol: Protocol, family: Family, v6only: 0 | 1 | null): Operation[] {
  const type = protocol === 'udp' ? 'dgram' : 'stream';
  const operations: Operation[] = [{ op: 'socket', as: socket, family, type }];
  if (family === 'inet6' && v6only !== null) {
    operations.push({ op: 'setsockopt', on: socket, option: 'IPV6_V6ONLY', value: v6only });
  }
  return operations;
}

/** The outcome of a result; the result must be there. */
export function outcomeOf(result: Result | undefined): Outcome {
  if (!result) throw new HarnessError('an agent gave no result where one was due');
  return result.outcome as Outcome;
}

/** The sender that an answer names. */
export function answerer(data: string | undefined): string | null {
  return /^([\w -]+): Your data was \d+ bytes$/.exec(data ?? '')?.[1] ?? null;
}

/** Does operations that must all work for there to be something to ask about. @throws HarnessError when one does not */
export async function prepareSockets(part: Part, operations: readonly Operation[]): Promise<void> {
  const results = await part.attempt(...operations);
  if (results.length < operations.length || results.some(({ outcome }) => outcome !== 'ok'))
    throw unprepared(part, operations, results);
}

function unprepared(part: Part, operations: readonly Operation[], results: readonly Result[]): HarnessError {
  const failed = operations[results.length - 1];
  return new HarnessError(`${part.name} could not be prepared: ${failed?.op} returned ${results.at(-1)?.outcome}`);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
