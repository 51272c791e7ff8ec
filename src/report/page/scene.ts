import type { TranscriptLine } from '../../record/record.ts';
import { outcomeWord } from './headline.ts';

/** A socket that was bound to a port of its own, and its outcome. */
export interface SceneSocket {
  protocol: 'UDP' | 'TCP';
  /** Address and port, as in the transcript. */
  name: string;
  options: string[];
  /** `ok`, or the errno of the call that failed. */
  outcome: string;
  /** The call that failed. */
  call?: string;
}

/** One or more questions to one address with the same outcome. */
export interface SceneAsk {
  protocol: 'UDP' | 'TCP';
  /** The local address that was bound before asking, where one was. */
  from?: string;
  to: string;
  /** `answered`, `silence`, `eof`, `sent` (no one waited for an answer), `connected`, or an errno. */
  outcome: string;
  /** The part that answered, where it said so. */
  by?: string;
  times: number;
}

/** A process, with what it did with sockets. */
export interface ScenePart {
  name: string;
  host: string;
  sockets: SceneSocket[];
  asks: SceneAsk[];
  /** The programs that it started. */
  programs: string[];
}

/** A socket while the transcript is read. */
interface Live {
  protocol: 'UDP' | 'TCP';
  options: string[];
  from?: string;
  to?: string;
  bound?: SceneSocket;
  /** The question that has no outcome yet. */
  open: SceneAsk | null;
}

/**
 * `call(socket, rest) = result`; `data` may hold anything, so the result begins at the last equals sign after a
 * bracket.
 */
const CALL = /^(\w+)\(([^,)]*)(?:, (.*))?\) = (.*)$/s;

/**
 * Who is where, what is bound and who asks whom, read from a cell's transcript. Nothing else is known of it, so that a
 * drawing shows what happened and not what was meant. Lines that are not understood are passed over.
 */
export function sceneOf(transcript: readonly Omit<TranscriptLine, 'at'>[]): ScenePart[] {
  const parts = new Map<string, ScenePart>();
  const sockets = new Map<string, Live>();
  for (const { part: name, host, call } of transcript) {
    const key = `${host} ${name}`;
    const part = parts.get(key) ?? { name, host, sockets: [], asks: [], programs: [] };
    parts.set(key, part);
    const [, verb = '', on = '', rest = '', result = ''] = CALL.exec(call) ?? [];
    if (verb === 'socket') {
      const protocol = rest.includes('DGRAM') ? 'UDP' : 'TCP';
      sockets.set(`${key} ${result}`, { protocol, options: [], open: null });
    } else if (verb === 'spawn') {
      part.programs.push(/^"([^"]*)"/.exec(on)?.[1] ?? 'a program');
    } else {
      const live = sockets.get(`${key} ${on}`);
      if (live) play(part, live, { verb, rest, result });
    }
  }
  return [...parts.values()].map((part) => ({ ...part, asks: together(part.asks) }));
}

interface Called {
  verb: string;
  rest: string;
  result: string;
}

function play(part: ScenePart, live: Live, { verb, rest, result }: Called): void {
  const failed = /^-1 (\S+)|^(not available here)/
    .exec(result)
    ?.slice(1)
    .find((word) => word !== undefined);
  switch (verb) {
    case 'setsockopt':
      if (failed !== undefined) bound(part, live, 'not bound', failed, verb);
      else if (rest === 'IPV6_V6ONLY, 0') live.options.push('dual-stack');
      else if (rest.endsWith(', 1') && !rest.startsWith('IPV6_V6ONLY')) live.options.push(rest.slice(0, -3));
      break;
    case 'bind':
      // Port 0 is a client that chooses its source, not a name for others.
      if (rest.endsWith(':0') && failed === undefined) live.from = rest.slice(0, -2);
      else bound(part, live, rest, failed ?? 'ok', verb);
      break;
    case 'listen':
      if (failed !== undefined && live.bound) Object.assign(live.bound, { outcome: failed, call: verb });
      break;
    case 'connect':
      if (rest === 'AF_UNSPEC') delete live.to;
      else if (live.protocol === 'UDP' && failed === undefined) live.to = rest;
      else asked(part, live, rest, failed ?? (result === '0' ? 'connected' : 'silence'));
      break;
    case 'send':
      if (live.open === null && live.to !== undefined) asked(part, live, live.to, failed ?? 'sent');
      break;
    case 'sendto': {
      const to = /, ([^,"]*)$/.exec(`, ${rest}`)?.[1];
      if (to !== undefined) asked(part, live, to, failed ?? 'sent');
      break;
    }
    case 'recv':
      received(part, live, rest, result, failed);
      break;
    default:
  }
}

function bound(part: ScenePart, live: Live, name: string, outcome: string, call: string): void {
  const { protocol, options } = live;
  live.bound = { protocol, name, options, outcome, ...(outcome === 'ok' ? {} : { call }) };
  part.sockets.push(live.bound);
}

function asked(part: ScenePart, live: Live, to: string, outcome: string): void {
  const { protocol, from } = live;
  const ask: SceneAsk = { protocol, ...(from === undefined ? {} : { from }), to, outcome, times: 1 };
  part.asks.push(ask);
  live.to = to;
  live.open = outcome === 'sent' || outcome === 'connected' ? ask : null;
}

function received(part: ScenePart, live: Live, rest: string, result: string, failed: string | undefined): void {
  // The clients' lines already show what a server receives and answers by itself.
  if (result.includes('; ')) return;
  if (rest === '' && failed === undefined) {
    const outcome = result.startsWith('nothing') ? 'silence' : 'eof';
    if (live.open) live.open.outcome = outcome;
    live.open = null;
    return;
  }
  const by = /^"([\w -]+): Your data was/.exec(rest)?.[1];
  const heard = { outcome: failed ?? 'answered', ...(by === undefined ? {} : { by }) };
  if (live.open) Object.assign(live.open, heard);
  // One question may be answered twice, by an impostor and by the server.
  else if (live.to !== undefined && failed === undefined) {
    const { protocol, to } = live;
    part.asks.push({ protocol, to, times: 1, ...heard });
  }
  live.open = null;
}

/** The questions with the same outcome, together. */
function together(asks: readonly SceneAsk[]): SceneAsk[] {
  const found = new Map<string, SceneAsk>();
  for (const ask of asks) {
    const key = JSON.stringify([ask.protocol, ask.from, ask.to, ask.outcome, ask.by]);
    const same = found.get(key);
    if (same) same.times += 1;
    else found.set(key, { ...ask });
  }
  return [...found.values()];
}

/** A scene in sentences, for who does not see its drawing. `called` tells what an address is in the lab. */
export function sceneInWords(parts: readonly ScenePart[], called: (name: string) => string | null): string[] {
  const full = (name: string) => (called(name) === null ? name : `${name} (${called(name)})`);
  return parts.flatMap(({ name, host, sockets, asks, programs }) => [
    ...programs.map((program) => `${name} on ${host} starts ${program}.`),
    ...sockets.map(
      ({ protocol, name: on, options, outcome, call }) =>
        `${name} on ${host} binds ${protocol} ${full(on)}${options.length > 0 ? ` with ${options.join(', ')}` : ''}: ${outcomeWord(outcome) ?? outcome}${call === undefined ? '' : ` (${call}: ${outcome})`}.`,
    ),
    ...asks.map(
      ({ protocol, from, to, outcome, by, times }) =>
        `${name} on ${host} asks ${protocol} ${full(to)}${from === undefined ? '' : ` from ${full(from)}`}${times > 1 ? `, ${times} times` : ''}: ${outcomeWord(outcome) ?? outcome}${by === undefined ? '' : ` by ${by}`}.`,
    ),
  ]);
}
