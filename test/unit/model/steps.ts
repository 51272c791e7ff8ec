import { models } from '../../../src/model/index.ts';
import type {
  Operation,
  Options,
  Outcome,
  Prediction,
  Protocol,
  Setting,
  SystemName,
} from '../../../src/model/types.ts';
import { socket } from './table.ts';

const LETTERS: Readonly<Record<string, keyof Options>> = {
  A: 'reuseaddr',
  P: 'reuseport',
  L: 'reuseportLb',
};

/**
 * Plays steps on a model and returns each prediction. The steps are a text, for example
 * `1 bind 127.0.0.1 A uid=1000; 1 connect 127.0.0.1; 1 disconnect; 2 bind 0.0.0.0`. The outcome that the model calls
 * likeliest happens, unless a step says otherwise: `1 connect => EHOSTUNREACH`. `start` is a connect() that does not wait.
 */
export function play(system: SystemName, protocol: Protocol, text: string, setting: Setting = {}): Prediction[] {
  let port = models[system].simulate(setting);
  return text.split(';').map((part) => {
    const [step = '', happened] = part.split('=>').map((word) => word.trim());
    const { prediction, after } = port.step(parse(step, protocol), happened as Outcome | undefined);
    port = after;
    return prediction;
  });
}

/** The outcomes of the last step, as one word where there is one. */
export function last(system: SystemName, protocol: Protocol, text: string, setting: Setting = {}): string {
  return play(system, protocol, text, setting).at(-1)?.outcomes.join(' or ') ?? '';
}

/** What getsockname() returns for socket 1 after the steps. */
export function sockname(
  system: SystemName,
  protocol: Protocol,
  text: string,
  setting: Setting = {},
): string | undefined {
  let port = models[system].simulate(setting);
  for (const part of text.split(';')) port = port.step(parse(part.trim(), protocol)).after;
  return port.sockname(1)?.address;
}

/** The rule that decided on the last step, without its system. */
export function lastRule(system: SystemName, protocol: Protocol, text: string, setting: Setting = {}): string {
  return (
    play(system, protocol, text, setting)
      .at(-1)
      ?.rule.replace(/^\w+\//, '') ?? ''
  );
}

function portOf(port: string | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port: Number(port) };
}

export function parse(step: string, protocol: Protocol): Operation {
  const [id = '', op = '', ...words] = step.split(/\s+/);
  const number = Number(id);
  const named = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const plain = words.filter((word) => !word.includes('='));
  const [first = ''] = plain;
  const peer = named('to');
  const to = peer === undefined ? {} : { to: { address: peer, port: Number(named('toport') ?? 9) } };
  switch (op) {
    case 'bind': {
      const uid = named('uid');
      const port = named('port');
      const device = named('dev');
      const scope = named('scope');
      const domain = named('domain');
      const [from, until] = (named('range') ?? '').split('-').map(Number);
      const flags = {
        ...(uid === undefined ? {} : { uid: Number(uid) }),
        ...portOf(port),
        ...(device === undefined ? {} : { device }),
        ...(domain === undefined ? {} : { domain: Number(domain) }),
        ...(from === undefined || until === undefined ? {} : { portRange: { from, to: until } }),
        ...(plain.includes('any') ? { anyAddress: true } : {}),
        ...(plain.includes('address-only') ? { addressOnly: true } : {}),
        ...(plain.includes('chosen') ? { chosen: true } : {}),
      };
      const { v6only, ...next } = socket(plain.join(' '), protocol, flags);
      const said = plain.includes('dual') || plain.includes('v6only') || first.startsWith('::ffff:');
      const only = said && v6only !== undefined && !plain.includes('default') ? { v6only } : {};
      return { op, socket: number, ...next, ...only, ...(scope === undefined ? {} : { scope }) };
    }
    case 'connect':
    case 'start': {
      const nonblocking = op === 'start' ? { nonblocking: true } : {};
      return { op: 'connect', socket: number, ...(first === '' ? {} : { local: first }), ...to, ...nonblocking };
    }
    case 'autobind':
    case 'autostart': {
      const nonblocking = op === 'autostart' ? { nonblocking: true } : {};
      const as = socket(plain.slice(1).join(' '), protocol);
      return { op: 'connect', socket: number, local: first, as, ...to, ...nonblocking };
    }
    case 'send':
      return { op, socket: number, ...(first === '' ? {} : { local: first }), ...to };
    case 'autosend':
      return { op: 'send', socket: number, as: socket(plain.join(' '), protocol, portOf(named('port'))), ...to };
    case 'autolisten':
      return { op: 'listen', socket: number, as: socket(plain.join(' '), protocol, portOf(named('port'))) };
    case 'accept': {
      const uid = named('uid');
      return {
        op,
        socket: number,
        listener: Number(named('from')),
        local: first,
        ...(uid === undefined ? {} : { uid: Number(uid) }),
      };
    }
    case 'set': {
      const device = named('dev');
      const v6only = named('v6only');
      if (v6only !== undefined) return { op, socket: number, v6only: v6only === '1' };
      const options = Object.fromEntries(
        Object.entries(LETTERS).flatMap(([letter, key]) => (named(letter) ? [[key, named(letter) === '1']] : [])),
      );
      return { op, socket: number, options, ...(device === undefined ? {} : { device }) };
    }
    case 'disconnect': {
      const by = named('by');
      return by === undefined
        ? { op, socket: number }
        : { op, socket: number, by: by === 'disconnectx' ? 'disconnectx' : 'AF_UNSPEC' };
    }
    case 'close': {
      const leaves = named('leaves');
      return leaves === undefined
        ? { op, socket: number }
        : { op, socket: number, leaves: leaves as 'time-wait' | 'fin-wait-1' | 'fin-wait-2' };
    }
    case 'join':
    case 'leave':
      return { op, socket: number, group: first };
    case 'listen':
    case 'peer-close':
    case 'peer-reset':
    case 'shutdown':
      return { op, socket: number };
    default:
      throw new RangeError(`no such step: ${step}`);
  }
}
