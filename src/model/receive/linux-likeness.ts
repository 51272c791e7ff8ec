import type { Lists } from './linux-state.ts';
import type { Receiver } from './receiver.ts';

/**
 * A text of all that the choice of a receiver reads of the lists. It leaves out what only a later operation would read,
 * such as owners, and the options that decide only about bind().
 */
export function likenessOf({ sockets, byAddress, byPort, fourTuples, groups }: Lists): string {
  return JSON.stringify([[...sockets.values()].map(read), byAddress, byPort, fourTuples, [...groups]]);
}

function read(socket: Receiver): object {
  const { reuseport, multicastAll, multicastAll6 } = socket.options;
  // The text has nothing of what is undefined.
  const unread = { protocol: undefined, bound: undefined, uid: undefined, autobound: undefined };
  return { ...socket, ...unread, options: { reuseport, multicastAll, multicastAll6 } };
}
