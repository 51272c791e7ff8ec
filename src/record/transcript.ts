import type { OptionValue } from '../protocol/options.ts';
import type { NameForm, Operation, Result, Served, SocketName } from '../protocol/messages.ts';

const LONGEST_TEXT = 60;
/** How many runs of probes are written; if there are more, only their number is. */
const MOST_SHOWN = 64;

/** One operation and its outcome, in the style of strace: `bind(server1, 127.0.0.1:1060) = -1 EADDRINUSE`. */
export function traceLine(operation: Operation, result: Result): string {
  return `${call(operation, result)} = ${returned(operation, result)}`;
}

/** One request that a serving socket received and answered by itself. */
export function servedLine(on: string, served: Served): string {
  const to = served.to === undefined ? '' : ` at ${served.to}`;
  const answer = served.answered === 'ok' ? 'answered' : served.answered;
  return `recv(${on}) = ${served.bytes} from ${name(served.from)}${to}; ${answer}`;
}

function call(operation: Operation, result: Result): string {
  switch (operation.op) {
    case 'socket':
      return `socket(${operation.family === 'inet' ? 'AF_INET' : 'AF_INET6'}, ${operation.type === 'dgram' ? 'SOCK_DGRAM' : 'SOCK_STREAM'})`;
    case 'stand-in':
      return operation.of === 'file' ? 'open(/dev/null)' : 'no descriptor';
    case 'setsockopt':
      return `setsockopt(${operation.on}, ${operation.option}, ${shown(operation.value)})`;
    case 'getsockopt':
      return `getsockopt(${operation.on}, ${operation.option})`;
    case 'bind':
    case 'connect':
      return `${operation.op}(${operation.on}, ${formed(operation)})`;
    case 'disconnect':
      return `connect(${operation.on}, AF_UNSPEC)`;
    case 'burst':
      return `burst(${operation.count}, ${name(operation.to)})`;
    case 'give':
    case 'dup':
    case 'drain':
      return `${operation.op}(${operation.on})`;
    case 'take':
      return `take(${operation.name})`;
    case 'fetch':
      return `pidfd_getfd(${operation.pid}, ${operation.descriptor})`;
    case 'inspect':
      return `getsockopt(${operation.pid}/${operation.descriptor}, ${operation.options.join(' ')})`;
    case 'kernel-sockets':
      return `sock_diag(${operation.protocol}, ${operation.family}, ${operation.port ?? 'all'})`;
    case 'interface':
      return `if_nametoindex(${operation.device})`;
    case 'resolve':
      return `getaddrinfo(${operation.name ?? 'its own name'}${operation.family === undefined ? '' : `, ${operation.family === 'inet' ? 'AF_INET' : 'AF_INET6'}`})`;
    case 'write':
      return `write(${operation.path}, ${quote(operation.data)})`;
    case 'send':
      if (operation.from !== undefined || (operation.flags ?? []).length > 0) return sendmsg(operation);
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
    case 'recv': {
      const flags = operation.flags === undefined ? '' : `, ${operation.flags.join('|')}`;
      const data = result.data === undefined ? '' : `, ${quote(result.data)}`;
      return `recv(${operation.on}${data}${flags})`;
    }
    case 'reset':
    case 'die':
      return `${operation.op}()`;
    case 'batch':
      return `batch(${operation.sockets.length / 2} sockets)`;
    case 'probe-send':
      return `connect() and send(${probesIn(operation, (index) => `"${operation.mark + index}" `)})${operation.closed === undefined ? '' : `, each followed by one to port ${operation.closed}`}`;
    case 'probe-connect':
      return `connect(${probesIn(operation, () => '')})`;
    case 'probe-drain':
      return `recv(${[operation.on].flat().join(', ')})`;
    case 'probe-answer':
      return `accept(${[operation.on].flat().join(', ')})`;
    case 'probe-settle':
      return `SO_ERROR of ${operation.on}`;
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
  const brought = probed(operation, result);
  if (brought !== undefined) return brought;
  if (['socket', 'stand-in', 'spawn', 'dup', 'take', 'fetch'].includes(operation.op) && 'as' in operation)
    return operation.as;
  if (operation.op === 'accept') return `${operation.as}${result.from ? ` from ${name(result.from)}` : ''}`;
  if (operation.op === 'recv') {
    return `${result.bytes}${result.from ? ` from ${name(result.from)}` : ''}${result.to === undefined ? '' : ` at ${result.to}`}${told(result)}`;
  }
  if (result.name) return name(result.name);
  if (result.counts) return drained(result.counts);
  if (result.sockets) return `${result.sockets.length} sockets`;
  if (result.options) return JSON.stringify(result.options);
  if (result.addresses) return result.addresses.join(', ');
  if (result.ready) return result.ready.join(', ');
  if (result.data !== undefined) return `${result.data.length} characters`;
  return String(shown(result.value) ?? result.bytes ?? result.open ?? 0);
}

/** What was taken from a socket: `2 × "a", 1 × "b"`. */
function drained(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).map(([text, count]) => `${count} × ${quote(text)}`);
  return all.length === 0 ? 'nothing' : all.join(', ');
}

/** Each probe: its data, from where and to where; port 0 is one that the system chose. If there are many, the number of their runs. */
function probesIn(
  { sources, targets, ports, probes }: Extract<Operation, { op: 'probe-send' | 'probe-connect' }>,
  data: (index: number) => string,
): string {
  if (probes.length > MOST_SHOWN * 4) return `${probes.length / 4} runs of probes`;
  const written: string[] = [];
  for (let at = 0; at < probes.length; at += 4) {
    const [source = -1, target = -1, first = 0, count = 0] = probes.slice(at, at + 4);
    const { address = '', port = 0 } = sources[source] ?? {};
    for (const to of ports.slice(first, first + count)) {
      const ends = [
        { address, port },
        { address: targets[target] ?? '', port: to },
      ].map(name);
      written.push(`${data(written.length)}from ${ends[0]} to ${ends[1]}`);
    }
  }
  return written.join(', ');
}

/** What probes brought: who got which mark, or which error there was. */
function probed(operation: Operation, { codes = [], legend = [], got = [] }: Result): string | undefined {
  const pairs = Array.from({ length: got.length / 2 }, (_, index) => got.slice(index * 2, index * 2 + 2));
  const words = codes.map((code) => legend[code]).join(', ');
  const at = (place = -1) => {
    const on = 'on' in operation ? operation.on : '';
    return typeof on === 'string' ? `socket ${place} of ${on}` : (on[place] ?? '');
  };
  switch (operation.op) {
    case 'probe-send':
    case 'probe-settle':
      return words;
    case 'probe-connect':
      return codes.map((code, index) => `${legend[code]} from port ${got[index]}`).join(', ');
    case 'probe-drain':
      return pairs.map(([place, mark]) => `"${mark}" at ${at(place)}`).join(', ') || 'EAGAIN';
    case 'probe-answer':
      return pairs.map(([place, port]) => `a connection from port ${port} at ${at(place)}`).join(', ') || 'EAGAIN';
    default:
      return undefined;
  }
}

function sendmsg({ on, data, to, from, flags = [] }: Extract<Operation, { op: 'send' }>): string {
  const words = [
    quote(data),
    ...(to === undefined ? [] : [name(to)]),
    ...(from === undefined ? [] : [`from ${from.address}`]),
  ];
  return `sendmsg(${[on, ...words, ...(flags.length === 0 ? [] : [flags.join('|')])].join(', ')})`;
}

/** What was received together with a message: flags that the system set, and an error that was queued. */
function told({ flags = [], error }: Result): string {
  const offender = error?.offender === undefined ? '' : ` by ${error.offender.address}`;
  const queued = error === undefined ? '' : `, ${error.outcome} (${error.origin})${offender}`;
  return `${flags.length === 0 ? '' : ` ${flags.join('|')}`}${queued}`;
}

/** An option's value; a structure is written as strace writes it: `{on=true, seconds=5}`. */
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

/** A socket name, with the family and the length that it was given where these are not its own. */
function formed(named: SocketName & { form?: NameForm }): string {
  const { family, length, nowhere = false } = named.form ?? {};
  if (nowhere) return 'NULL';
  const as = family === undefined ? '' : `${{ inet: 'AF_INET', inet6: 'AF_INET6', unspecified: 'AF_UNSPEC' }[family]} `;
  return `${as}${name(named)}${length === undefined ? '' : `, ${length} bytes`}`;
}
