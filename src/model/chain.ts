import type { Socket } from './world.ts';

/** The ids of sockets in the order in which a kernel walks them, the head first. */
export type Chain = readonly number[];

/** The chain with the socket moved or added to its head. */
export function toHead(chain: Chain, id: number): Chain {
  return [id, ...without(chain, id)];
}

/** The chain with the socket moved or added to its end. */
export function toTail(chain: Chain, id: number): Chain {
  return [...without(chain, id), id];
}

/** The chain without a socket. */
export function without(chain: Chain, gone: number): Chain {
  return chain.filter((other) => other !== gone);
}

/** The sockets of a chain, the head first. */
export function inOrder(sockets: readonly Socket[], chain: Chain): readonly Socket[] {
  const byId = new Map(sockets.map((socket) => [socket.id, socket]));
  return chain.flatMap((id) => byId.get(id) ?? []);
}
