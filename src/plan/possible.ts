import { isAt, canReach } from './addresses.ts';
import type { Present } from './follow.ts';
import { isMaking, protocolOf, usedBy, type Plan, type Step } from './plan.ts';

/**
 * Whether a step is possible in the present state, so that its outcome says something about binding. Two steps are not
 * possible: a listen() of a TCP socket that is not bound, because it would take a port of the system's choice; and a
 * client where several sockets listen, because which of them gets the client is another subject.
 * @param sockets the sockets that are there before the step, by number
 */
export function isPossible(step: Step, sockets: ReadonlyMap<number, Present>, protocol: Plan['protocol']): boolean {
  const used = usedBy(step);
  if (step.op === 'probe' || used === undefined) return true;
  if (isMaking(step) && sockets.has(step.socket)) return false;
  const socket = sockets.get(used);
  if (socket === undefined) return isMaking(step) && step.op !== 'accept';
  const { state, child, making } = socket;
  const isTcp = protocolOf(making, protocol) === 'tcp';
  switch (step.op) {
    case 'open':
    case 'set':
      return true;
    case 'join':
    case 'leave':
      return !isTcp;
    case 'bind':
      return !child;
    case 'listen':
      return state !== 'unbound';
    case 'connect':
      // A second connect() of a TCP socket says nothing about its name. A socket that is not bound gets a port.
      return (
        (state === 'bound' ||
          (state === 'connected' && !isTcp) ||
          (state === 'unbound' && socket.name === undefined)) &&
        !child &&
        canReach(socket, step.to)
      );
    case 'disconnect':
      return (state === 'connected' || state === 'connecting') && !child;
    case 'accept': {
      const listening = [...sockets.values()].filter((one) => one.state === 'listening');
      return (
        state === 'listening' &&
        listening.length === 1 &&
        !socket.wasConnected &&
        canReach(socket, step.to) &&
        isAt(socket, step.to)
      );
    }
    case 'peer-close':
      return isTcp && state === 'connected';
    case 'shutdown':
      return isTcp && state === 'listening';
    case 'close':
      return step.leaves === undefined || (isTcp && state === 'connected');
  }
}
