import type { NextSocket, Operation, PresentSocket, Prediction, Setting } from './types.ts';
import { type Simulation, simulate, type System } from './world.ts';

/** What a model says of the next socket, given those that are there. */
export interface Verdict {
  readonly bind: Prediction;
  /** What a listen() after that bind returns; only for TCP, and only if the bind can succeed. */
  readonly listen: Prediction | undefined;
  /** The places, among those present, of sockets that the model itself would have refused. */
  readonly refused: readonly number[];
  /** The port after the bind and the listen, taken to have succeeded; it can be asked who receives. */
  readonly after: Simulation;
}

/**
 * Predicts bind() and then listen() of the next socket. The sockets present are given in bind order; each is brought
 * to its state before the next is bound. Only those of the same protocol and port matter. A holder that a prediction
 * names is a place among those present.
 */
export function predict<Hidden>(
  system: System<Hidden>,
  present: readonly PresentSocket[],
  next: NextSocket,
  setting: Setting = {},
): Verdict {
  let port = simulate(system, setting);
  const refused: number[] = [];
  for (const [place, socket] of present.entries()) {
    if (socket.protocol !== next.protocol || socket.port !== next.port) continue;
    const placed = settle(port, place, socket);
    port = placed.port;
    if (placed.refused) refused.push(place);
  }
  const id = present.length;
  const { prediction: bind, after } = port.step({ op: 'bind', socket: id, ...next }, 'ok');
  if (next.protocol !== 'tcp' || !bind.outcomes.includes('ok')) return { bind, listen: undefined, refused, after };
  const { prediction: listen, after: listening } = after.step({ op: 'listen', socket: id }, 'ok');
  return { bind, listen, refused, after: listening };
}

/** Puts a socket on the port as it is, whatever the model thinks of it. */
function settle(start: Simulation, place: number, present: PresentSocket): { port: Simulation; refused: boolean } {
  const { state = 'bound', local = present.address, autobound, ...socket } = present;
  if (autobound === true) {
    const port = start.step({ op: 'connect', socket: place, local, as: socket }).after;
    return { port: closing(place, state).reduce(take, port), refused: false };
  }
  // An accepted child takes the place; its listener, which is gone, gets a number that nobody else uses.
  const first = state === 'accepted' ? -1 - place : place;
  const { prediction, after } = start.step({ op: 'bind', socket: first, ...socket }, 'ok');
  const refused = !prediction.outcomes.includes('ok');
  if (state === 'accepted') {
    const steps: Operation[] = [
      { op: 'listen', socket: first },
      { op: 'accept', socket: place, listener: first, local },
      { op: 'close', socket: first },
    ];
    return { port: steps.reduce(take, after), refused };
  }
  const connected: Operation[] = [{ op: 'connect', socket: place, local }, ...closing(place, state)];
  const listening: Operation[] = [{ op: 'listen', socket: place }];
  if (state === 'bound') return { port: after, refused };
  if (state === 'listening') return { port: listening.reduce(take, after), refused };
  if (state === 'shut-down')
    return { port: take(listening.reduce(take, after), { op: 'shutdown', socket: place }), refused };
  return { port: connected.reduce(take, after), refused };
}

function closing(socket: number, state: PresentSocket['state']): readonly Operation[] {
  if (state === 'close-wait') return [{ op: 'peer-close', socket }];
  if (state === 'fin-wait-1' || state === 'fin-wait-2' || state === 'time-wait') {
    return [{ op: 'close', socket, leaves: state }];
  }
  return [];
}

function take(port: Simulation, operation: Operation): Simulation {
  return port.step(operation, 'ok').after;
}
