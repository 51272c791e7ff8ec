import { STATE_NAMES } from '../../model/states.ts';
import { OPTION_WORDS } from '../../plan/words.ts';
import { unknownWord } from '../../text/unknown.ts';
import { readAddress, readName } from './name.ts';
import { readState, UNDERSTOOD, VALUES } from './setting-words.ts';

const NAMES = 'a name is written 127.0.0.1:80, [::1]:80, *:80, :80, :::80 or localhost:80';

/** The words that a socket may have, for the nearest one to a word that is unknown. */
const WORDS: readonly string[] = [...Object.values(OPTION_WORDS), 'freebind', ...STATE_NAMES];

/**
 * What to write instead of a text that is not the name of a socket.
 * @param isProtocolNamed whether a protocol stands before it
 */
export function adviceForName(text: string, isProtocolNamed: boolean): string {
  const plain = text.replaceAll(/^\[|\]$/g, '');
  const [, host = '', port = ''] = /^(.*)[:.]([^:.]*)$/.exec(text) ?? [];
  if (/^(?:unix:|\/|\.\/|@)/.test(text)) return 'this is a Unix socket; explained are TCP and UDP sockets';
  if (/[:.](?:0|\*)$/.test(text)) return 'a socket that conflicts has a port of its own, from 1 to 65535';
  if (text.includes(',')) return 'each socket is a text of its own: give them one by one';
  if (readAddress(plain) !== null || /^localhost$/i.test(text) || text === '*') {
    return `the port is missing, as in ${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}:80`;
  }
  if (/^\d+$/.test(text)) return `a port alone is written :${text}`;
  if (/^\d+$/.test(port) && Number(port) > 65_535) return 'a port is a number up to 65535';
  if (/^[a-z][\w-]*$/i.test(port) && readName(`${host}:80`) !== null) {
    return `no port is called '${port}' in /etc/services: write its number`;
  }
  if (/^\d+$/.test(port) && /^[\d.]+$/.test(host))
    return 'an IPv4 address has four numbers up to 255, as in 127.0.0.1:80';
  if (/^\d+$/.test(port) && /^(?!.*::)[\w-]+(?:\.[\w-]+)*$/.test(host)) {
    return `names of machines are not looked up: write the address of '${host}' in numbers`;
  }
  if (/^(?:sctp|dccp|quic|icmp|unix)$/i.test(text)) return `explained are TCP and UDP sockets, and not ${text}`;
  if (!isProtocolNamed) return `use tcp or udp, optionally with 4 or 6, then a name; ${NAMES}`;
  return `${NAMES}; ${UNDERSTOOD}`;
}

/** What to write instead of a word that stands after the name and that no socket has. */
export function adviceForWord(text: string): string {
  const [, key = '', value] = /^(\w+)(?:[=:](.*))?$/.exec(text) ?? [];
  if (/^user$/i.test(key)) return 'users are numbers here, as in uid=1000';
  const form = Object.hasOwn(VALUES, key.toLowerCase()) ? VALUES[key.toLowerCase()] : undefined;
  if (form !== undefined) return form;
  if (value !== undefined && WORDS.includes(key.toLowerCase())) return `${key} is 0 or 1, as in ${key}=1`;
  if (/^(?:tcp|udp)[46]?$/i.test(text)) return 'each socket is a text of its own: give them one by one';
  if (readState(text) !== null) return 'a socket has one state, and it has one already';
  const { enable } = unknownWord('word', text, WORDS, UNDERSTOOD);
  return enable;
}

/** What to write where a text ends before a name. */
export function adviceAtEnd(text: string, hasNumbers: boolean): string {
  if (text.trim() === '') return "name a socket, for example 'tcp 127.0.0.1:80'";
  return hasNumbers ? `a port alone is written :80; ${NAMES}` : NAMES;
}
