import { readSocket } from '../../explain/reader/read-texts.ts';
import { Unreadable } from '../../explain/reader/unreadable.ts';
import { OPTION_KEYS } from '../../model/options.ts';
import type { Options, Protocol } from '../../model/types.ts';
import { OPTION_WORDS } from '../../plan/words.ts';

/** A socket as the fields of a form have it: text that may be wrong; empty is left out. */
export interface Fields {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: string;
  readonly v6only: '' | '0' | '1';
  readonly options: ReadonlySet<keyof Options>;
  readonly state: string;
  readonly uid: string;
  readonly device: string;
  readonly local: string;
  /** IP_FREEBIND and what is like it; only the line can say it. */
  readonly anyAddress: boolean;
}

/** The fields by their names; `text` is the line that has all of them. */
export type FieldName = keyof Fields | 'text';

/** What is wrong, and in which field. */
export interface Problem {
  readonly field: FieldName;
  readonly message: string;
}

/** The fields of a socket that is written in a line; null where that can't be read. */
export function fieldsOf(text: string): Fields | null {
  try {
    const { socket } = readSocket(text);
    const { protocol, port, v6only, options = {}, state = '', uid, device = '', local = '', scope } = socket;
    const address = scope === undefined ? socket.address : `${socket.address}%${scope}`;
    return {
      protocol,
      address,
      state,
      device,
      local,
      anyAddress: socket.anyAddress === true,
      port: `${port}`,
      v6only: v6only === undefined ? '' : v6only ? '1' : '0',
      options: new Set(OPTION_KEYS.filter((key) => options[key] === true)),
      uid: uid === undefined ? '' : `${uid}`,
    };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** The fields as a line, also where they can't be read. */
export function textOf(fields: Fields): string {
  return parts(fields)
    .map(({ text }) => text)
    .join(' ');
}

/** What of the fields can't be read; null where all of it can. */
export function problemOf(fields: Fields): Problem | null {
  try {
    readSocket(textOf(fields));
    return null;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { field: fieldAt(fields, error.position), message: error.message };
  }
}

/** What of a line can't be read; null where all of it can. */
export function problemIn(text: string): Problem | null {
  try {
    readSocket(text);
    return null;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { field: 'text', message: error.message };
  }
}

/** In which field the character at a position of the line stands, counted from 1. */
function fieldAt(fields: Fields, position: number): FieldName {
  let end = 0;
  for (const { field, text } of parts(fields)) {
    end += text.length + 1;
    if (position > end) continue;
    // A name is read as a whole; without a readable port it is the port that is wrong.
    return field === 'address' && !isPort(fields.port) ? 'port' : field;
  }
  return 'text';
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535;
}

function parts({ protocol, address, port, v6only, options, state, uid, device, local, anyAddress }: Fields) {
  const name = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const said: { field: FieldName; text: string }[] = [
    { field: 'protocol', text: protocol },
    { field: 'address', text: name },
    { field: 'v6only', text: v6only === '' ? '' : `v6only=${v6only}` },
    ...OPTION_KEYS.filter((key) => options.has(key)).map((key) => ({
      field: 'options' as const,
      text: OPTION_WORDS[key],
    })),
    { field: 'uid', text: uid === '' ? '' : `uid=${uid}` },
    { field: 'device', text: device === '' ? '' : `dev=${device}` },
    { field: 'text', text: anyAddress ? 'freebind' : '' },
    { field: 'state', text: state },
    { field: 'local', text: local === '' ? '' : `local=${local}` },
  ];
  return said.filter(({ text }) => text !== '');
}
