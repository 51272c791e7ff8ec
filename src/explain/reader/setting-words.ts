import { STATE_NAMES } from '../../model/states.ts';
import type { Options, State } from '../../model/types.ts';
import { flagOf, isDevice, OPTION_WORDS, optionNamed } from '../../plan/words.ts';

/** The meaning of a word about a socket, beside its name. */
export type Word =
  | { readonly is: 'option'; readonly option: keyof Options; readonly on: boolean }
  | { readonly is: 'v6only'; readonly on: boolean }
  | { readonly is: 'uid'; readonly uid: number }
  | { readonly is: 'device'; readonly device: string }
  | { readonly is: 'local'; readonly local: string }
  | { readonly is: 'any address'; readonly on: boolean };

/** The words that a socket can have, for the message about an unknown word. */
export const UNDERSTOOD = `understood are ${Object.values(OPTION_WORDS).join(', ')}, v6only=0, v6only=1, uid=1000, dev=eth0, local=127.0.0.1, freebind, and a TCP state: ${STATE_NAMES.join(', ')}`;

/** The form of each word that has a value, for the message about a wrong one. */
export const VALUES: Readonly<Record<string, string>> = {
  uid: 'uid is the number of a user, from 0 up, as in uid=1000',
  dev: 'dev is the name of a device, as in dev=eth0',
  local: 'local is an address, as in local=127.0.0.1',
  v6only: 'v6only is 0 or 1, as in v6only=1',
};

/** Reads `reuseaddr`, `SO_REUSEADDR=1`, `v6only=0`, `uid=1000`, `dev=eth0`, and the `uid:1000` of ss; null for other words. */
export function readWord(text: string): Word | null {
  const match = /^(\w+)(?:[=:](.+))?$/.exec(text);
  if (match === null) return null;
  const key = (match[1] ?? '').toLowerCase();
  const value = match[2];
  const option = optionNamed(key);
  if (option !== undefined) {
    const on = flagOf(value);
    return on === undefined ? null : { is: 'option', option, on };
  }
  if (key === 'v6only' || key === 'ipv6_v6only') {
    const on = flagOf(value);
    return on === undefined ? null : { is: 'v6only', on };
  }
  if (ANY_ADDRESS.has(key)) {
    const on = flagOf(value);
    return on === undefined ? null : { is: 'any address', on };
  }
  if (key === 'uid') return /^\d{1,10}$/.test(value ?? '') ? { is: 'uid', uid: Number(value) } : null;
  if (key === 'dev') return value !== undefined && isDevice(value) ? { is: 'device', device: value } : null;
  if (key === 'local' && value !== undefined) return { is: 'local', local: value };
  return null;
}

/** The options by which a socket may be bound to an address that no interface has, on the systems that have one. */
const ANY_ADDRESS: ReadonlySet<string> = new Set([
  'freebind',
  'transparent',
  'bindany',
  'ip_freebind',
  'ipv6_freebind',
  'ip_transparent',
  'ipv6_transparent',
  'ip_bindany',
  'ipv6_bindany',
  'so_bindany',
]);

const STATE_WORDS: Readonly<Record<string, State>> = {
  bound: 'bound',
  unconn: 'bound',
  listen: 'listening',
  listening: 'listening',
  listn: 'listening',
  abhören: 'listening',
  connecting: 'connecting',
  synsent: 'connecting',
  estab: 'connected',
  hergestellt: 'connected',
  established: 'connected',
  connected: 'connected',
  accepted: 'accepted',
  closewait: 'close-wait',
  finwait1: 'fin-wait-1',
  finwait2: 'fin-wait-2',
  timewait: 'time-wait',
  wartend: 'time-wait',
  shutdown: 'shut-down',
};

/** Reads a state as people, ss and netstat write it: `LISTEN`, `TIME_WAIT`, `time-wait`, ...; null for other words. */
export function readState(text: string): State | null {
  const key = text.toLowerCase().replaceAll(/[_-]/g, '');
  return Object.hasOwn(STATE_WORDS, key) ? (STATE_WORDS[key] ?? null) : null;
}
