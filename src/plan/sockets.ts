import { OPTION_KEYS } from '../model/options.ts';
import type { NextSocket, PresentSocket, State } from '../model/types.ts';
import { unmapped } from '../model/address.ts';
import type { Making, Owner, SocketStep } from './plan.ts';

/** The numbers of a socket in a plan: its own, and that of the child which takes its place when a connection is accepted. */
export interface Numbers {
  readonly socket: number;
  readonly child: number;
}

/** How a socket of a question to a model is made by an owner; the user is not named. */
export function makingFor(
  { family, v6only, options = {}, device }: Pick<NextSocket, 'family' | 'v6only' | 'options' | 'device'>,
  owner: Owner = 1,
): Making {
  return {
    owner,
    family,
    v6only: family === 'inet' ? false : (v6only ?? 'default'),
    options: OPTION_KEYS.filter((key) => options[key] === true),
    ...(device === undefined ? {} : { device }),
  };
}

/**
 * The steps that bind a socket and bring it to its state. A socket without a state is `bound`.
 * @param making how it is made
 * @param next its name, at the plan's own port where the name has none
 */
export function stepsTo(
  { state = 'bound', local }: Pick<PresentSocket, 'state' | 'local'>,
  making: Making,
  next: { readonly address: string; readonly port?: number },
  { socket, child }: Numbers,
): SocketStep[] {
  const name = { address: next.address, ...(next.port === undefined ? {} : { port: next.port }) };
  const bound: SocketStep = { op: 'bind', socket, makes: making, ...name };
  return [bound, ...stepsFromBound(state, local ?? next.address, { socket, child })];
}

/** The steps that bring a bound socket to a state. `local` is the local address of its connection. */
function stepsFromBound(state: State, local: string, { socket, child }: Numbers): SocketStep[] {
  const to = unmapped(local);
  const connected: SocketStep = { op: 'connect', socket, to };
  switch (state) {
    case 'bound':
      return [];
    case 'listening':
      return [{ op: 'listen', socket }];
    case 'shut-down':
      return [
        { op: 'listen', socket },
        { op: 'shutdown', socket },
      ];
    case 'accepted':
      return [
        { op: 'listen', socket },
        { op: 'accept', socket: child, listener: socket, to },
        { op: 'close', socket },
      ];
    case 'connecting':
    case 'connected':
      return [connected];
    case 'close-wait':
      return [connected, { op: 'peer-close', socket }];
    default:
      return [connected, { op: 'close', socket, leaves: state }];
  }
}
