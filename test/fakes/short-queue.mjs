// A real agent that finds what FreeBSD has: of the connections to one listener that no one has accepted yet, 192 find
// room, which is one and a half times kern.ipc.soacceptqueue, and the next are reset. And no /proc tells how long the
// queue is.
import { filter } from './_filter.mjs';

const MOST = 192;
/** A port at which no one listens, where a connection is reset too. */
const NOBODY = 1;
/** What was begun since the last reset of this agent, by address form and port; in batches since their own beginning. */
let waiting = new Map();

/** Whether one more connection finds room in that listener's queue. */
function finds(queues, { address, port }) {
  const key = `${address.includes(':') && !address.startsWith('::ffff:')} ${port}`;
  const count = (queues.get(key) ?? 0) + 1;
  queues.set(key, count);
  return count <= MOST;
}

filter({
  request(operation) {
    if (operation.op === 'reset') waiting = new Map();
    if (operation.op === 'connect' && operation.port >= 1024 && !finds(waiting, operation)) {
      return { ...operation, port: NOBODY };
    }
    if (operation.op === 'read') return { ...operation, path: '/nowhere' };
    if (operation.op !== 'batch') return operation;
    const queues = new Map();
    const kinds = [...operation.kinds];
    const sockets = [...operation.sockets];
    for (let index = 0; index < sockets.length; index += 2) {
      const kind = operation.kinds[sockets[index]];
      if (kind.connect?.port === undefined || kind.type !== 'stream' || finds(queues, kind.connect)) continue;
      sockets[index] = kinds.push({ ...kind, connect: { ...kind.connect, port: NOBODY } }) - 1;
    }
    return { ...operation, kinds, sockets };
  },
});
