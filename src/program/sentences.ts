import type { ProgramObservation, ProgramStart, ReachAttempt, SecondInstance } from '../record/program.ts';
import { bracketed, socketInWords, services } from './sockets.ts';

/** The first port that everyone may bind in a new network namespace. */
const PRIVILEGED = 1024;
/** How many ports a sentence names. */
const MOST_NAMED = 6;

/** What is worth knowing of a program, the most surprising first; each a sentence. */
export function sentencesOf(observation: ProgramObservation): string[] {
  const { start } = observation.first;
  if (start.outcome !== 'up') return [howItFailed(start)];
  return [
    ...aboutAddresses(observation),
    ...aboutUrls(observation),
    ...aboutSecond(observation),
    ...aboutRestart(observation),
    ...aboutIPv6(observation),
    ...aboutTaken(observation),
    ...aboutLate(observation),
    ...aboutItself(observation),
  ];
}

/** How a start without a socket ended. */
function howItFailed({ outcome, exit, signal, error, printed, after }: ProgramStart): string {
  const said = error?.text ?? printed.at(-1);
  const quote = said === undefined ? 'and printed nothing' : `and said: ${said}`;
  if (outcome === 'missing') return `It could not be started: ${said ?? 'there is no such program'}.`;
  if (outcome === 'silent') return `It runs, and opened no internet socket, ${quote}.`;
  if (outcome === 'ended') {
    return after === undefined
      ? `It ended with exit code 0 and no socket, ${quote}.`
      : `It had a socket for a moment, and ended with exit code 0, ${quote}.`;
  }
  const ended = `it ended ${signal === undefined ? `with exit code ${exit}` : `by ${signal}`}`;
  const why =
    error?.call === undefined ? '' : `${error.call} returned ${error.name}${remedy(error.call, error.name)}; `;
  return `It does not start: ${why}${ended}, ${quote}.`;
}

/** What there is to do about a call that failed where there is nothing else on the port. */
function remedy(call: string, name: string): string {
  const port = Number(/\d+$/.exec(call)?.[0]);
  if (name === 'EACCES' && port < PRIVILEGED) return ' (a port below 1024 needs root or CAP_NET_BIND_SERVICE)';
  if (name === 'EADDRNOTAVAIL')
    return ' (it has a network of its own; {address} in the command stands for an address of it)';
  return '';
}

function ofPort(reach: readonly ReachAttempt[], protocol: string, port: number) {
  const own = reach.filter((one) => one.protocol === protocol && one.port === port);
  const at = (from: ReachAttempt['from'], to: string) =>
    own.find((one) => one.from === from && one.to === to)?.reached === 'yes';
  return { own, at };
}

function portsIn(reach: readonly ReachAttempt[]): { protocol: ReachAttempt['protocol']; port: number }[] {
  const keys = [...new Set(reach.map(({ protocol, port }) => `${protocol} ${port}`))];
  return keys.map((key) => {
    const [protocol = '', port = ''] = key.split(' ');
    return { protocol: protocol as ReachAttempt['protocol'], port: Number(port) };
  });
}

function aboutAddresses({ reach = [], ended, first }: ProgramObservation): string[] {
  const open: string[] = [];
  const lines: string[] = [];
  for (const { protocol, port } of portsIn(reach)) {
    const { own, at } = ofPort(reach, protocol, port);
    const fromLan = own.filter(({ from, reached }) => from === 'neighbour' && reached === 'yes');
    if (fromLan.length > 0) {
      const isShut = fromLan.every(({ served }) => served === 'closed' || served === 'reset');
      if (isShut && !ended)
        lines.push(`It accepts connections from the LAN to ${protocol} ${port}, and closes them at once.`);
      else open.push(`${protocol} ${port}`);
    }
    if (protocol !== 'tcp') continue;
    const [inet, inet6] = [at('machine', '127.0.0.1'), at('machine', '::1')];
    if (inet6 && !inet)
      lines.push(`http://127.0.0.1:${port} is refused: it listens on IPv6 only${loopbackOnly(first, port)}.`);
    if (!inet && !inet6 && fromLan.length > 0)
      lines.push(`localhost:${port} is refused: it is reached by the LAN's addresses only.`);
  }
  const all = reach.length > 0 && open.length === 0 && lines.length === 0;
  return [
    ...(open.length === 0 ? [] : [`Anyone on the LAN reaches ${inList(open)}.`]),
    ...(all && reach.some(({ reached }) => reached === 'yes') ? ['Only this machine reaches it.'] : []),
    ...lines,
    ...(ended ? ['It serves one connection and ends.'] : []),
  ];
}

/** The first of a list, and how many there are more. */
function inList(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function loopbackOnly({ sockets }: ProgramObservation['first'], port: number): string {
  const own = services(sockets).filter((socket) => socket.port === port);
  return own.length > 0 && own.every(({ address }) => address === '::1') ? ', on ::1' : '';
}

function aboutUrls({ first, reach = [] }: ProgramObservation): string[] {
  const ports = new Set(
    first.sockets.flatMap(({ port, protocol }) => (protocol === 'tcp' && port !== null ? [port] : [])),
  );
  return first.start.urls.flatMap((url) => {
    const [, host = '', port] = /^\w+:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(url) ?? [];
    const number = Number(port ?? (url.startsWith('https:') ? 443 : 80));
    if (isOwnHost(host) && !ports.has(number) && ports.size > 0) {
      return [`It prints ${url}, and has no socket on port ${number}.`];
    }
    const refused = reach.some(
      ({ from, address, port: at, reached }) =>
        from === 'machine' && at === number && bracketed(address) === host && reached === 'refused',
    );
    return refused ? [`It prints ${url}, which is refused.`] : [];
  });
}

/** Whether a URL that a program prints is of the machine itself, and not for example that of its documents. */
function isOwnHost(host: string): boolean {
  return /^(?:localhost|127\.|\[::1?\]|0\.0\.0\.0|192\.168\.5\.)/.test(host);
}

function aboutSecond({ second = [] }: ProgramObservation): string[] {
  const own = second.find(({ files }) => files === 'own');
  const same = second.find(({ files }) => files === 'same');
  const lines = [...new Set([same, own].flatMap((one) => (one === undefined ? [] : secondSentence(one))))];
  if (
    same !== undefined &&
    own !== undefined &&
    same.outcome === 'refused before bind' &&
    own.outcome !== same.outcome
  ) {
    lines.unshift('A second instance is kept away by its files, not by the port.');
  }
  return lines;
}

function secondSentence({ outcome, run, ports, connections, firstLost, shared }: SecondInstance): string[] {
  const lines: string[] = [];
  if (outcome === 'shares') {
    const isQuiet = run.start.error === undefined;
    const who =
      connections === undefined || connections.first + connections.second === 0
        ? connections === undefined
          ? ''
          : ', and closes connections too soon to tell which of the two got them'
        : connections.second === 0
          ? ', and the first one gets the connections'
          : connections.first === 0
            ? ', and the second one gets the connections'
            : `, and each gets a part of the connections`;
    lines.push(`A second instance shares ${shared[0] ?? 'the port'}${isQuiet ? ' silently' : ''}${who}.`);
  }
  if (outcome === 'ended') lines.push('A second instance ends with exit code 0, and has no socket.');
  if (outcome === 'silent') lines.push('A second instance runs on without its socket.');
  if (outcome === 'other port') lines.push(`A second instance moves to port ${ports[0]}.`);
  if (outcome === 'retries') lines.push('A second instance keeps trying for the port.');
  if (firstLost) lines.push('A second instance takes the first one down.');
  const url = run.start.urls.find((one) => isOwnHost(/^\w+:\/\/([^/]*)/.exec(one)?.[1] ?? ''));
  if (
    outcome !== 'other port' &&
    run.start.outcome !== 'up' &&
    url !== undefined &&
    run.start.error?.text === undefined
  ) {
    lines.push(`A second instance prints ${url}, though it does not listen.`);
  }
  return lines;
}

function aboutRestart({ restart = [] }: ProgramObservation): string[] {
  return restart.flatMap(({ clients, outcome, lasts, run }) => {
    if (outcome === 'at once' || outcome === 'not tested') return [];
    const when = clients ? 'Killed with clients connected' : 'Killed without any client';
    if (outcome === 'EADDRINUSE') {
      const long = lasts === undefined || lasts === 0 ? '' : ` for up to ${lasts} s`;
      return [`${when}, it does not start again${clients ? long : ''}: EADDRINUSE.`];
    }
    if (outcome === 'other port') return [`${when}, it starts again on another port.`];
    if (outcome === 'other address') return [`${when}, it starts again on another address of its port.`];
    if (outcome === 'partly') return [`${when}, it starts again with fewer sockets.`];
    return [`${when}, it does not start again: ${run === undefined ? 'no socket' : inShort(run.start)}.`];
  });
}

function inShort({ exit, signal, error, printed }: ProgramStart): string {
  if (error !== undefined) return error.name;
  if (signal !== undefined) return signal;
  return exit === null ? 'it has no socket' : `exit code ${exit}${printed.length === 0 ? '' : `, ${printed.at(-1)}`}`;
}

function aboutIPv6(observation: ProgramObservation): string[] {
  const answer = observation['ipv6-off'];
  if (answer === undefined) return [];
  if (answer.outcome === 'refused' || answer.outcome === 'ended' || answer.outcome === 'silent') {
    return [`Where IPv6 is off it does not listen: ${answer.run === undefined ? '' : inShort(answer.run.start)}.`];
  }
  return [];
}

function aboutTaken({ taken = [], reach = [] }: ProgramObservation): string[] {
  return taken.flatMap(({ by, port, outcome }) => {
    if (outcome !== 'as before' || by === '0.0.0.0' || by === '::') return [];
    const { at } = ofPort(reach, 'tcp', port);
    const other = by === '::1' ? '127.0.0.1' : '::1';
    // It matters where clients of localhost would get to the other program, or what was reached no longer is.
    if (at('machine', by))
      return [`It starts beside a program that has ${bracketed(by)}:${port}, which gets what is sent there.`];
    return at('machine', other)
      ? [`A program on ${bracketed(by)}:${port} does not keep it from starting: localhost leads to either.`]
      : [];
  });
}

function aboutLate({ late }: ProgramObservation): string[] {
  if (late === undefined) return [];
  if (late.outcome === 'refused' || late.outcome === 'ended') {
    return [`It does not start before its address is there: ${late.run === undefined ? '' : inShort(late.run.start)}.`];
  }
  if (late.outcome === 'comes') return ['It starts before its address is there, and binds it when it comes.'];
  if (late.outcome === 'others only') return ['It starts without its address, and does not bind it when it comes.'];
  return late.outcome === 'silent' ? ['It runs without its address, and does not bind it when it comes.'] : [];
}

function aboutItself({ first: { start, sockets } }: ProgramObservation): string[] {
  const open = services(sockets);
  const given = open.find(({ creator, users }) => users.length > 0 && !users.includes(creator));
  return [
    ...(start.daemon ? ['The process that was started ends, and others stay.'] : []),
    ...(given === undefined
      ? []
      : [`${socketInWords(given)} was made by ${given.creator} and is held by ${given.users.join(', ')}.`]),
    ...(open.length === 0 ? ['It listens on no port of its own choice.'] : []),
  ];
}
