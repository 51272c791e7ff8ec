import type { ProgramSocket } from '../record/program.ts';

/** The options of a socket that change what others can do beside it, in the order in which they are written. */
const OPTIONS: Readonly<Record<string, string>> = {
  SO_REUSEADDR: 'reuseaddr',
  SO_REUSEPORT: 'reuseport',
  IP_FREEBIND: 'freebind',
  IP_TRANSPARENT: 'transparent',
  TCP_DEFER_ACCEPT: 'defer-accept',
};

/** A socket in one line: `tcp [::]:80 v6only reuseaddr`. How many there are of it is left out: it depends on the machine. */
export function socketLine({ protocol, family, address, port, dual, options = {}, peer }: ProgramSocket): string {
  const where = family === 'inet6' ? `[${address}]` : address;
  const device = options['SO_BINDTODEVICE'];
  return [
    protocol,
    port === null ? where : `${where}:${port}`,
    ...(dual === undefined ? [] : [dual ? 'dual' : 'v6only']),
    ...Object.entries(OPTIONS).flatMap(([name, word]) => (Number(options[name] ?? 0) > 0 ? [word] : [])),
    ...(typeof device === 'string' && device !== '' ? [`device=${device}`] : []),
    ...(peer === undefined ? [] : [`to ${peer}`]),
  ].join(' ');
}

/** What a line says of where a socket is. */
export interface BoundPlace {
  protocol: string;
  /** `*` and `localhost` only in what documents say. */
  address: string;
  port: number;
  /** Whether one on :: takes IPv4 as well. */
  isDual: boolean;
}

/** Reads a line of `socketLine`, or one of a declaration; null where it has no port. */
export function placeOf(line: string): BoundPlace | null {
  const { protocol, address, port } =
    /^(?<protocol>tcp|udp) \[?(?<address>[^\]\s]+?)\]?:(?<port>\d+)(?: |$)/.exec(line)?.groups ?? {};
  if (protocol === undefined || address === undefined) return null;
  return { protocol, address, port: Number(port), isDual: / dual\b/.test(line) };
}

/** Which of the machine's addresses a place is of. */
export function scopeOf({ address }: BoundPlace): 'every' | 'loopback' | 'one' {
  if (address === '*' || address === '0.0.0.0' || address === '::') return 'every';
  return address === 'localhost' || address === '::1' || /^(::ffff:)?127\./.test(address) ? 'loopback' : 'one';
}

/** The families in which a place is reached. */
export function familiesOf({ address, isDual }: BoundPlace): ('IPv4' | 'IPv6')[] {
  if (address.startsWith('::ffff:')) return ['IPv4'];
  if (!address.includes(':')) return ['IPv4'];
  return address === '::' && isDual ? ['IPv4', 'IPv6'] : ['IPv6'];
}
