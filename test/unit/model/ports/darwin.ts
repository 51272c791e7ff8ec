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
  type Pcb,
  TwoStacks,
  unmapped,
} from './pcb.ts';

/** in_pcbbind() and in6_pcbbind() of macOS 15.4 (xnu-11417), ported by hand from bsd/netinet/in_pcb.c and bsd/netinet6/in6_pcb.c. */
export class DarwinPort extends TwoStacks {
  bind(pcb: Pcb, address: string): Outcome {
    const plain = unmapped(address);
    const isGroup = isIpv4Only(pcb, address) ? isGroup4(plain) : isGroup6(address);
    if (!this.isUdp && (isGroup4(plain) || isGroup6(address))) return 'EAFNOSUPPORT';
    if (isIpv4Only(pcb, address)) {
      if (this.#isForeign4(pcb, plain, isGroup) || this.#isTaken4(pcb, plain, isGroup)) return 'EADDRINUSE';
      return this.#take(pcb, plain, undefined);
    }
    if (isMapped(address)) return 'EADDRNOTAVAIL';
    const isDual = !pcb.v6only && address === ANY6;
    if (this.#isForeign6(pcb, address, isDual, isGroup) || this.#isTaken6(pcb, address, isDual, isGroup)) {
      return 'EADDRINUSE';
    }
    return this.#take(pcb, isDual ? ANY4 : undefined, address);
  }

  override connect(pcb: Pcb, local: string): void {
    super.connect(pcb, local);
    this.hash = before(pcb, this.hash);
  }

  override accept(listener: Pcb, id: number, local: string): Pcb {
    const child = super.accept(listener, id, local);
    this.hash = before(child, this.hash);
    return child;
  }

  disconnect(pcb: Pcb): void {
    Object.assign(pcb, pcb.v4 ? { connected: false, local4: ANY4 } : { connected: false, local6: ANY6 });
    this.hash = before(pcb, this.hash);
  }

  #take(pcb: Pcb, v4: string | undefined, v6: string | undefined): Outcome {
    this.hash = before(pcb, this.hash);
    return this.take(pcb, v4, v6);
  }

  #look(pcb: Pcb, stack: 'v4' | 'v6', address: string): Pcb | undefined {
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    return isWild ? bestMatch(this.ports, stack, address) : exactMatch(this.hash, stack, address);
  }

  #isForeign4(pcb: Pcb, address: string, isGroup: boolean): boolean {
    if (pcb.uid === 0 || isGroup) return false;
    const held = bestMatch(this.ports, 'v4', address);
    return held !== undefined && held.uid !== pcb.uid && (address !== ANY4 || held.local4 !== ANY4);
  }

  #isForeign6(pcb: Pcb, address: string, isDual: boolean, isGroup: boolean): boolean {
    if (pcb.uid === 0 || isGroup) return false;
    const held = bestMatch(this.ports, 'v6', address);
    const bothAny = address === ANY6 && held?.local6 === ANY6 && held.reuseport;
    if (held !== undefined && held.uid !== pcb.uid && !bothAny) return true;
    const other = isDual ? bestMatch(this.ports, 'v4', ANY4) : undefined;
    if (other === undefined || other.reuseport || other.uid === pcb.uid) return false;
    return other.local4 !== ANY4 || other.family === pcb.family;
  }

  #isTaken4(pcb: Pcb, address: string, isGroup: boolean): boolean {
    const held = this.#look(pcb, 'v4', address);
    if (held === undefined || shares(pcb, held, isGroup)) return false;
    return address !== ANY4 || held.local4 !== ANY4 || pcb.family === 'inet' || held.family === 'inet';
  }

  #isTaken6(pcb: Pcb, address: string, isDual: boolean, isGroup: boolean): boolean {
    const held = this.#look(pcb, 'v6', address);
    if (held !== undefined && !shares(pcb, held, isGroup)) return true;
    const other = isDual ? this.#look(pcb, 'v4', ANY4) : undefined;
    if (other === undefined || shares(pcb, other, isGroup)) return false;
    return other.local4 !== ANY4 || other.family === 'inet6';
  }
}

function isIpv4Only({ family, v6only }: Pcb, address: string): boolean {
  return family === 'inet' || (isMapped(address) && !v6only);
}

function shares(pcb: Pcb, held: Pcb, isGroup: boolean): boolean {
  return (pcb.reuseport && held.reuseport) || (isGroup && pcb.reuseaddr && (held.reuseaddr || held.reuseport));
}
