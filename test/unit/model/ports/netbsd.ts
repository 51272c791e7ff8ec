import type { Outcome } from '../../../../src/model/types.ts';
import {
  ANY4,
  ANY6,
  bestMatch,
  exactMatch,
  isGroup4,
  isGroup6,
  isIpv6,
  isMapped,
  type Kernel,
  type Pcb,
  unmapped,
  without,
} from './pcb.ts';

/**
 * inpcb_bind_port() and in6pcb_bind_port() of NetBSD 10, ported by hand from sys/netinet/in_pcb.c and
 * sys/netinet6/in6_pcb.c: an AF_INET6 socket stays one, and a v4-mapped address is an address like others.
 */
export class NetbsdPort implements Kernel {
  pcbs: readonly Pcb[] = [];
  #ports: readonly Pcb[] = [];

  bind(pcb: Pcb, address: string): Outcome {
    if (isMapped(address) && pcb.v6only) return 'EINVAL';
    const isGroup = isGroup4(address) || isGroup6(address);
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    const is4 = pcb.family === 'inet';
    if (is4 || isMapped(address)) {
      const other = is4 ? this.#look6(`::ffff:${address}`, isWild) : this.#look4(unmapped(address), isWild);
      if (other !== undefined && !shares(pcb, other, isGroup)) return 'EADDRINUSE';
    }
    if (is4 && pcb.uid !== 0 && !isGroup) {
      const held = this.#look4(address, true);
      const bothAny = address === ANY4 && held?.local4 === ANY4 && held.reuseport;
      if (held !== undefined && held.uid !== pcb.uid && !bothAny) return 'EADDRINUSE';
    }
    const held = is4 ? this.#look4(address, isWild) : this.#look6(address, isWild);
    if (held !== undefined && !shares(pcb, held, isGroup)) return 'EADDRINUSE';
    Object.assign(pcb, is4 ? { v4: true, local4: address } : { v6: true, local6: address });
    this.pcbs = [...this.pcbs, pcb];
    this.#ports = [pcb, ...this.#ports];
    return 'ok';
  }

  stackOf({ family, v6only, local6 }: Pcb): 'v4' | 'v6' | undefined {
    if (family === 'inet' || isMapped(local6)) return 'v4';
    return local6 === ANY6 && !v6only ? undefined : 'v6';
  }

  connect(pcb: Pcb, local: string): void {
    const name = isIpv6(local) ? local : `::ffff:${local}`;
    if (pcb.local4 === ANY4) pcb.local4 = local;
    if (pcb.local6 === ANY6 || pcb.local6 === `::ffff:${ANY4}`) pcb.local6 = name;
    pcb.connected = true;
  }

  disconnect(pcb: Pcb): void {
    Object.assign(pcb, pcb.v4 ? { connected: false, local4: ANY4 } : { connected: false, local6: ANY6 });
  }

  close(pcb: Pcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.#ports = without(pcb, this.#ports);
  }

  /** A child is on no list of a port. */
  accept(listener: Pcb, id: number, local: string): void {
    const name = isIpv6(local) ? local : `::ffff:${local}`;
    const child: Pcb = { ...listener, id, state: 'accepted', connected: true };
    Object.assign(child, listener.v4 ? { local4: local } : { local6: name });
    this.pcbs = [...this.pcbs, child];
  }

  #look4(address: string, isWild: boolean): Pcb | undefined {
    return isWild ? bestMatch(this.#ports, 'v4', address) : exactMatch(this.#ports, 'v4', address);
  }

  /** in6pcb_lookup_local(). */
  #look6(address: string, isWild: boolean): Pcb | undefined {
    let match: { pcb: Pcb; wildcards: number } | undefined;
    for (const pcb of this.#ports) {
      const unlike = pcb.v6 ? wildcardsOf(pcb, address) : undefined;
      if (unlike === undefined) continue;
      const wildcards = unlike + (pcb.connected ? 1 : 0);
      if (wildcards > 0 && !isWild) continue;
      if (match === undefined || wildcards < match.wildcards) match = { pcb, wildcards };
    }
    return match?.pcb;
  }
}

/** How many wildcards in6pcb_lookup_local() counts between the local addresses: undefined if they do not meet. */
function wildcardsOf({ local6, v6only }: Pcb, address: string): 0 | 1 | undefined {
  if (isMapped(local6)) {
    if (v6only || !isMapped(address)) return undefined;
    const any = `::ffff:${ANY4}`;
    if (local6 === address) return 0;
    return local6 === any || address === any ? 1 : undefined;
  }
  if (isMapped(address) && v6only) return undefined;
  if (local6 === address) return 0;
  return local6 === ANY6 || address === ANY6 ? 1 : undefined;
}

function shares(pcb: Pcb, held: Pcb, isGroup: boolean): boolean {
  if (pcb.reuseport && held.reuseport) return true;
  return isGroup && (pcb.reuseaddr || pcb.reuseport) && (held.reuseaddr || held.reuseport);
}
