import type { OptionValue } from '../protocol/options.ts';
import type { Operation, Result, Served, SocketName } from '../protocol/messages.ts';

const LONGEST_TEXT = 60;

/** One operation and what it came to, in the manner of strace: `bind(server1, 127.0.0.1:1060) = -1 EADDRINUSE`. */
export function traceLine(operation: Operation, result: Result): string {
  return `${call(operation, result)} = ${returned(operation, result)}`;
}

/** One request that a serving socket took and answered by itself. */
export function servedLine(on: string, served: Served): string {
  const to = served.to === undefined ? '' : ` at ${served.to}`;
  const answer = served.answered === 'ok' ? 'answered' : served.answered;
  return `recv(${on}) = ${served.bytes} from ${name(served.from)}${to}; ${answer}`;
}

function call(operation: Operation, result: Result): string {
  switch (operation.op) {
    case 'socket':
      return `socket(${operation.family === 'inet' ? 'AF_INET' : 'AF_INET6'}, ${operation.type === 'dgram' ? 'SOCK_DGRAM' : 'SOCK_STREAM'})`;
    case 'setsockopt':
      return `setsockopt(${operation.on}, ${operation.option}, ${shown(operation.value)})`;
    case 'getsockopt':
      return `getsockopt(${operation.on}, ${operation.option})`;
    case 'bind':
    case 'connect':
      return `${operation.op}(${operation.on}, ${name(operation)})`;
    case 'disconnect':
      return `connect(${operation.on}, AF_UNSPEC)`;
    case 'send':
      return operation.to
        ? `sendto(${operation.on}, ${quote(operation.data)}, ${name(operation.to)})`
        : `send(${operation.on}, ${quote(operation.data)})`;
    case 'listen':
      return `listen(${operation.on}, ${operation.backlog ?? 128})`;
    case 'shutdown':
      return `shutdown(${operation.on}, SHUT_${{ read: 'RD', write: 'WR', both: 'RDWR' }[operation.how]})`;
    case 'poll':
      return `poll([${operation.on.join(', ')}], ${operation.within})`;
    case 'spawn':
      return `spawn(${[operation.command, ...operation.args].map(quote).join(' ')})`;
    case 'read':
      return `read(${operation.path})`;
    case 'recv':
      return result.data === undefined ? `recv(${operation.on})` : `recv(${operation.on}, ${quote(result.data)})`;
    case 'reset':
      return 'reset()';
    case 'batch':
      return `batch(${operation.sockets.length / 2} sockets)`;
    case 'serve':
      return `serve(${operation.on}, ${quote(operation.name)})`;
    default:
      return `${operation.op}(${operation.on})`;
  }
}

function returned(operation: Operation, result: Result): string {
  if (result.outcome === 'silence') return `nothing within ${'within' in operation ? (operation.within ?? 0) : 0} ms`;
  if (result.outcome === 'eof') return '0 (end of stream)';
  if (result.outcome === 'not available here') return `${result.outcome}, no call made`;
  if (result.outcome === 'ended') return 'the program had ended before';
  if (result.outcome !== 'ok') return `-1 ${result.outcome}`;
  if (operation.op === 'socket' || operation.op === 'spawn') return operation.as;
  if (operation.op === 'accept') return `${operation.as}${result.from ? ` from ${name(result.from)}` : ''}`;
  if (operation.op === 'recv') {
    return `${result.bytes}${result.from ? ` from ${name(result.from)}` : ''}${result.to === undefined ? '' : ` at ${result.to}`}`;
  }
  if (result.name) return name(result.name);
  if (result.ready) return result.ready.join(', ');
  if (result.data !== undefined) return `${result.data.length} characters`;
  return String(shown(result.value) ?? result.bytes ?? result.open ?? 0);
}

/** An option's value, a structure as strace writes one: `{on=true, seconds=5}`. */
function shown(value: OptionValue | undefined): string | number | undefined {
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([field, one]) => `${field}=${one}`);
  return `{${fields.join(', ')}}`;
}

/** A socket name as people write it: brackets around IPv6. */
export function name({ address, port, scope }: SocketName): string {
  const scoped = scope === undefined ? address : `${address}%${scope}`;
  return address.includes(':') ? `[${scoped}]:${port}` : `${scoped}:${port}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
}
