import type { Outcome } from '../../../../src/model/types.ts';
import {
  ANY4,
  ANY6,
  before,
  bestMatch,
  exactMatch,
  isGroup4,
  isGroup6,
  isMapped,
  type Kernel,
  type Pcb,
  without,
} from './pcb.ts';

/** in_pcbbind() and in_pcbaddrisavail() of OpenBSD 7.x, ported by hand from sys/netinet/in_pcb.c: each family for itself. */
export class OpenbsdPort implements Kernel {
  pcbs: readonly Pcb[] = [];
  #hash: readonly Pcb[] = [];

  bind(pcb: Pcb, address: string): Outcome {
    if (isMapped(address)) return 'EADDRNOTAVAIL';
    const stack = this.stackOf(pcb);
    const list = this.#hash.filter((other) => other.family === pcb.family);
    const isGroup = isGroup4(address) || isGroup6(address);
    const held = bestMatch(list, stack, address);
    if (pcb.uid !== 0 && !isGroup && held !== undefined && held.uid !== pcb.uid) return 'EADDRINUSE';
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    const match = isWild ? held : exactMatch(list, stack, address);
    const both = match?.reuseport === true && pcb.reuseport;
    const inGroup = isGroup && !isWild && (match?.reuseaddr === true || match?.reuseport === true);
    if (match !== undefined && !both && !inGroup) return 'EADDRINUSE';
    Object.assign(pcb, stack === 'v4' ? { v4: true, local4: address } : { v6: true, local6: address });
    this.pcbs = [...this.pcbs, pcb];
    this.#hash = [pcb, ...this.#hash];
    return 'ok';
  }

  stackOf({ family }: Pcb): 'v4' | 'v6' {
    return family === 'inet' ? 'v4' : 'v6';
  }

  connect(pcb: Pcb, local: string): void {
    if (pcb.local4 === ANY4) pcb.local4 = local;
    if (pcb.local6 === ANY6) pcb.local6 = local;
    pcb.connected = true;
    this.#hash = before(pcb, this.#hash);
  }

  disconnect(pcb: Pcb): void {
    Object.assign(pcb, pcb.v4 ? { connected: false, local4: ANY4 } : { connected: false, local6: ANY6 });
    this.#hash = before(pcb, this.#hash);
  }

  close(pcb: Pcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.#hash = without(pcb, this.#hash);
  }

  accept(listener: Pcb, id: number, local: string): void {
    const child: Pcb = { ...listener, id, state: 'accepted', connected: true };
    Object.assign(child, listener.v4 ? { local4: local } : { local6: local });
    this.pcbs = [...this.pcbs, child];
    this.#hash = [child, ...this.#hash];
  }
}
