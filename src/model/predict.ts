import type { NextSocket, Operation, PresentSocket, Prediction, Setting } from './types.ts';
import { type Simulation, simulate, type System } from './world.ts';

/** A model's prediction for the next socket, given the sockets that are already present. */
export interface Verdict {
  readonly bind: Prediction;
  /** The result of a listen() after that bind; only for TCP, and only if the bind can succeed. */
  readonly listen: Prediction | undefined;
  /** The indexes, in the list of sockets present, of those that the model itself would have refused. */
  readonly refused: readonly number[];
  /** The port after the bind and the listen, which are assumed to have succeeded. It can tell who receives. */
  readonly after: Simulation;
}

/**
 * Predicts bind() and then listen() of the next socket. The caller gives the sockets present in bind order; each is put
 * into its state before the next is bound. Only those of the same protocol and port matter. If a prediction names a
 * holder, it is an index in the list of sockets present.
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

/** Puts a socket on the port in its given state, even if the model would have refused it. */
function settle(start: Simulation, place: number, present: PresentSocket): { port: Simulation; refused: boolean } {
  const { state = 'bound', local = present.address, autobound, ...socket } = present;
  if (autobound === true) {
    const port = start.step({ op: 'connect', socket: place, local, as: socket }).after;
    return { port: closing(place, state).reduce(take, port), refused: false };
  }
  // The accepted socket takes the index. Its listener, which is closed, gets a number that no other socket uses.
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
