import type { Family, Operation, Result, SocketName } from '../protocol/messages.ts';
import type { OptionSetting } from '../protocol/options.ts';
import type { Outcome } from './outcome.ts';
import { answerer, open, outcomeOf, REQUEST, socketName, type Protocol } from './talk.ts';
import type { Part, Trial } from './trial.ts';

export interface ClientOptions {
  protocol: Protocol;
  family: Family;
  /** The local name to bind; without it, the system chooses. With port 0, the default, the system chooses the port. */
  from?: { address: string; port?: number };
  /** The peer that the client connects to. A UDP client that does not connect names the receiver each time it sends. */
  to?: { address: string; port?: number };
  /** Options that are set before bind, and options that are set after it, each list in this order. */
  before?: readonly OptionSetting[];
  after?: readonly OptionSetting[];
}

/** The result of one receive. */
export interface Received {
  /** `ok`, `silence`, `eof`, or an errno. */
  outcome: Outcome;
  /** The part that answered, where the answer says so. */
  by: string | null;
  data: string | null;
  from: SocketName | null;
}

/** A client that keeps its socket, so that it can ask several times, can be looked at between, and can be asked by others. */
export class Client {
  /** `ok`, or what the failed call returned; in that case the client can't be used. */
  readonly outcome: Outcome;
  readonly part: Part;
  readonly socket: string;
  readonly #trial: Trial;

  private constructor(trial: Trial, part: Part, socket: string, outcome: Outcome) {
    this.#trial = trial;
    this.part = part;
    this.socket = socket;
    this.outcome = outcome;
  }

  /** Opens a socket, sets its options, binds it and connects it; leaves out the steps that were not asked for. */
  static async open(trial: Trial, part: Part, options: ClientOptions): Promise<Client> {
    const { protocol, family, from, to, before = [], after = [] } = options;
    const socket = part.fresh('client');
    const set = (setting: OptionSetting): Operation => ({ op: 'setsockopt', on: socket, ...setting });
    const results = await part.attempt(
      ...open(socket, protocol, family, 1),
      ...before.map(set),
      ...(from === undefined ? [] : [{ op: 'bind', on: socket, port: 0, ...from } as const]),
      ...after.map(set),
      ...(to === undefined
        ? []
        : [{ op: 'connect', on: socket, port: trial.port, within: trial.connectPatience, ...to } as const]),
    );
    return new Client(trial, part, socket, outcomeOf(results.at(-1)));
  }

  /** Sends the documents' request, unless another text is given, and waits for one answer. */
  async ask(to?: { address: string; port?: number }): Promise<Received> {
    const sent = await this.send(REQUEST, to);
    return sent === 'ok' ? this.receive() : { outcome: sent, by: null, data: null, from: null };
  }

  /** Sends to the peer that the socket is connected to, unless another receiver is given. */
  async send(data = REQUEST, to?: { address: string; port?: number }): Promise<Outcome> {
    const name = to === undefined ? {} : { to: { port: this.#trial.port, ...to } };
    const [result] = await this.part.do({ op: 'send', on: this.socket, data, ...name });
    return outcomeOf(result);
  }

  /**
   * The next message that it receives. Waits as long as the trial's patience, unless `within` is given; with 0 it only
   * looks.
   */
  async receive(within = this.#trial.patience): Promise<Received> {
    const [result] = await this.part.do({ op: 'recv', on: this.socket, within });
    return receivedIn(result);
  }

  /** The client's own socket name. */
  name(): Promise<SocketName> {
    return socketName(this.part, this.socket);
  }

  async close(): Promise<void> {
    await this.part.do({ op: 'close', on: this.socket });
  }
}

function receivedIn(result: Result | undefined): Received {
  return {
    outcome: outcomeOf(result),
    by: answerer(result?.data),
    data: result?.data ?? null,
    from: result?.from ?? null,
  };
}
