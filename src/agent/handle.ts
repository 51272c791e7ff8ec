import type { Family, SocketType } from '../protocol/messages.ts';
import { Waiter } from './waiter.ts';
import type { Service } from './service.ts';

/** A socket that the agent holds, under the name that the harness gave it. */
export class Handle {
  readonly fd: number;
  readonly family: Family;
  readonly type: SocketType;
  readonly waiter: Waiter;
  service: Service | null = null;

  constructor(fd: number, family: Family, type: SocketType) {
    this.fd = fd;
    this.family = family;
    this.type = type;
    this.waiter = new Waiter(fd);
  }
}
