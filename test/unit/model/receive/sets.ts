import { models } from '../../../../src/model/index.ts';
import type { Packet, Reception } from '../../../../src/model/receive/types.ts';
import type {
  NextSocket,
  Operation,
  Options,
  Outcome,
  Protocol,
  Setting,
  SystemName,
} from '../../../../src/model/types.ts';

/** The machine of these tests: lo, and a LAN on veth. */
export const SETTING: Setting = {
  host: {
    addresses: ['127.0.0.1', '::1', '10.0.0.1', '10.0.0.2', 'fd00::1'],
    devices: { lo: ['127.0.0.1', '::1'], veth: ['10.0.0.1', '10.0.0.2', 'fd00::1'] },
    broadcasts: ['10.0.0.255'],
  },
};

const LETTERS: Readonly<Record<string, Options>> = {
  A: { reuseaddr: true },
  P: { reuseport: true },
  AP: { reuseaddr: true, reuseport: true },
  L: { reuseportLb: true },
};

/**
 * Reads a socket: its address (`ext1`, `ext2` and `ext6` are those of veth, `dual` a dual-stack ::, `mapped` ::ffff:0.0.0.0),
 * then its options, `@device`, `uid=NUMBER` and `domain=NUMBER` in any order.
 */
function socket(protocol: Protocol, text: string): NextSocket {
  const [name = '', ...words] = text.split(' ');
  const address = named(name);
  const options = words.map((word) => LETTERS[word]).find((found) => found !== undefined) ?? {};
  const device = words.find((word) => word.startsWith('@'))?.slice(1);
  const numbered = (key: string) => Number(words.find((word) => word.startsWith(key))?.slice(key.length) ?? 0);
  return {
    protocol,
    family: address.includes(':') ? 'inet6' : 'inet',
    // `v6` says nothing of IPV6_V6ONLY.
    ...(name === 'v6' ? {} : { v6only: name === '::' }),
    address,
    port: 8080,
    uid: numbered('uid='),
    domain: numbered('domain='),
    options,
    ...(device === undefined ? {} : { device }),
  };
}

const NAMES: Readonly<Record<string, string>> = {
  ext1: '10.0.0.1',
  ext2: '10.0.0.2',
  ext6: 'fd00::1',
  dual: '::',
  mapped: '::ffff:0.0.0.0',
  v6: '::',
  X: '127.0.0.1',
  Y: '127.0.0.1',
  neighbour: '10.0.0.9',
  neighbour6: 'fd00::9',
};

function named(name: string): string {
  return NAMES[name] ?? name;
}

/** Reads who sends: X and Y are two ports of 127.0.0.1; anything else is an address, with port 5000. */
function sender(text: string): { address: string; port: number } {
  return { address: named(text), port: text === 'Y' ? 6000 : 5000 };
}

/**
 * Reads a step, for example `bind 127.0.0.1 AP` (sockets are numbered from 0), `1 connect X 127.0.0.1` (the peer, and the
 * local address that the system chose), `1 disconnect`, `0 listen`, `1 close`, `1 send`, `1 reset`, `1 set P`, `1 clear P`, `1 tie veth`,
 * `1 join GROUP DEVICE`, `1 leave GROUP DEVICE`, `1 shutdown`.
 */
function step(protocol: Protocol, text: string, next: number): Operation {
  const [first = '', verb = '', ...words] = text.split(' ');
  if (first === 'bind') return { op: 'bind', socket: next, ...socket(protocol, text.slice('bind '.length)) };
  const number = Number(first);
  const [word = '', second = ''] = words;
  switch (verb) {
    case 'listen':
    case 'disconnect':
    case 'close':
    case 'shutdown':
      return { op: verb, socket: number };
    case 'send':
      return { op: 'send', socket: number };
    case 'reset':
      return { op: 'peer-reset', socket: number };
    case 'connect':
      return { op: 'connect', socket: number, local: named(second), to: sender(word) };
    case 'set':
      return { op: 'set', socket: number, options: LETTERS[word] ?? { multicastAll: true } };
    case 'clear':
      return { op: 'set', socket: number, options: word === 'P' ? { reuseport: false } : { multicastAll: false } };
    case 'tie':
      return { op: 'set', socket: number, device: word };
    case 'join':
    case 'leave':
      return { op: verb, socket: number, group: word, device: second };
    default:
      throw new Error(`not a step: ${text}`);
  }
}

/**
 * Who receives on a system after these steps. A step succeeds unless it says otherwise: `0 connect X ::1 => EADDRINUSE`. The
 * sender is X unless the text names another: `10.0.0.1 from Y`. It comes in routing domain 0, unless it says so: `10.0.0.1 in 1`.
 */
export function receive(
  system: SystemName,
  protocol: Protocol,
  steps: string,
  sent: string,
  setting: Setting = SETTING,
): readonly Reception[] | undefined {
  let next = 0;
  let port = models[system].simulate(setting);
  for (const part of steps.split('; ')) {
    const [text = '', happened = 'ok'] = part.split(' => ');
    const operation = step(protocol, text, next);
    if (operation.op === 'bind') next += 1;
    // Whatever the model of names expects, the step happened.
    port = port.step(operation, happened as Outcome).after;
  }
  const [path = '', domain] = sent.split(' in ');
  const [to = '', from = to.includes(':') || to === 'ext6' ? '::1' : 'X'] = path.split(' from ');
  const outside = from === 'neighbour' || from.startsWith('fd00::9');
  const packet: Packet = {
    protocol,
    from: sender(from),
    to: { address: named(to) },
    ...(outside ? { device: 'veth' } : {}),
    ...(domain === undefined ? {} : { domain: Number(domain) }),
  };
  return port.receivers(packet)?.outcomes;
}
