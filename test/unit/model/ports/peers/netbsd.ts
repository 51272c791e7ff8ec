import type { Reception } from '../../../../../src/model/receive/types.ts';
import type { Outcome } from '../../../../../src/model/types.ts';
import { lookupLocal4, lookupLocal6, shares } from './netbsd-lookup.ts';
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
  MAPPED_ANY,
  ownAddress4,
  ownAddress6,
  type PeerKernel,
  plain,
  route,
  toHead,
  upToFirstAlone,
  without,
} from './pcb.ts';

const LIMITED = '255.255.255.255';
const BROADCAST = '10.0.0.255';
const CHAINS = 128;
const anyOf = (pcb: { readonly six: boolean }) => (pcb.six ? ANY6 : ANY4);

/** in_pcb.c, in6_pcb.c 1.177, udp_usrreq.c, udp6_usrreq.c and what of uipc_socket.c calls them, of NetBSD 10. */
export class NetbsdKernel implements PeerKernel {
  pcbs: readonly Inpcb[] = [];
  /** The chain of the port in inpt_porthashtbl. */
  #chain: readonly Inpcb[] = [];
  /** The sockets in the state INP_BOUND, and those in the state INP_CONNECTED. */
  #bound: readonly Inpcb[] = [];
  #linked: readonly Inpcb[] = [];

  bind(pcb: Inpcb, address: string, port: number, isChosen = false): Outcome {
    if (pcb.detached || pcb.lport !== 0) return 'EINVAL';
    const refused = pcb.six ? this.#bindAddress6(pcb, address) : this.#bindAddress4(pcb, address);
    if (refused !== undefined) return refused;
    if (!(isChosen ? this.suits(pcb, address, port) : this.#isFree(pcb, address, port))) return 'EADDRINUSE';
    pcb.laddr = address;
    this.#take(pcb, port);
    return 'ok';
  }

  #isFree(pcb: Inpcb, address: string, port: number): boolean {
    return pcb.six ? this.#bindPort6(pcb, address, port) : this.#bindPort4(pcb, address, port);
  }

  /** check_suitable_port(). */
  suits(pcb: Inpcb, address: string, port: number): boolean {
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    if (isMapped(address)) return this.#local4(plain(address), port, isWild) === undefined;
    if (pcb.six) return this.#local6(address, port, isWild) === undefined;
    return this.#local4(address, port, true) === undefined;
  }

  connect(pcb: Inpcb, peer: End, port: number): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected) {
      if (pcb.protocol === 'tcp') return 'EISCONN';
      this.#dissolve(pcb);
    }
    if (pcb.detached) return 'EINVAL';
    return pcb.six ? this.#connect6(pcb, peer, port) : this.#connect4(pcb, peer, port);
  }

  disconnect(pcb: Inpcb): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected && pcb.protocol === 'tcp') return 'EISCONN';
    if (pcb.connected) this.#dissolve(pcb);
    return 'EAFNOSUPPORT';
  }

  send(pcb: Inpcb, peer: End, port: number): Outcome {
    if (pcb.six) return this.#send6(pcb, peer, port);
    if (pcb.connected) return 'EISCONN';
    const { laddr } = pcb;
    const outcome = this.#connect4(pcb, peer, port);
    if (outcome !== 'ok') return outcome;
    Object.assign(pcb, { faddr: ANY4, fport: 0, laddr, connected: false });
    this.#become(pcb);
    return 'ok';
  }

  listen(pcb: Inpcb): Outcome {
    if (pcb.connected) return 'EINVAL';
    if (pcb.protocol === 'udp') return 'EOPNOTSUPP';
    if (pcb.detached) return 'EINVAL';
    pcb.accepting = true;
    return 'ok';
  }

  /** syn_cache_get(): the port is written by hand, so that the child stays in the chain of port 0. */
  accept(listener: Inpcb, id: number, local: string, from: End): Inpcb {
    const child = { ...listener, id, accepting: false, connected: true, laddr: local, faddr: from.address };
    child.fport = from.port;
    this.pcbs = [...this.pcbs, child];
    this.#inChain0(child, listener.lport);
    this.#become(child);
    return child;
  }

  shutdown(pcb: Inpcb): void {
    if (pcb.protocol === 'tcp' && !pcb.connected) this.#detach(pcb);
  }

  close(pcb: Inpcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.#detach(pcb);
  }

  receive(protocol: 'tcp' | 'udp', from: End, to: string): Reception {
    const port = this.pcbs.find(({ lport }) => lport !== 0)?.lport ?? 0;
    if (to.includes(':')) {
      if (protocol === 'udp' && isGroup6(to)) return this.#copies6(from, to);
      return answer(this.#connected(true, from, to, port) ?? this.#bound6(to, port));
    }
    const mapped = { address: `::ffff:${from.address}`, port: from.port };
    const six = () => this.#connected(true, mapped, `::ffff:${to}`, port) ?? this.#bound6(`::ffff:${to}`, port);
    if (protocol === 'udp' && (isGroup4(to) || to === LIMITED || to === BROADCAST)) {
      const copies = this.#copies4(from, to);
      if (!isGroup4(to)) {
        if (copies !== 'silence') return copies;
        const found = six();
        return found === undefined ? 'silence' : answer(found);
      }
      const more = this.#copies6(mapped, `::ffff:${to}`);
      const all = [copies, more].flatMap((one) => (typeof one === 'string' ? [] : one));
      return all.length === 0 ? 'silence' : all.toSorted((a, b) => a - b);
    }
    return answer(this.#connected(false, from, to, port) ?? this.#bound4(to, port) ?? six());
  }

  #bindAddress4({ bindany }: Inpcb, address: string): Outcome | undefined {
    if (isGroup4(address) || address === ANY4 || address === BROADCAST) return undefined;
    return ownAddress4(address) || bindany ? undefined : 'EADDRNOTAVAIL';
  }

  #bindAddress6(pcb: Inpcb, address: string): Outcome | undefined {
    if (hasBadScope(address)) return 'ENXIO';
    if (isMapped(address)) return pcb.v6only ? 'EINVAL' : this.#bindAddress4(pcb, plain(address));
    if (isGroup6(address) || address === ANY6) return undefined;
    if (!ownAddress6(address)) return pcb.bindany ? undefined : 'EADDRNOTAVAIL';
    return address === 'fd00::2' ? 'EADDRNOTAVAIL' : undefined;
  }

  /** inpcb_bind_port(): false if another socket is in the way. */
  #bindPort4(pcb: Inpcb, address: string, port: number): boolean {
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    const isGroup = isGroup4(address);
    const six = this.#local6(`::ffff:${address}`, port, isWild);
    if (six !== undefined && !shares(pcb, six, isGroup)) return false;
    if (pcb.uid !== 0 && !isGroup) {
      const t = this.#local4(address, port, true);
      if (t !== undefined && (address !== ANY4 || t.laddr !== ANY4 || !t.reuseport) && pcb.uid !== t.uid) return false;
    }
    const t = this.#local4(address, port, isWild);
    return t === undefined || shares(pcb, t, isGroup);
  }

  #bindPort6(pcb: Inpcb, address: string, port: number): boolean {
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    const isGroup = isGroup6(address);
    if (isMapped(address)) {
      const t = this.#local4(plain(address), port, isWild);
      if (t !== undefined && !shares(pcb, t, isGroup)) return false;
    }
    const t = this.#local6(address, port, isWild);
    return t === undefined || shares(pcb, t, isGroup);
  }

  #connect4(pcb: Inpcb, { address, port: fport }: End, port: number): Outcome {
    if (fport === 0) return 'EADDRNOTAVAIL';
    if (isGroup4(address) && pcb.protocol === 'tcp') return 'EADDRNOTAVAIL';
    const faddr = address === LIMITED ? BROADCAST : address;
    const source = pcb.laddr === ANY4 ? route(faddr) : pcb.laddr;
    if (this.#connected(false, { address: faddr, port: fport }, source, pcb.lport) !== undefined) return 'EADDRINUSE';
    if (pcb.lport === 0) this.#take(pcb, port);
    Object.assign(pcb, { laddr: source, faddr, fport, connected: true });
    this.#become(pcb);
    return 'ok';
  }

  #connect6(pcb: Inpcb, { address, port: fport }: End, port: number): Outcome {
    if (fport === 0) return 'EADDRNOTAVAIL';
    if (isGroup6(address) && pcb.protocol === 'tcp') return 'EADDRNOTAVAIL';
    if (hasBadScope(address)) return 'ENXIO';
    if (isMapped(address)) {
      if (pcb.v6only) return 'EINVAL';
      if (pcb.laddr === ANY6) pcb.laddr = MAPPED_ANY;
      if (!isMapped(pcb.laddr)) return 'EINVAL';
    } else if (isMapped(pcb.laddr)) return 'EINVAL';
    const isWild = pcb.laddr === ANY6 || pcb.laddr === MAPPED_ANY;
    const source = isWild ? route(address) : pcb.laddr;
    const asked = pcb.laddr === ANY6 ? source : pcb.laddr;
    if (this.#connected(true, { address, port: fport }, asked, pcb.lport) !== undefined) return 'EADDRINUSE';
    if (pcb.lport === 0) this.#take(pcb, port);
    Object.assign(pcb, { laddr: source, faddr: address, fport, connected: true });
    this.#become(pcb);
    return 'ok';
  }

  #send6(pcb: Inpcb, { address, port: fport }: End, port: number): Outcome {
    if (hasBadScope(address)) return 'ENXIO';
    if (fport === 0) return 'EADDRNOTAVAIL';
    if (pcb.faddr !== ANY6) return 'EISCONN';
    if (isMapped(address)) {
      if (pcb.v6only) return 'EINVAL';
      if (pcb.laddr !== ANY6 && !isMapped(pcb.laddr)) return 'EINVAL';
    }
    if (pcb.lport === 0) {
      this.pcbs = [...this.pcbs, pcb];
      this.#inChain0(pcb, port);
      pcb.lport = port;
      this.#become(pcb);
    }
    return 'ok';
  }

  #local4(laddr: string, lport: number, isWild: boolean): Inpcb | undefined {
    return lookupLocal4(this.#chain, laddr, lport, isWild);
  }

  #local6(laddr: string, lport: number, isWild: boolean): Inpcb | undefined {
    return lookupLocal6(this.#chain, laddr, lport, isWild);
  }

  /** inpcb_lookup() and in6pcb_lookup(). */
  #connected(six: boolean, { address, port }: End, laddr: string, lport: number): Inpcb | undefined {
    return this.#linked.find(
      (inp) =>
        inp.six === six && inp.faddr === address && inp.fport === port && inp.laddr === laddr && inp.lport === lport,
    );
  }

  /** inpcb_lookup_bound(). */
  #bound4(to: string, port: number): Inpcb | undefined {
    const at = (laddr: string) => this.#bound.find((inp) => !inp.six && inp.lport === port && inp.laddr === laddr);
    const found = at(to) ?? at(ANY4);
    if (found !== undefined) this.#bound = toHead(found, this.#bound);
    return found;
  }

  /** in6pcb_lookup_bound(). */
  #bound6(to: string, port: number): Inpcb | undefined {
    const at = (laddr: string) =>
      this.#bound.find((inp) => inp.six && inp.lport === port && inp.laddr === laddr && !(isMapped(to) && inp.v6only));
    const found = at(to) ?? (isMapped(to) ? at(MAPPED_ANY) : undefined) ?? at(ANY6);
    if (found !== undefined) this.#bound = toHead(found, this.#bound);
    return found;
  }

  #copies4(from: End, to: string): Reception {
    return this.#copies(
      from,
      (inp) => !inp.six && (inp.laddr === ANY4 || inp.laddr === to),
      () => true,
    );
  }

  #copies6(from: End, to: string): Reception {
    const refuses = ({ v6only }: Inpcb) => isMapped(to) && v6only;
    return this.#copies(
      from,
      (inp) => inp.six && (inp.laddr === to || (inp.laddr === ANY6 && !refuses(inp))),
      (inp) => !refuses(inp),
    );
  }

  #copies(from: End, isNamed: (inp: Inpcb) => boolean, takesAnyone: (inp: Inpcb) => boolean): Reception {
    const isFrom = (inp: Inpcb) =>
      inp.faddr === anyOf(inp) ? takesAnyone(inp) : inp.faddr === from.address && inp.fport === from.port;
    const walk = this.pcbs.toReversed().filter((inp) => inp.lport !== 0 && isNamed(inp) && isFrom(inp));
    return upToFirstAlone(walk);
  }

  #take(pcb: Inpcb, port: number): void {
    pcb.lport = port;
    if (!this.pcbs.includes(pcb)) this.pcbs = [...this.pcbs, pcb];
    this.#chain = toHead(pcb, this.#chain);
    this.#become(pcb);
  }

  /** A socket that stays in the chain of port 0, which is that of one port in 128. */
  #inChain0(pcb: Inpcb, port: number): void {
    if (port % CHAINS === 0) this.#chain = toHead(pcb, this.#chain);
  }

  /** inpcb_set_state() and in6pcb_set_state(). */
  #become(pcb: Inpcb): void {
    const { connected } = pcb;
    this.#bound = connected ? without(pcb, this.#bound) : toHead(pcb, this.#bound);
    this.#linked = connected ? toHead(pcb, this.#linked) : without(pcb, this.#linked);
  }

  #dissolve(pcb: Inpcb): void {
    Object.assign(pcb, { faddr: anyOf(pcb), fport: 0, laddr: anyOf(pcb), connected: false });
    this.#become(pcb);
  }

  #detach(pcb: Inpcb): void {
    Object.assign(pcb, { detached: true, lport: 0 });
    this.#chain = without(pcb, this.#chain);
    this.#bound = without(pcb, this.#bound);
    this.#linked = without(pcb, this.#linked);
  }
}
