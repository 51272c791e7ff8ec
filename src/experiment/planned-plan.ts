import type { Family, Options } from '../model/types.ts';
import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { Making, Plan, Step } from '../plan/plan.ts';
import type { PlannedSocket } from './planned.ts';

/** What planned sockets are resolved by, for a trial or for a model. */
export interface ResolvedBy {
  /** The address of a kind. */
  addressOf(family: Family, on: PlannedSocket['on']): string;
  /** The port of sockets of a number other than 0; those of 0 are at the plan's own. */
  portOf(number: number): number;
}

/** The number of a planned socket in its plan, by its place. */
export function numberOf(place: number): number {
  return place + 1;
}

/**
 * The sockets of an experiment as a plan: each is made and bound, listens over TCP unless it stays bound, and then what is
 * planned for it is done, before the next one is made. The other user is the second owner.
 */
export function planOfSockets(sockets: readonly PlannedSocket[], resolved: ResolvedBy): Plan {
  const protocol = sockets[0]?.protocol ?? 'udp';
  const steps = sockets.flatMap((socket, place): Step[] => {
    const number = numberOf(place);
    const { family, on, port = 0 } = socket;
    const own = socket.protocol === protocol ? {} : { protocol: socket.protocol };
    const address = resolved.addressOf(family, on);
    const name = { address, ...(port === 0 ? {} : { port: resolved.portOf(port) }) };
    const listens = socket.protocol === 'tcp' && socket.staysBound !== true;
    return [
      { op: 'bind', socket: number, makes: { ...makingOfSocket(socket), ...own }, ...name },
      ...(listens ? [{ op: 'listen', socket: number } as const] : []),
      ...(socket.afterwards ?? []).map((step): Step => ({ ...step, socket: number })),
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

/** The option of a plan that programs give a name to. @throws RangeError for one that no model knows */
export function optionKey(name: string): keyof Options {
  const key = OPTION_KEYS.find((one) => OPTIONS[one].name === name);
  if (key === undefined) throw new RangeError(`no model knows the option ${name}`);
  return key;
}
