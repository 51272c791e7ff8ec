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
  without,
} from './pcb.ts';

/** in_pcbbind_setup() and in6_pcbbind() of FreeBSD, ported by hand from sys/netinet/in_pcb.c and sys/netinet6/in6_pcb.c. */
export class FreebsdPort extends TwoStacks {
  readonly release: '13.2' | '14.1' | '14.3' | '15.0';

  constructor(isUdp: boolean, release: FreebsdPort['release']) {
    super(isUdp);
    this.release = release;
  }

  bind(pcb: Pcb, address: string): Outcome {
    const isOnlyIpv4 = pcb.family === 'inet' || (isMapped(address) && !pcb.v6only);
    if (!isOnlyIpv4 && isMapped(address)) return 'EADDRNOTAVAIL';
    const name = isOnlyIpv4 ? unmapped(address) : address;
    const isGroup = isOnlyIpv4 ? isGroup4(name) : isGroup6(name);
    if (!this.isUdp && isGroup) return 'EAFNOSUPPORT';
    const stack = isOnlyIpv4 ? 'v4' : 'v6';
    const isDual = !isOnlyIpv4 && !pcb.v6only && name === ANY6;
    if (this.#isForeign(pcb, stack, name, isDual, isGroup)) return 'EADDRINUSE';
    if (this.#isTaken(pcb, stack, name, isDual, isGroup)) return 'EADDRINUSE';
    if (isOnlyIpv4) this.take(pcb, name, undefined);
    else this.take(pcb, isDual ? ANY4 : undefined, name);
    this.#insert(pcb);
    return 'ok';
  }

  /** Since FreeBSD 14 connect() moves a socket to the hash of connections, and puts it back on the list of its port. */
  override connect(pcb: Pcb, local: string): void {
    super.connect(pcb, local);
    if (this.release === '13.2') return;
    this.hash = without(pcb, this.hash);
    if (!this.ports.includes(pcb)) this.ports = [pcb, ...this.ports];
  }

  /** Since FreeBSD 14 a disconnect takes a socket off all lists, and since 15 it keeps its address. */
  disconnect(pcb: Pcb): void {
    pcb.connected = false;
    if (this.release !== '15.0') Object.assign(pcb, pcb.v4 ? { local4: ANY4 } : { local6: ANY6 });
    if (this.release === '13.2') {
      this.hash = before(pcb, this.hash);
      return;
    }
    this.hash = without(pcb, this.hash);
    this.ports = without(pcb, this.ports);
  }

  override accept(listener: Pcb, id: number, local: string): Pcb {
    return Object.assign(super.accept(listener, id, local), {
      reuseaddr: false,
      reuseport: false,
      reuseportLb: false,
    });
  }

  /** _in_pcbinshash_wild(): wildcards after addresses, and those of IPv4 on an AF_INET6 socket last. */
  #insert(pcb: Pcb): void {
    const isAny = ({ v4, v6, local4, local6 }: Pcb) => (v4 && local4 === ANY4) || (v6 && local6 === ANY6);
    const first = this.hash.findIndex((other) => isAny(other));
    if (this.release === '13.2' || !isAny(pcb)) this.hash = [pcb, ...this.hash];
    else if ((pcb.family === 'inet6' && !pcb.v6) || first === -1) this.hash = [...this.hash, pcb];
    else this.hash = this.hash.toSpliced(first, 0, pcb);
  }

  #best(stack: 'v4' | 'v6', address: string): Pcb | undefined {
    return bestMatch(this.ports, stack, address, (pcb) => (stack === 'v4' && pcb.v6 ? 3 : 0));
  }

  #isForeign(pcb: Pcb, stack: 'v4' | 'v6', address: string, isDual: boolean, isGroup: boolean): boolean {
    if (pcb.uid === 0 || isGroup) return false;
    const isOther = (held: Pcb | undefined): held is Pcb =>
      held !== undefined && held.uid !== pcb.uid && (this.isUdp || !held.connected);
    const held = this.#best(stack, address);
    if (isOther(held) && !this.#isGroupOfAny(held, stack, address)) return true;
    return isDual && isOther(this.#best('v4', ANY4));
  }

  /** Before 14.3 two wildcards of different users share where the old one has SO_REUSEPORT_LB alone. */
  #isGroupOfAny(held: Pcb, stack: 'v4' | 'v6', address: string): boolean {
    if (this.release === '14.3' || this.release === '15.0') return false;
    const any = stack === 'v4' ? ANY4 : ANY6;
    const local = stack === 'v4' ? held.local4 : held.local6;
    return address === any && local === any && held.reuseportLb && !held.reuseport;
  }

  #isTaken(pcb: Pcb, stack: 'v4' | 'v6', address: string, isDual: boolean, isGroup: boolean): boolean {
    const isWild = !pcb.reuseaddr && !pcb.reuseport && !pcb.reuseportLb;
    const look = (of: 'v4' | 'v6', name: string) => (isWild ? this.#best(of, name) : exactMatch(this.hash, of, name));
    const held = look(stack, address);
    const bothAny = address === ANY4 && held?.local4 === ANY4 && pcb.family === 'inet6' && held.family === 'inet6';
    if (held !== undefined && !shares(pcb, held, isGroup) && !bothAny) return true;
    const other = isDual ? look('v4', ANY4) : undefined;
    if (other === undefined || shares(pcb, other, isGroup)) return false;
    return other.local4 !== ANY4 || other.family === 'inet6';
  }
}

function shares(pcb: Pcb, held: Pcb, isGroup: boolean): boolean {
  if ((pcb.reuseport && held.reuseport) || (pcb.reuseportLb && held.reuseportLb)) return true;
  if (!isGroup) return false;
  if (pcb.reuseaddr) return held.reuseaddr || held.reuseport || held.reuseportLb;
  return held.reuseaddr && (pcb.reuseport || pcb.reuseportLb);
}
