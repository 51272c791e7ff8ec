import type { Outcome, Peer } from '../../../../src/model/types.ts';
import { FreebsdPeers } from './freebsd-peers.ts';
import { ANY4, ANY6, isIpv6, type Pcb, unmapped } from './pcb.ts';

/** A struct inpcblbgroup. Its name is the one with which its members were put into the hash. */
interface Group {
  readonly family: Pcb['family'];
  readonly local4: string;
  readonly local6: string;
  readonly members: Set<Pcb>;
  /** il_inpsiz. */
  size: number;
}

/** in_pcblookup_hash_locked() and in_pcblookup_hash_smr() of FreeBSD and their IPv6 twins, with the groups of SO_REUSEPORT_LB. */
export class FreebsdLookup extends FreebsdPeers {
  /** The newest first. */
  #groups: readonly Group[] = [];

  override bind(pcb: Pcb, address: string): Outcome {
    const outcome = super.bind(pcb, address);
    if (outcome === 'ok') this.#join(pcb);
    return outcome;
  }

  override connect(pcb: Pcb, local: string): void {
    const isBack = !this.ports.includes(pcb);
    super.connect(pcb, local);
    if (this.release === '15.0') this.#leave(pcb);
    else if (isBack) this.#join(pcb);
  }

  override disconnect(pcb: Pcb): void {
    super.disconnect(pcb);
    if (this.release !== '13.2') this.#leave(pcb);
  }

  override close(pcb: Pcb): void {
    super.close(pcb);
    this.#leave(pcb);
  }

  acceptFrom(listener: Pcb, id: number, local: string, from: Peer): void {
    this.peers.set(this.accept(listener, id, local).id, from);
  }

  /** What may happen to a packet: several outcomes where a hash decides, or whether a lock is free. */
  receptions(from: Peer, to: string): readonly string[] {
    const stack = isIpv6(to) ? 'v6' : 'v4';
    const any = stack === 'v4' ? ANY4 : ANY6;
    const nameOf = (one: Pick<Pcb, 'local4' | 'local6'>) => (stack === 'v4' ? one.local4 : one.local6);
    const exact = this.pcbs.find((pcb) => {
      const peer = this.peers.get(pcb.id);
      return pcb[stack] && nameOf(pcb) === to && peer?.port === from.port && unmapped(peer.address) === from.address;
    });
    if (exact !== undefined) return [String(exact.id)];
    const isOn = (name: string) => (group: Group) => nameOf(group) === name;
    const own = this.release === '13.2' ? this.#groups.find(isOn(to)) : this.#groups.findLast(isOn(to));
    const members = [...((own ?? this.#groups.findLast(isOn(any)))?.members ?? [])];
    const active = members.filter(({ state }) => this.isUdp || this.release !== '15.0' || state === 'listening');
    if (active.length > 0) return active.map((pcb) => this.#given(pcb));
    const found = this.hash.filter((pcb) => pcb[stack] && !pcb.connected && [to, any].includes(nameOf(pcb)));
    const wild = found.filter((pcb) => nameOf(pcb) === any);
    const locked =
      found.find((pcb) => nameOf(pcb) === to) ??
      (stack === 'v4' ? wild.findLast(({ family }) => family === 'inet') : undefined) ??
      wild.at(-1);
    const [lockless] = this.release === '13.2' ? [] : found;
    const given = [lockless, locked].flatMap((pcb) => (pcb === undefined ? [] : this.#given(pcb)));
    return given.length === 0 ? ['refused'] : given;
  }

  /** What happens to a packet that is given to a socket: of TCP it is the first of a connection. */
  #given(pcb: Pcb): string {
    if (this.isUdp || pcb.state === 'listening') return String(pcb.id);
    return pcb.connected ? 'no answer' : 'refused';
  }

  #join(pcb: Pcb): void {
    const { family, local4, local6 } = pcb;
    if (!pcb.reuseportLb || (family === 'inet6' && local4 === ANY4)) return;
    const own = this.#groups.find(
      (group) => group.family === family && group.local4 === local4 && group.local6 === local6,
    );
    if (own === undefined)
      this.#groups = [{ family, local4, local6, members: new Set([pcb]), size: 8 }, ...this.#groups];
    else {
      own.members.add(pcb);
      if (own.members.size > own.size) this.#resize(own, own.size * 2);
    }
  }

  /** in_pcblbgroup_resize() puts a new group at the head of the list. */
  #resize(group: Group, size: number): void {
    group.size = size;
    this.#groups = [group, ...this.#groups.filter((other) => other !== group)];
  }

  #leave(pcb: Pcb): void {
    const own = this.#groups.find(({ members }) => members.delete(pcb));
    const isRoomy = own !== undefined && own.size > 8 && own.members.size <= own.size / 4;
    if (isRoomy && this.release !== '15.0') this.#resize(own, own.size / 2);
    this.#groups = this.#groups.filter(({ members }) => members.size > 0);
  }
}
