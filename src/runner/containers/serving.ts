import type { Protocol } from '../../model/types.ts';
import type { Family, Operation } from '../../protocol/messages.ts';

/** A socket that is bound, and listens where its protocol does. */
export interface Bound {
  /** What the agent calls it. */
  on: string;
  protocol: Protocol;
  family: Family;
  address: string;
  port: number;
  /** The value of IPV6_V6ONLY; left as the system has it where there is none. */
  v6only?: number;
  /** The length of the queue of a listener; the agent's own where there is none. */
  backlog?: number;
}

/** The operations that bind such a socket. */
export function binding({ on, protocol, family, address, port, v6only, backlog }: Bound): Operation[] {
  const tcp = protocol === 'tcp';
  return [
    { op: 'socket', as: on, family, type: tcp ? 'stream' : 'dgram' },
    ...(v6only === undefined ? [] : [{ op: 'setsockopt', on, option: 'IPV6_V6ONLY', value: v6only } as const]),
    { op: 'bind', on, address, port },
    ...(tcp ? [{ op: 'listen', on, ...(backlog === undefined ? {} : { backlog }) } as const] : []),
  ];
}

/** The operations that bind such a socket and answer there. @param name by which the server answers */
export function serving(bound: Bound, name = bound.on): Operation[] {
  return [...binding(bound), { op: 'serve', on: bound.on, name }];
}
