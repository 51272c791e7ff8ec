import type { Reception } from '../../../../../src/model/receive/types.ts';
import type { Outcome } from '../../../../../src/model/types.ts';
import {
  answer,
  ANY4,
  ANY6,
  type End,
  hasBadScope,
  type Inpcb,
  isGroup4,
  isGroup6,
  isMapped,
  ownAddress4,
  ownAddress6,
  type PeerKernel,
  route,
  toHead,
  upToFirstAlone,
  without,
} from './pcb.ts';

const LIMITED = '255.255.255.255';
const BROADCAST = '10.0.0.255';
const anyOf = (pcb: { readonly six: boolean }) => (pcb.six ? ANY6 : ANY4);

/** in_pcb.c 1.320, in6_pcb.c 1.152, udp_usrreq.c 1.349 and what of uipc_socket.c 1.385 calls them, of OpenBSD. */
export class OpenbsdKernel implements PeerKernel {
  pcbs: readonly Inpcb[] = [];
  /** inpt_lhashtbl, of both tables. */
  #lhash: readonly Inpcb[] = [];
  /** inpt_hashtbl. */
  #hash: readonly Inpcb[] = [];

  bind(pcb: Inpcb, address: string, port: number, isChosen = false): Outcome {
    if (pcb.detached || pcb.lport !== 0) return 'EINVAL';
    const refused = pcb.six ? this.#isAvailable6(pcb, address) : this.#isAvailable4(pcb, address);
    if (refused !== undefined) return refused;
    if (!(isChosen ? this.suits(pcb, address, port) : this.#isFree(pcb, address, port))) return 'EADDRINUSE';
    pcb.laddr = address;
    this.#take(pcb, port);
    return 'ok';
  }

  #isFree(pcb: Inpcb, address: string, port: number): boolean {
    const isGroup = pcb.six ? isGroup6(address) : isGroup4(address);
    const either = pcb.reuseaddr || pcb.reuseport;
    if (pcb.uid !== 0 && !isGroup) {
      const found = this.#lookupLocal(pcb.six, address, port, true);
      if (found !== undefined && found.uid !== pcb.uid) return false;
    }
    const found = this.#lookupLocal(pcb.six, address, port, !either);
    const bits = isGroup && either ? ([true, true] as const) : ([false, pcb.reuseport] as const);
    return found === undefined || (bits[0] && found.reuseaddr) || (bits[1] && found.reuseport) || false;
  }

  suits(pcb: Inpcb, address: string, port: number): boolean {
    return this.#lookupLocal(pcb.six, address, port, !pcb.reuseaddr && !pcb.reuseport) === undefined;
  }

  /** soconnect(), then tcp_connect() or udp_connect(), then in_pcbconnect() or in6_pcbconnect(). */
  connect(pcb: Inpcb, peer: End, port: number): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected) {
      if (pcb.protocol === 'tcp') return 'EISCONN';
      this.#dissolve(pcb);
    }
    if (pcb.detached) return 'EINVAL';
    const refused = this.#judgePeer(pcb, peer);
    if (refused !== undefined) return refused;
    const isSpecific = pcb.laddr !== anyOf(pcb) && pcb.laddr !== LIMITED;
    const source = isSpecific ? pcb.laddr : route(peer.address);
    const lookup = pcb.six && pcb.laddr !== ANY6 ? pcb.laddr : source;
    if (this.#lookup(pcb.six, peer, lookup, pcb.lport) !== undefined) return 'EADDRINUSE';
    if (pcb.lport === 0) this.#take(pcb, port);
    if (pcb.laddr === anyOf(pcb)) pcb.laddr = source;
    Object.assign(pcb, { faddr: peer.address, fport: peer.port, connected: true });
    this.#rehash(pcb);
    return 'ok';
  }

  disconnect(pcb: Inpcb): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected && pcb.protocol === 'tcp') return 'EISCONN';
    if (pcb.connected) this.#dissolve(pcb);
    return pcb.detached ? 'EINVAL' : 'EAFNOSUPPORT';
  }

  /** udp_output() and udp6_output(). */
  send(pcb: Inpcb, peer: End, port: number): Outcome {
    if (peer.port === 0) return 'EADDRNOTAVAIL';
    if (pcb.six && isMapped(peer.address)) return 'EADDRNOTAVAIL';
    if (pcb.faddr !== anyOf(pcb)) return 'EISCONN';
    if (pcb.six && hasBadScope(peer.address)) return 'EINVAL';
    if (pcb.lport === 0) this.#take(pcb, port);
    return 'ok';
  }

  listen(pcb: Inpcb): Outcome {
    if (pcb.protocol === 'udp') return 'EOPNOTSUPP';
    if (pcb.connected || pcb.detached) return 'EINVAL';
    pcb.accepting = true;
    return 'ok';
  }

  accept(listener: Inpcb, id: number, local: string, from: End): Inpcb {
    const child = { ...listener, id, accepting: false, connected: true, laddr: local, faddr: from.address };
    child.fport = from.port;
    this.pcbs = [...this.pcbs, child];
    this.#rehash(child);
    return child;
  }

  shutdown(pcb: Inpcb): void {
    pcb.deaf = true;
    if (pcb.protocol === 'tcp' && !pcb.connected) this.#detach(pcb);
  }

  close(pcb: Inpcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.#detach(pcb);
  }

  receive(protocol: 'tcp' | 'udp', from: End, to: string): Reception {
    const six = to.includes(':');
    if (protocol === 'udp' && (isGroup4(to) || isGroup6(to) || to === LIMITED || to === BROADCAST)) {
      const hears = (pcb: Inpcb) =>
        pcb.six === six &&
        !pcb.deaf &&
        pcb.lport !== 0 &&
        (pcb.laddr === anyOf(pcb) || pcb.laddr === to) &&
        (pcb.faddr === anyOf(pcb) || (pcb.faddr === from.address && pcb.fport === from.port));
      return upToFirstAlone(this.pcbs.toReversed().filter(hears));
    }
    const any = { address: anyOf({ six }), port: 0 };
    const port = this.pcbs.find(({ lport }) => lport !== 0)?.lport ?? 0;
    return answer(
      this.#lookup(six, from, to, port) ??
        this.#lookup(six, any, to, port) ??
        this.#lookup(six, any, any.address, port),
    );
  }

  #isAvailable4({ protocol, bindany }: Inpcb, address: string): Outcome | undefined {
    if (isGroup4(address) || address === ANY4 || bindany) return undefined;
    if (protocol === 'udp' && (address === LIMITED || address === BROADCAST)) return undefined;
    return ownAddress4(address) ? undefined : 'EADDRNOTAVAIL';
  }

  #isAvailable6({ bindany }: Inpcb, address: string): Outcome | undefined {
    if (hasBadScope(address)) return 'EINVAL';
    if (isMapped(address)) return 'EADDRNOTAVAIL';
    if (isGroup6(address) || address === ANY6 || bindany) return undefined;
    return ownAddress6(address) && address !== 'fd00::2' && address !== 'fd00::3' ? undefined : 'EADDRNOTAVAIL';
  }

  #judgePeer({ six, protocol }: Inpcb, { address, port }: End): Outcome | undefined {
    const many = six
      ? address === ANY6 || isGroup6(address)
      : address === ANY4 || address === LIMITED || address === BROADCAST || isGroup4(address);
    if (protocol === 'tcp' && many) return 'EINVAL';
    if (port === 0) return 'EADDRNOTAVAIL';
    if (six && isMapped(address)) return 'EADDRNOTAVAIL';
    return six && hasBadScope(address) ? 'EINVAL' : undefined;
  }

  /** in_pcblookup_local_lock(). */
  #lookupLocal(six: boolean, laddr: string, lport: number, isWild: boolean): Inpcb | undefined {
    const any = anyOf({ six });
    let match: Inpcb | undefined;
    let matchwild = 3;
    for (const inp of this.#lhash) {
      if (inp.six !== six || inp.lport !== lport) continue;
      let wildcard = inp.faddr === any ? 0 : 1;
      if (inp.laddr !== laddr) {
        if (inp.laddr !== any && laddr !== any) continue;
        wildcard++;
      }
      if ((wildcard > 0 && !isWild) || wildcard >= matchwild) continue;
      match = inp;
      matchwild = wildcard;
    }
    return match;
  }

  #lookup(six: boolean, { address, port }: End, laddr: string, lport: number): Inpcb | undefined {
    const found = this.#hash.find(
      (inp) =>
        inp.six === six && inp.faddr === address && inp.fport === port && inp.laddr === laddr && inp.lport === lport,
    );
    if (found !== undefined) this.#hash = toHead(found, this.#hash);
    return found;
  }

  #take(pcb: Inpcb, port: number): void {
    pcb.lport = port;
    if (!this.pcbs.includes(pcb)) this.pcbs = [...this.pcbs, pcb];
    this.#rehash(pcb);
  }

  #rehash(pcb: Inpcb): void {
    this.#lhash = toHead(pcb, this.#lhash);
    this.#hash = toHead(pcb, this.#hash);
  }

  /** in_pcbunset_laddr(). */
  #dissolve(pcb: Inpcb): void {
    Object.assign(pcb, { faddr: anyOf(pcb), fport: 0, laddr: anyOf(pcb), connected: false });
    this.#rehash(pcb);
  }

  #detach(pcb: Inpcb): void {
    Object.assign(pcb, { detached: true, lport: 0 });
    this.#lhash = without(pcb, this.#lhash);
    this.#hash = without(pcb, this.#hash);
  }
}
