/** One entry of an archive. Paths are absolute, as they are in what the archive becomes. */
export type TarEntry =
  | { path: string; kind: 'folder'; mode?: number }
  | { path: string; kind: 'file'; content: Buffer; mode?: number };

const BLOCK = 512;
const TYPES = { file: '0', folder: '5' } as const;

/**
 * A tar archive (POSIX.1-1988 ustar) that root owns, with the folders above each entry.
 * @throws RangeError for a path that the format can't hold.
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  const made = new Set<string>(['/']);
  const add = (entry: TarEntry) => {
    if (made.has(entry.path)) return;
    const parent = entry.path.slice(0, entry.path.lastIndexOf('/'));
    if (parent !== '' && !made.has(parent)) add({ path: parent, kind: 'folder' });
    made.add(entry.path);
    const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0);
    parts.push(header(entry, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1)));
  };
  for (const entry of entries) add(entry);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = split(entry.path.slice(1));
  const mode = entry.mode ?? (entry.kind === 'folder' ? 0o755 : 0o644);
  block.write(name, 0, 100);
  for (const [value, at, length] of [
    [mode, 100, 8],
    [0, 108, 8],
    [0, 116, 8],
    [size, 124, 12],
    [0, 136, 12],
  ] as const) {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length);
  }
  block.write(TYPES[entry.kind], 156, 1);
  block.write('ustar\x0000', 257, 8);
  block.write(prefix, 345, 155);
  // The sum is taken with eight spaces in its own place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

/** A path of more than 100 bytes is split at a slash. */
function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix };
  }
  throw new RangeError(`the path '${path}' is too long for a tar archive`);
}
