/** A file, folder or device of an archive. Paths are relative, without a leading slash; folders come before what is in them. */
export interface CpioEntry {
  path: string;
  /** The kind and the permissions, as `st_mode` has them. */
  mode: number;
  content?: Uint8Array;
  /** The number of a device, major and minor. */
  device?: readonly [number, number];
}

export const FOLDER = 0o040_755;
export const SHARED_FOLDER = 0o041_777;
export const FILE = 0o100_644;
export const PROGRAM = 0o100_755;
export const CHARACTER_DEVICE = 0o020_666;

const HEADER = 110;
const END: CpioEntry = { path: 'TRAILER!!!', mode: 0 };

/**
 * A cpio archive of the form 'newc', which is what the kernel unpacks at boot: every header is followed by the name and
 * the content, each padded to four bytes. The kernel takes several archives one after the other, the later ones adding
 * to the earlier. Source: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export function archive(entries: Iterable<CpioEntry>): Buffer {
  const parts: Uint8Array[] = [];
  let inode = 0;
  for (const entry of [...entries, END]) {
    const { mode, content = Buffer.alloc(0), device = [0, 0] } = entry;
    const name = Buffer.from(`${entry.path}\0`);
    // Inode, mode, user, group, links, time, size, the device it lies on, the device it is, length of the name, checksum.
    const fields = [(inode += 1), mode, 0, 0, 1, 0, content.length, 0, 0, ...device, name.length, 0];
    parts.push(
      Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`),
      name,
      padding(HEADER + name.length),
      content,
      padding(content.length),
    );
  }
  return Buffer.concat(parts);
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
