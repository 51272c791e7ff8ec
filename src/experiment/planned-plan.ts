import type { Family, Options } from '../model/types.ts';
import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { Making, Plan, SocketStep } from '../plan/plan.ts';
import type { PlannedSocket } from './planned.ts';

/** What is needed to make a plan of planned sockets, for a trial or for a model. */
export interface ResolvedBy {
  /** The address of a kind. */
  addressOf(family: Family, on: PlannedSocket['on']): string;
  /** The port of sockets whose port number is not 0; sockets with number 0 use the plan's own port. */
  portOf(number: number): number;
}

/** The number of a planned socket in its plan, by its place. */
export function numberOf(place: number): number {
  return place + 1;
}

/**
 * The sockets of an experiment as a plan. Each socket is made and bound, and over TCP it listens unless it stays bound;
 * then the steps planned for it are done, before the next socket is made. The other user is the second owner.
 */
export function planOfSockets(sockets: readonly PlannedSocket[], resolved: ResolvedBy): Plan<SocketStep> {
  const protocol = sockets[0]?.protocol ?? 'udp';
  const steps = sockets.flatMap((socket, place): SocketStep[] => {
    const number = numberOf(place);
    const { family, on, port = 0 } = socket;
    const own = socket.protocol === protocol ? {} : { protocol: socket.protocol };
    const address = resolved.addressOf(family, on);
    const name = { address, ...(port === 0 ? {} : { port: resolved.portOf(port) }) };
    const listens = socket.protocol === 'tcp' && socket.staysBound !== true;
    return [
      { op: 'bind', socket: number, makes: { ...makingOfSocket(socket), ...own }, ...name },
      ...(listens ? [{ op: 'listen', socket: number } as const] : []),
      ...(socket.afterwards ?? []).map((step): SocketStep => ({ ...step, socket: number })),
    ];
  });
  return { protocol, steps };
}

function makingOfSocket({ family, v6only = 1, options = [], device, otherUser }: PlannedSocket): Making {
  return {
    owner: otherUser === true ? 2 : 1,
    family,
    v6only: family === 'inet6' && v6only === 1,
    options: options.map(optionKey),
    ...(device === undefined ? {} : { device }),
  };
}

/**
 * The option of a plan that has this name in programs.
 * @throws RangeError for an option that no model knows
 */
export function optionKey(name: string): keyof Options {
  const key = OPTION_KEYS.find((one) => OPTIONS[one].name === name);
  if (key === undefined) throw new RangeError(`no model knows the option ${name}`);
  return key;
}
