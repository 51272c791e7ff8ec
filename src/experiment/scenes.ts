import type { AddressKind, HostName } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { ask, openServer, requestsAt, type Answer, type Protocol, type Server } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

/** The axes that most experiments have. */
export const PROTOCOLS = ['udp', 'tcp'] as const;
export const FAMILIES = ['inet', 'inet6'] as const;

export interface Net {
  protocol: Protocol;
  family: Family;
}

/** Who asks: from which host, at which of the machine's addresses, and from which source if not the system's choice. */
export interface Asking {
  host?: HostName;
  to: AddressKind;
  from?: AddressKind;
}

/** One server on one address, asked once. */
export async function serveAndAsk(
  trial: Trial,
  net: Net,
  server: { on: AddressKind },
  asking: Asking,
): Promise<{ server: Outcome; answer: Answer; received: { count: number; from: string[] } }> {
  const serving = await serveOn(trial, net, 'server', server.on);
  const answer = await askAt(trial, net, asking);
  return { server: serving.outcome, answer, received: await requestsAt(trial, serving) };
}

/** A server that plays a part of its own, on one of the machine's addresses. */
export async function serveOn(
  trial: Trial,
  net: Net,
  part: string,
  kind: AddressKind,
  more: { options?: readonly string[]; port?: number; otherUser?: boolean; drop?: boolean[] } = {},
): Promise<Server> {
  const { otherUser = false, options, port, drop } = more;
  const player = await trial.part(part, { otherUser });
  return openServer(trial, player, {
    protocol: net.protocol,
    family: net.family,
    address: addressOf(trial.facts, net.family, kind),
    ...(options === undefined ? {} : { options }),
    ...(port === undefined ? {} : { port }),
    ...(drop === undefined ? {} : { drop }),
  });
}

/** A client that asks once. Clients of one host are one part. */
export async function askAt(
  trial: Trial,
  { protocol, family }: Net,
  asking: Asking & { port?: number },
): Promise<Answer> {
  const { host = 'machine', to, from, port } = asking;
  const part = await trial.part(host === 'machine' ? 'client' : `client on ${host}`, { host });
  return ask(trial, part, {
    protocol,
    family,
    to: { address: addressOf(trial.facts, family, to), ...(port === undefined ? {} : { port }) },
    ...(from === undefined ? {} : { from: addressOf(trial.facts, family, from) }),
  });
}

/** How two servers on one port get on: what each came to. */
export interface Pair {
  first: Outcome;
  second: Outcome;
  /** The call that decided about the second. */
  call: 'bind' | 'listen';
}

export interface PairMember {
  on: AddressKind;
  /** The trial's own port unless said. */
  port?: number;
  options?: readonly string[];
  otherUser?: boolean;
}

/** Two servers in two processes on one port, one after the other. */
export async function pairUp(trial: Trial, net: Net, first: PairMember, second: PairMember): Promise<Pair> {
  const [one] = await Promise.all([
    serveOn(trial, net, 'first', first.on, first),
    // The second process is started while the first binds; it binds only after it.
    trial.part('second', { otherUser: second.otherUser ?? false }),
  ]);
  const two = await serveOn(trial, net, 'second', second.on, second);
  return { first: one.outcome, second: two.outcome, call: two.call };
}
