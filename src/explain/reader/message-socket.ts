import { OPTION_KEYS, OPTIONS } from '../../model/options.ts';
import type { PresentSocket, Protocol } from '../../model/types.ts';
import type { Groups, ServerProgram } from './programs.ts';
import type { Mention } from './prose.ts';
import type { Reading } from './reading.ts';

/** The port that stands for the port of a message that names none; no system reserves it. */
const STAND_IN_PORT = 20_000;

/** The socket of a name that a message has, and what else the name may mean. */
export function namedSocket(
  name: Omit<Mention, 'at'> | undefined,
  protocol: Protocol,
  suffix: string,
  program: ServerProgram | undefined,
  notes: string[],
): Pick<Reading, 'otherwise'> & { readonly socket: PresentSocket } {
  const port = name?.port ?? STAND_IN_PORT;
  const four = (address: string): PresentSocket => ({ protocol, family: 'inet', address, port });
  const six = (address: string, v6only?: boolean): PresentSocket => ({
    protocol,
    family: 'inet6',
    ...(v6only === undefined ? {} : { v6only }),
    address,
    port,
    ...(name?.scope === undefined ? {} : { scope: name.scope }),
  });
  if (name?.port === undefined) {
    notes.push(`the text names no port: ${STAND_IN_PORT} stands for it; write the socket too, for example :3000`);
  }
  const { host } = name ?? {};
  if (host === undefined || host === '*') {
    const inet = suffix === '4' || (suffix === '' && program?.any === 'inet');
    const dual = six('::', suffix === '6');
    const said = host === undefined ? 'it names no address' : 'it names every address';
    if (suffix !== '') notes.push(`${said}: it is taken for ${inet ? '0.0.0.0' : ':: with IPV6_V6ONLY=1'}`);
    else
      notes.push(`${said}: it is taken for ${inet ? '0.0.0.0' : 'a dual-stack ::, and 0.0.0.0 where there is none'}`);
    if (suffix !== '') return { socket: inet ? four('0.0.0.0') : dual };
    const other = inet
      ? { socket: dual, words: 'dual-stack ([::] v6only=0)' }
      : { socket: four('0.0.0.0'), words: '0.0.0.0' };
    return { socket: inet ? four('0.0.0.0') : dual, otherwise: other };
  }
  if (name?.localhost === true) {
    notes.push('localhost is taken for 127.0.0.1; write [::1] where it stands for that');
    return suffix === '6'
      ? { socket: six('::1') }
      : { socket: four('127.0.0.1'), otherwise: { socket: six('::1'), words: '[::1]' } };
  }
  if (!host.includes(':')) return { socket: four(host) };
  if (host !== '::') return { socket: six(host, host.startsWith('::ffff:') ? false : undefined) };
  const v6only = suffix === '6' ? true : program?.v6only;
  if (v6only !== undefined) {
    notes.push(`[::] is taken with IPV6_V6ONLY=${v6only ? 1 : 0}, as ${program?.name ?? 'tcp6'} sets it`);
    return { socket: six('::', v6only) };
  }
  notes.push("[::] leaves IPV6_V6ONLY open: each system's default is taken; v6only=0 or v6only=1 settles it");
  return { socket: six('::'), otherwise: { socket: six('::', true), words: 'v6only=1' } };
}

/** The socket of a program that binds the wildcard where its message names a group. */
export function forGroup(
  name: Omit<Mention, 'at'> | undefined,
  { source }: Groups,
  notes: string[],
): Pick<Reading, 'otherwise'> & { readonly socket: PresentSocket } {
  const { host = '', port = STAND_IN_PORT } = name ?? {};
  const any = { protocol: 'udp', port } as const;
  const isSix = host.includes(':');
  const socket: PresentSocket = isSix
    ? { ...any, family: 'inet6', v6only: false, address: '::' }
    : { ...any, family: 'inet', address: '0.0.0.0' };
  notes.push(
    `for the group ${host} Go binds the wildcard, with SO_REUSEADDR, and with SO_REUSEPORT on macOS and the BSDs (${source})`,
  );
  const group: PresentSocket = { ...any, family: isSix ? 'inet6' : 'inet', address: host };
  return { socket, otherwise: { socket: group, words: `the group ${host} itself` } };
}

/** Which options a program sets, and how that is known. */
export function optionsNote({ name, options, onWindows, source }: ServerProgram): string {
  if (options === undefined) {
    return `which options ${name} has set is not known: it is taken without any (${source})`;
  }
  const names = (set: NonNullable<ServerProgram['options']>) =>
    OPTION_KEYS.filter((key) => set[key] === true)
      .map((key) => OPTIONS[key].name)
      .join(' and ') || 'no option';
  const there = onWindows === undefined ? '' : `, on Windows ${names(onWindows)}`;
  return `${name} sets ${names(options)}${there} (${source})`;
}
