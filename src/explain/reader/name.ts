import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../protocol/address.ts';
import { portNamed } from './service-names.ts';

/** How an address was written: `*`, an empty text, `localhost`, or in numbers. */
type Host = 'star' | 'nothing' | 'localhost' | 'inet' | 'inet6';

/** One socket name, as a program prints it. */
export interface WrittenName {
  readonly host: Host;
  /** The address in its canonical form; empty unless it is written in numbers. */
  readonly address: string;
  /** 0 asks the system to choose one. */
  readonly port: number;
  /** The name of the port, where it was not written as a number. */
  readonly service?: string;
  /** The text after a `%`: a device, or the scope of a link-local address. */
  readonly zone: string | undefined;
  /** Whether the port follows a dot, as in the netstat of the BSDs. */
  readonly dotted: boolean;
  /** Whether it is an IPv6 address without brackets, as in the netstat of Linux. */
  readonly bare: boolean;
}

/**
 * Reads a name, for example `127.0.0.1:80`, `[::]:80`, `*:80`, `:80`, `:::80`, `127.0.0.1.80` or `*.80`; null for other
 * texts.
 */
export function readName(text: string): WrittenName | null {
  return readBracketed(text) ?? readSplit(text, ':') ?? readSplit(text, '.');
}

/** Whether a word is the name of a peer, or of a missing peer: `0.0.0.0:*`, `*:*`, `*.*`, `:::*`, `[::]:*`. */
export function isPeer(text: string): boolean {
  return readName(text.replace(/[:.]\*$/, (end) => `${end[0]}1`).replace(/:0$/, ':1')) !== null;
}

/** A host's address in numbers, in its canonical form; null if the text is not one. */
export function readAddress(text: string): { family: 'inet' | 'inet6'; address: string } | null {
  try {
    return { family: 'inet', address: formatIPv4(parseIPv4(text)) };
  } catch {
    // An IPv6 address, perhaps.
  }
  try {
    return { family: 'inet6', address: formatIPv6(parseIPv6(text)) };
  } catch {
    return null;
  }
}

function readBracketed(text: string): WrittenName | null {
  const match = /^\[([^\]%]+)(?:%([\w.@-]+))?\](?:%([\w.@-]+))?:([\w-]+)$/.exec(text);
  const port = portOf(match?.[4]);
  const found = readAddress(match?.[1] ?? '');
  if (match === null || port === null || found?.family !== 'inet6') return null;
  const zone = match[2] ?? match[3];
  return { host: 'inet6', address: found.address, ...port, zone, dotted: false, bare: false };
}

/** A name whose port follows the last colon or the last dot. */
function readSplit(text: string, mark: ':' | '.'): WrittenName | null {
  const at = text.lastIndexOf(mark);
  const port = at < 0 ? null : portOf(text.slice(at + 1));
  if (port === null) return null;
  const [plain = '', zone, ...more] = text.slice(0, at).split('%');
  if (more.length > 0 || zone === '') return null;
  const dotted = mark === '.';
  const named = wordOf(plain, dotted);
  if (named !== null) return { host: named, address: '', ...port, zone, dotted, bare: false };
  const found = readAddress(plain);
  if (found === null) return null;
  return { host: found.family, address: found.address, ...port, zone, dotted, bare: found.family === 'inet6' };
}

function wordOf(text: string, dotted: boolean): 'star' | 'nothing' | 'localhost' | null {
  if (text === '*') return 'star';
  if (text.toLowerCase() === 'localhost') return 'localhost';
  return text === '' && !dotted ? 'nothing' : null;
}

function portOf(text: string | undefined): { port: number; service?: string } | null {
  if (text === undefined) return null;
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65_535 ? { port: Number(text) } : null;
  const port = portNamed(text);
  return port === undefined ? null : { port, service: text };
}
