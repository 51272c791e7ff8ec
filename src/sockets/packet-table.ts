/** One socket of /proc/net/packet: it sees frames of an interface, whatever is bound to the ports in them. */
export interface PacketRow {
  readonly inode: number;
  readonly uid: number;
  /** The type of Ethernet frames that it gets; 0x0003 for all. */
  readonly frames: number;
  /** The index of the interface; 0 for all. */
  readonly device: number;
}

/** The sockets in the text of /proc/net/packet: `sk RefCnt Type Proto Iface R Rmem User Inode`. */
export function parsePacketTable(text: string): PacketRow[] {
  return text.split('\n').flatMap((line) => {
    const [, count = '', , frames = '', device = '', , , uid = '', inode = ''] = line.trim().split(/\s+/);
    if (!/^\d+$/.test(count) || !/^\d+$/.test(inode)) return [];
    return [{ inode: Number(inode), uid: Number(uid), frames: Number.parseInt(frames, 16), device: Number(device) }];
  });
}
