import type { Outcome, Peer } from '../../../../src/model/types.ts';
import { FreebsdPort } from './freebsd.ts';
import { ANY4, ANY6, isGroup4, isGroup6, isMapped, type Pcb, unmapped } from './pcb.ts';

const ALL = '255.255.255.255';

/**
 * connect() and sendto() of FreeBSD, ported by hand from sys/netinet/tcp_usrreq.c and udp_usrreq.c, sys/netinet6/udp6_usrreq.c,
 * and in_pcbconnect() and in6_pcbconnect().
 */
export class FreebsdPeers extends FreebsdPort {
  protected readonly peers = new Map<number, Peer>();

  /** @param route the local address that the system would choose for the peer */
  connectTo(pcb: Pcb, to: Peer, route: string): Outcome {
    if (this.isUdp && pcb.connected) this.disconnect(pcb);
    const early = this.isUdp ? undefined : this.#tcp(pcb, to.address);
    if (early !== undefined) return early;
    if (pcb.family === 'inet6') {
      const refused = this.#stack(pcb, to.address);
      if (refused !== undefined) return refused;
    }
    if (!this.isUdp && pcb.reuseportLb && this.release === '15.0') return 'EOPNOTSUPP';
    if (to.port === 0) return 'EADDRNOTAVAIL';
    if (this.release === '15.0' && [ANY4, ANY6, ALL].includes(unmapped(to.address))) return 'ENETUNREACH';
    if (this.#isTaken(pcb, pcb.v4 ? pcb.local4 : pcb.local6, to, route)) return 'EADDRINUSE';
    this.connect(pcb, route);
    this.peers.set(pcb.id, to);
    return 'ok';
  }

  sendTo(pcb: Pcb, to: Peer, route: string): Outcome {
    const isSix = pcb.family === 'inet6' && !isMapped(to.address);
    if (pcb.family === 'inet6' && !isSix && pcb.v6only) return 'EINVAL';
    if (isSix && to.port === 0) return 'EADDRNOTAVAIL';
    if (pcb.connected) return 'EISCONN';
    if (isSix || this.release === '15.0') return 'ok';
    // inp_laddr is the end of in6p_laddr.
    const isAny = pcb.v4 ? pcb.local4 === ANY4 : pcb.local6 === ANY6;
    if (!isAny && ![ANY4, ALL].includes(unmapped(to.address))) return 'ok';
    if (to.port === 0) return 'EADDRNOTAVAIL';
    return this.#isTaken(pcb, isAny ? ANY4 : pcb.local4, to, route) ? 'EADDRINUSE' : 'ok';
  }

  override disconnect(pcb: Pcb): void {
    super.disconnect(pcb);
    this.peers.delete(pcb.id);
  }

  override close(pcb: Pcb): void {
    super.close(pcb);
    this.peers.delete(pcb.id);
  }

  #tcp(pcb: Pcb, address: string): Outcome | undefined {
    if (pcb.state === 'listening' && this.release === '13.2') return 'EOPNOTSUPP';
    if (pcb.connected) return 'EISCONN';
    if (pcb.family === 'inet' ? isGroup4(address) : isGroup6(address)) return 'EAFNOSUPPORT';
    if (address === ALL) return 'EACCES';
    if (pcb.state !== 'listening') return undefined;
    return pcb.family === 'inet' || this.release === '15.0' ? 'EOPNOTSUPP' : 'EINVAL';
  }

  /** A socket is in the stack of its peer from here on, even if the call fails. */
  #stack(pcb: Pcb, address: string): Outcome | undefined {
    if (!isMapped(address)) {
      if (!pcb.v6) return 'EAFNOSUPPORT';
      Object.assign(pcb, { v4: false, local4: '' });
      return undefined;
    }
    if (pcb.v6only) return 'EINVAL';
    if (!pcb.v4) return 'EAFNOSUPPORT';
    if (!this.isUdp && isGroup4(unmapped(address))) return 'EAFNOSUPPORT';
    if (!this.isUdp && unmapped(address) === ALL) return 'EACCES';
    Object.assign(pcb, { v6: false, local6: '' });
    return undefined;
  }

  /** The lookup of the four-tuple in the hash of connections. */
  #isTaken(pcb: Pcb, name: string, to: Peer, route: string): boolean {
    const here = name === ANY4 || name === ANY6 ? route : name;
    return this.pcbs.some((other) => {
      const peer = other === pcb ? undefined : this.peers.get(other.id);
      const local = other.v4 ? other.local4 : other.local6;
      return peer?.port === to.port && unmapped(peer.address) === unmapped(to.address) && local === here;
    });
  }
}
