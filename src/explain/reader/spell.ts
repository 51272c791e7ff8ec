import { OPTION_KEYS } from '../../model/options.ts';
import type { PresentSocket } from '../../model/types.ts';
import { OPTION_WORDS } from '../../plan/words.ts';

/** A socket in bindspec's own spelling. Reading it gives the same socket. */
export function spell(socket: PresentSocket): string {
  const { protocol, v6only, uid, device, anyAddress, state, local } = socket;
  return [
    protocol,
    nameOf(socket),
    ...(v6only === undefined ? [] : [`v6only=${v6only ? 1 : 0}`]),
    ...OPTION_KEYS.filter((key) => socket.options?.[key] === true).map((key) => OPTION_WORDS[key]),
    ...(uid === undefined ? [] : [`uid=${uid}`]),
    ...(device === undefined ? [] : [`dev=${device}`]),
    ...(anyAddress === true ? ['freebind'] : []),
    ...(state === undefined ? [] : [state]),
    ...(local === undefined ? [] : [`local=${local}`]),
  ].join(' ');
}

/** The address and port of a socket, IPv6 in brackets. */
export function nameOf({ address, port, scope }: PresentSocket): string {
  const zone = scope === undefined ? '' : `%${scope}`;
  return address.includes(':') ? `[${address}${zone}]:${port}` : `${address}:${port}`;
}
