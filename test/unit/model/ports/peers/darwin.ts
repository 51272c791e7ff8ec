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
  plain,
  route,
  toHead,
  upToFirstAlone,
  without,
} from './pcb.ts';

const LIMITED = '255.255.255.255';
const BROADCAST = '10.0.0.255';
/** The last 32 bits of an IPv6 address of the machine: the kernel reads them where it takes the socket for one of IPv4. */
const NO_ADDRESS4 = '0.0.0.1';

/** The fields of a struct inpcb that an AF_INET and an AF_INET6 socket use in different ways. */
interface Names {
  /** INP_IPV4, INP_IPV6 and INP_V4MAPPEDV6 of inp_vflag. */
  readonly v4: boolean;
  readonly v6: boolean;
  readonly mapped: boolean;
  /** inp_laddr and in6p_laddr; both end in the same 32 bits. */
  readonly laddr4: string;
  readonly laddr6: string;
  /** inp_faddr or in6p_faddr, and inp_fport. */
  readonly peer: End | undefined;
}

/**
 * The bind, connect and lookup functions of macOS 15.4 and later: bsd/netinet/in_pcb.c, tcp_usrreq.c and udp_usrreq.c,
 * bsd/netinet6/in6_pcb.c, in6_src.c, udp6_usrreq.c and udp6_output.c, and soconnectlock() of bsd/kern/uipc_socket.c.
 */
export class DarwinKernel implements PeerKernel {
  pcbs: readonly Inpcb[] = [];
  /** phd_pcblist: the sockets of the port. */
  #ports: readonly Inpcb[] = [];
  /** ipi_hashbase. */
  #hash: readonly Inpcb[] = [];
  readonly #names = new Map<Inpcb, Names>();

  /** tcp_usr_bind(), tcp6_usr_bind(), udp_bind(), udp6_bind(). */
  bind(pcb: Inpcb, address: string, port: number, isChosen = false): Outcome {
    const four = plain(address);
    const isMany = isGroup4(four) || isGroup6(address) || four === LIMITED;
    if (pcb.protocol === 'tcp' && isMany) return 'EAFNOSUPPORT';
    if (pcb.lport !== 0) return 'EINVAL';
    const inFour = !pcb.six || (isMapped(address) && !pcb.v6only);
    const refused = inFour ? this.#judge4(four) : this.#judge6(address);
    if (refused !== undefined) return refused;
    const isFree = isChosen
      ? this.suits(pcb, address, port)
      : inFour
        ? this.#isFree4(pcb, four, port)
        : this.#isFree6(pcb, address, port);
    if (!isFree) return 'EADDRINUSE';
    const isDual = !inFour && !pcb.v6only && address === ANY6;
    this.#take(pcb, port, {
      v4: inFour || isDual,
      v6: !inFour,
      mapped: inFour && pcb.six,
      laddr4: inFour ? four : address === ANY6 ? ANY4 : NO_ADDRESS4,
      laddr6: inFour ? ANY6 : address,
      peer: undefined,
    });
    return 'ok';
  }

  suits(pcb: Inpcb, address: string, port: number): boolean {
    // A bind to port 0 of IPv4 looks for any overlap. That of IPv6, in6_pcbsetport(), asks as its options say.
    if (!pcb.six || (isMapped(address) && !pcb.v6only)) return this.#local4(plain(address), port, true) === undefined;
    return this.#local6(address, port, !pcb.reuseaddr && !pcb.reuseport) === undefined;
  }

  /** soconnectlock(). */
  connect(pcb: Inpcb, peer: End, port: number): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected) {
      if (pcb.protocol === 'tcp') return 'EISCONN';
      this.#dissolve(pcb);
    }
    return pcb.protocol === 'tcp' ? this.#tcpConnect(pcb, peer, port) : this.#udpConnect(pcb, peer, port);
  }

  /** tcp_usr_connect_common(). */
  #tcpConnect(pcb: Inpcb, peer: End, port: number): Outcome {
    const { address } = peer;
    if (isGroup6(address)) return 'EAFNOSUPPORT';
    const four = plain(address);
    const inFour = !pcb.six || isMapped(address);
    const before = this.#namesOf(pcb);
    if (pcb.six && inFour) {
      if (pcb.v6only) return 'EAFNOSUPPORT';
      if (!before.v4 && before.laddr6 !== ANY6) return 'EAFNOSUPPORT';
    }
    if (inFour && (isGroup4(four) || four === LIMITED)) return 'EAFNOSUPPORT';
    if (!inFour && !before.v6) return 'EAFNOSUPPORT';
    // A failed connect() leaves it in one stack, and on the port that was chosen for it.
    this.#change(pcb, { v4: inFour, v6: !inFour, laddr4: before.laddr6 === ANY6 ? before.laddr4 : NO_ADDRESS4 });
    if (pcb.lport === 0) this.#take(pcb, port, this.#namesOf(pcb));
    return inFour ? this.#connect4(pcb, peer) : this.#connect6(pcb, peer);
  }

  /** udp_connect() and udp6_connect(). */
  #udpConnect(pcb: Inpcb, peer: End, port: number): Outcome {
    const before = this.#namesOf(pcb);
    if (!pcb.six) return this.#connect4(pcb, peer, port);
    if (before.mapped && !isMapped(peer.address)) return 'EINVAL';
    if (isMapped(peer.address) && !pcb.v6only) {
      if (before.v6 && !before.v4) return 'EINVAL';
      this.#change(pcb, { v4: true, v6: false, mapped: true });
      const outcome = this.#connect4(pcb, peer, port);
      if (outcome !== 'ok') this.#change(pcb, { v4: before.v4, v6: before.v6, mapped: before.mapped });
      return outcome;
    }
    const outcome = this.#connect6(pcb, peer, port);
    if (outcome === 'ok') this.#change(pcb, { v4: false, v6: true });
    return outcome;
  }

  /** in_pcbladdr(), then in_pcbconnect() or tcp_connect(). */
  #connect4(pcb: Inpcb, { address, port }: End, chosen = 0): Outcome {
    if (port === 0) return 'EADDRNOTAVAIL';
    const peer = { address: plain(address), port };
    const { laddr4 } = this.#namesOf(pcb);
    const source = laddr4 === ANY4 ? route(peer.address) : laddr4;
    if (this.#exact(pcb.lport, peer, source)) return 'EADDRINUSE';
    if (pcb.lport === 0) this.#take(pcb, chosen, this.#namesOf(pcb));
    this.#change(pcb, { laddr4: source, peer });
    pcb.connected = true;
    this.#hash = toHead(pcb, this.#hash);
    return 'ok';
  }

  /** in6_pcbladdr(), then in6_pcbconnect() or tcp6_connect(). */
  #connect6(pcb: Inpcb, peer: End, chosen = 0): Outcome {
    if (peer.port === 0) return 'EADDRNOTAVAIL';
    if (hasBadScope(peer.address)) return 'EINVAL';
    const { laddr6 } = this.#namesOf(pcb);
    // With IPV6_V6ONLY=1 a v4-mapped peer of UDP is an IPv6 address, to which there is no route.
    if (laddr6 === ANY6 && isMapped(peer.address)) return 'EHOSTUNREACH';
    const source = laddr6 === ANY6 ? route(peer.address) : laddr6;
    if (this.#exact(pcb.lport, peer, source)) return 'EADDRINUSE';
    if (pcb.lport === 0) this.#take(pcb, chosen, this.#namesOf(pcb));
    this.#change(pcb, { laddr6: source, laddr4: NO_ADDRESS4, peer });
    pcb.connected = true;
    this.#hash = toHead(pcb, this.#hash);
    return 'ok';
  }

  /** connect() to AF_UNSPEC, with 28 bytes on AF_INET6. */
  disconnect(pcb: Inpcb): Outcome {
    if (pcb.accepting) return 'EOPNOTSUPP';
    if (pcb.connected && pcb.protocol === 'tcp') return 'EISCONN';
    if (pcb.connected) this.#dissolve(pcb);
    const { v6, mapped } = this.#namesOf(pcb);
    if (pcb.protocol === 'udp') return pcb.six && mapped ? 'EADDRNOTAVAIL' : 'EAFNOSUPPORT';
    if (pcb.six && v6) this.#change(pcb, { v4: false });
    return 'EAFNOSUPPORT';
  }

  /** udp_output() and udp6_output(). A socket that is not bound sends over IPv4 by a connect() that is undone. */
  send(pcb: Inpcb, peer: End, port: number): Outcome {
    const before = this.#namesOf(pcb);
    if (pcb.six && !isMapped(peer.address)) {
      if (peer.port === 0) return 'EADDRNOTAVAIL';
      if (before.peer !== undefined) return 'EISCONN';
      if (hasBadScope(peer.address)) return 'EINVAL';
      if (pcb.lport === 0) this.#take(pcb, port, before);
      return 'ok';
    }
    if (before.laddr4 !== ANY4 && !ownAddress4(before.laddr4)) return 'EADDRNOTAVAIL';
    if (before.peer !== undefined) return 'EISCONN';
    if (before.laddr4 === ANY4 && peer.port === 0) return 'EADDRNOTAVAIL';
    if (pcb.lport === 0) this.#take(pcb, port, before);
    return 'ok';
  }

  listen(pcb: Inpcb): Outcome {
    if (pcb.protocol === 'udp') return 'EOPNOTSUPP';
    if (pcb.connected) return 'EINVAL';
    pcb.accepting = true;
    return 'ok';
  }

  accept(listener: Inpcb, id: number, local: string, from: End): Inpcb {
    const child = { ...listener, id, accepting: false, connected: true };
    const inFour = !local.includes(':') || isMapped(local);
    this.#take(child, listener.lport, {
      v4: inFour,
      v6: !inFour,
      mapped: false,
      laddr4: inFour ? plain(local) : NO_ADDRESS4,
      laddr6: inFour ? ANY6 : local,
      peer: { address: inFour ? plain(from.address) : from.address, port: from.port },
    });
    return child;
  }

  /** soshutdown(): ENOTCONN without a connection. */
  shutdown(pcb: Inpcb): Outcome {
    return pcb.connected ? 'ok' : 'ENOTCONN';
  }

  close(pcb: Inpcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.#ports = without(pcb, this.#ports);
    this.#hash = without(pcb, this.#hash);
  }

  receive(protocol: 'tcp' | 'udp', from: End, to: string): Reception {
    const six = to.includes(':');
    if (protocol === 'udp' && (isGroup4(to) || isGroup6(to) || to === LIMITED || to === BROADCAST)) {
      return upToFirstAlone(this.pcbs.toReversed().filter((pcb) => this.#hears(pcb, from, to)));
    }
    const exact = this.#hash.find((pcb) => this.#isPartner(pcb, from, to));
    const free = this.#hash.filter((pcb) => this.#in(pcb, six) && this.#namesOf(pcb).peer === undefined);
    const local = (pcb: Inpcb) => (six ? this.#namesOf(pcb).laddr6 : this.#namesOf(pcb).laddr4);
    const wild = free.filter((pcb) => local(pcb) === (six ? ANY6 : ANY4));
    // The last one of the walk wins, and for IPv4 one of AF_INET before any of AF_INET6.
    const last = (six ? undefined : wild.findLast((pcb) => !pcb.six)) ?? wild.at(-1);
    return answer(exact ?? free.find((pcb) => local(pcb) === to) ?? last);
  }

  /** The loops over ipi_listhead of udp_input() and udp6_input(), where no socket has joined a group. */
  #hears(pcb: Inpcb, { address, port }: End, to: string): boolean {
    const six = to.includes(':');
    const { laddr4, peer } = this.#namesOf(pcb);
    if (!this.#in(pcb, six)) return false;
    if (peer !== undefined && (peer.address !== address || peer.port !== port)) return false;
    return six || (!isGroup4(to) && (laddr4 === ANY4 || laddr4 === to));
  }

  #in(pcb: Inpcb, six: boolean): boolean {
    const { v4, v6 } = this.#namesOf(pcb);
    return pcb.lport !== 0 && (six ? v6 : v4);
  }

  #isPartner(pcb: Inpcb, from: End, to: string): boolean {
    const { peer, laddr4, laddr6 } = this.#namesOf(pcb);
    const six = to.includes(':');
    const isPeer = peer?.address === from.address && peer.port === from.port;
    return this.#in(pcb, six) && isPeer && (six ? laddr6 : laddr4) === to;
  }

  /** in_pcblookup_hash() and in6_pcblookup_hash() without a wildcard. */
  #exact(lport: number, peer: End, laddr: string): boolean {
    return this.#hash.some((pcb) => pcb.lport === lport && this.#isPartner(pcb, peer, laddr));
  }

  #judge4(address: string): Outcome | undefined {
    if (address === ANY4 || isGroup4(address) || ownAddress4(address) || address === BROADCAST) return undefined;
    return 'EADDRNOTAVAIL';
  }

  #judge6(address: string): Outcome | undefined {
    if (hasBadScope(address)) return 'EINVAL';
    if (address === ANY6 || isGroup6(address)) return undefined;
    return ownAddress6(address) && address !== 'fd00::2' && address !== 'fd00::3' ? undefined : 'EADDRNOTAVAIL';
  }

  /** The questions of in_pcbbind() about other sockets. */
  #isFree4(pcb: Inpcb, address: string, port: number): boolean {
    const isGroup = isGroup4(address);
    if (pcb.uid !== 0 && !isGroup) {
      const held = this.#local4(address, port, true);
      const isOpen = held === undefined || held.uid === pcb.uid;
      if (!isOpen && (address !== ANY4 || this.#namesOf(held).laddr4 !== ANY4)) return false;
    }
    const held = this.#local4(address, port, !pcb.reuseaddr && !pcb.reuseport);
    if (held === undefined || shares(pcb, held, isGroup)) return true;
    return address === ANY4 && this.#namesOf(held).laddr4 === ANY4 && pcb.six && held.six;
  }

  /** The questions of in6_pcbbind() about other sockets. */
  #isFree6(pcb: Inpcb, address: string, port: number): boolean {
    const isGroup = isGroup6(address);
    const isDual = !pcb.v6only && address === ANY6;
    if (pcb.uid !== 0 && !isGroup) {
      const held = this.#local6(address, port, true);
      const bothAny = held !== undefined && address === ANY6 && this.#namesOf(held).laddr6 === ANY6 && held.reuseport;
      if (held !== undefined && !bothAny && held.uid !== pcb.uid) return false;
      const four = isDual ? this.#local4(ANY4, port, true) : undefined;
      const isStranger = four !== undefined && !four.reuseport && four.uid !== pcb.uid;
      if (isStranger && (this.#namesOf(four).laddr4 !== ANY4 || four.six)) return false;
    }
    const isWild = !pcb.reuseaddr && !pcb.reuseport;
    const held = this.#local6(address, port, isWild);
    if (held !== undefined && !shares(pcb, held, isGroup)) return false;
    const four = isDual ? this.#local4(ANY4, port, isWild) : undefined;
    if (four === undefined || shares(pcb, four, isGroup)) return true;
    return this.#namesOf(four).laddr4 === ANY4 && !four.six;
  }

  #local4(address: string, port: number, isWild: boolean): Inpcb | undefined {
    return this.#local(port, isWild, (pcb) => (this.#in(pcb, false) ? this.#namesOf(pcb).laddr4 : ''), address, ANY4);
  }

  #local6(address: string, port: number, isWild: boolean): Inpcb | undefined {
    return this.#local(port, isWild, (pcb) => (this.#in(pcb, true) ? this.#namesOf(pcb).laddr6 : ''), address, ANY6);
  }

  /** in_pcblookup_local() and in6_pcblookup_local(). A socket without a name in the stack is passed over. */
  #local(
    lport: number,
    isWild: boolean,
    nameOf: (pcb: Inpcb) => string,
    laddr: string,
    any: string,
  ): Inpcb | undefined {
    const isFree = (pcb: Inpcb) => this.#namesOf(pcb).peer === undefined;
    if (!isWild) return this.#hash.find((pcb) => pcb.lport === lport && isFree(pcb) && nameOf(pcb) === laddr);
    let match: Inpcb | undefined;
    let matchwild = 3;
    for (const pcb of this.#ports) {
      const name = nameOf(pcb);
      if (name === '' || pcb.lport !== lport) continue;
      if (name !== any && laddr !== any && name !== laddr) continue;
      const wildcard = (isFree(pcb) ? 0 : 1) + ((name === any) === (laddr === any) ? 0 : 1);
      if (wildcard >= matchwild) continue;
      match = pcb;
      matchwild = wildcard;
    }
    return match;
  }

  /** udp_disconnect() and udp6_disconnect(). */
  #dissolve(pcb: Inpcb): void {
    this.#change(pcb, { peer: undefined, laddr4: ANY4, laddr6: ANY6 });
    pcb.connected = false;
    this.#hash = toHead(pcb, this.#hash);
  }

  #take(pcb: Inpcb, port: number, names: Names): void {
    pcb.lport = port;
    this.pcbs = [...without(pcb, this.pcbs), pcb];
    this.#ports = toHead(pcb, this.#ports);
    this.#hash = toHead(pcb, this.#hash);
    this.#change(pcb, names);
  }

  /** The names of a socket; those of a new one before its bind(). */
  #namesOf(pcb: Inpcb): Names {
    const isNew = { v4: !pcb.six || !pcb.v6only, v6: pcb.six, mapped: false, peer: undefined };
    return this.#names.get(pcb) ?? { ...isNew, laddr4: ANY4, laddr6: ANY6 };
  }

  /** Changes names, and with them what getsockname() returns: in6_mapped_sockaddr() says :: for ::ffff:0.0.0.0. */
  #change(pcb: Inpcb, change: Partial<Names>): void {
    const names = { ...this.#namesOf(pcb), ...change };
    this.#names.set(pcb, names);
    const { v4, v6, laddr4, laddr6 } = names;
    if (!pcb.six) pcb.laddr = laddr4;
    else if (v6 || !v4) pcb.laddr = laddr6;
    else pcb.laddr = laddr4 === ANY4 ? ANY6 : `::ffff:${laddr4}`;
  }
}

function shares(pcb: Inpcb, held: Inpcb, isGroup: boolean): boolean {
  return (pcb.reuseport && held.reuseport) || (isGroup && pcb.reuseaddr && (held.reuseaddr || held.reuseport));
}
