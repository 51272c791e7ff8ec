import type {
  LateAddress,
  LocalhostClient,
  ProgramObservation,
  ProgramRecord,
  ProgramSocket,
  ProgramStart,
  ReachAttempt,
  RestartedProgram,
  SecondInstance,
  TakenPort,
} from '../record/program.ts';
import { faultsOf } from '../program/expected.ts';
import { servicePorts, socketInWords, services } from '../program/sockets.ts';
import { wrap } from '../text/wrap.ts';
import { columns, cut, paint, say } from './terminal.ts';

const WIDEST = 80;
const COLUMN = 10;
/** No one reads more at a glance; the rest is in the record. */
const MOST_LINES = 25;
const MOST_SOCKETS = 6;
const MOST_PORTS = 3;

/** Prints what was found of a program, in a few lines. */
export function tellObserved(record: ProgramRecord): void {
  const width = Math.min(columns(), WIDEST);
  const { program, observation, says, cannot, against, complete } = record;
  const { command, user, stdin, version, unit } = program;
  const head = [
    paint(
      'bold',
      cut((unit === undefined ? command.join(' ') : `${unit}: ${command.join(' ')}`).replaceAll('\n', ' '), width),
    ),
    paint('gray', cut(`as ${user}, input: ${stdin}${version === undefined ? '' : ` · ${version}`}`, width)),
  ];
  const body = [
    ...rows('sockets', socketLines(observation.first.sockets), width),
    ...rows('reached', reachLines(observation), width),
    ...rows('second', secondLines(observation.second ?? []), width),
    ...rows('restart', restartLines(observation.restart ?? []), width),
    ...rows('IPv6 off', aloneLines(observation), width),
    ...rows('taken', takenLines(observation), width),
    ...rows('late', lateLines(observation.late), width),
  ];
  const tail = [
    ...(against === undefined ? [] : againstLines(against, width)),
    ...cannot.flatMap((text) => wrap(`Not done: ${text}.`, width)).map((line) => paint('yellow', line)),
    ...(complete ? [] : [paint('yellow', 'Interrupted: not every question was answered.')]),
  ];
  const room = MOST_LINES - head.length - tail.length;
  const lines = says.flatMap((text) => wrapped(`- ${text}`, width));
  const shown = [...body.slice(0, room), ...lines];
  const left = shown.length - room;
  const kept =
    left <= 0 ? shown : [...shown.slice(0, room - 1), paint('gray', `… ${left + 1} more lines: --format json has all`)];
  for (const line of [...head, ...kept, ...tail]) say(line);
}

function rows(title: string, texts: readonly string[], width: number): string[] {
  return texts.flatMap((text, index) =>
    wrap(text, width - COLUMN).map((line, part) => {
      const head = index === 0 && part === 0 ? paint('gray', title.padEnd(COLUMN)) : ' '.repeat(COLUMN);
      return head + cut(line, width - COLUMN);
    }),
  );
}

function wrapped(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line, index) => cut(index === 0 ? line : `  ${line}`, width));
}

function socketLines(sockets: readonly ProgramSocket[]): string[] {
  const own = services(sockets);
  if (sockets.length === 0) return ['none'];
  const shown = own.slice(0, MOST_SOCKETS).map((socket) => {
    const { options, backlog, processes, users, count } = socket;
    const flags = options === undefined ? ['options not readable'] : Object.entries(options).map(optionInWords);
    const more = [...flags, ...(backlog === undefined ? [] : [`backlog ${backlog}`])];
    const who = `${processes.join(', ')} (${users.join(', ')})`;
    return `${socketInWords(socket)}${count > 1 ? ` ×${count}` : ''}  ${who}${more.length === 0 ? '' : `  ${more.join(', ')}`}`;
  });
  const count = (role: ProgramSocket['role']) => sockets.filter((socket) => socket.role === role).length;
  const chance = sockets
    .filter(({ role }) => role === 'chance')
    .map(({ protocol, address }) => `${protocol} ${address}`);
  const rest = [
    ...(own.length > MOST_SOCKETS ? [`${own.length - MOST_SOCKETS} more`] : []),
    ...(chance.length === 0 ? [] : [`${chance.length} with a port of chance (${chance.slice(0, 3).join(', ')})`]),
    ...(count('helper') === 0 ? [] : [`${count('helper')} for helpers (unix, raw)`]),
    ...(count('client') === 0 ? [] : [`${count('client')} connected`]),
  ];
  return [...shown, ...(rest.length === 0 ? [] : [`${shown.length === 0 ? '' : 'and '}${rest.join(', ')}`])];
}

function optionInWords([name, value]: readonly [string, number | string]): string {
  return value === 1 ? name : `${name}=${value}`;
}

const PLACES: Readonly<Record<string, string>> = { lan: 'LAN', lan6: 'LAN IPv6', 'link-local': 'link-local' };

function reachLines({ reach = [], localhost = [] }: ProgramObservation): string[] {
  const ports = [...new Set(reach.map(({ protocol, port }) => `${protocol} ${port}`))];
  const shown = ports.slice(0, MOST_PORTS).map((key) => {
    const own = reach.filter(({ protocol, port }) => `${protocol} ${port}` === key);
    const here = own.filter(({ from }) => from === 'machine');
    const there = own.filter(({ from }) => from === 'neighbour');
    return `${key}  machine: ${placesIn(here)}; neighbour: ${placesIn(there)}`;
  });
  const names = [...new Set(localhost.map(({ port }) => port))].slice(0, MOST_PORTS).map((port) => {
    const own = localhost.filter((one) => one.port === port);
    return `localhost:${port}  ${localhostInWords(own)}`;
  });
  return [...shown, ...(ports.length > MOST_PORTS ? [`and ${ports.length - MOST_PORTS} ports more`] : []), ...names];
}

/** Which address clients of `localhost` get to; those that are refused are named where others are not. */
function localhostInWords(clients: readonly LocalhostClient[]): string {
  const at = (client: LocalhostClient['client']) => clients.find((one) => one.client === client)?.address ?? null;
  const [all, first, inet] = [at('all in order'), at('first only'), at('IPv4 only')];
  if (all === null) return 'refused';
  const refused = [
    ...(first === null ? ['a client that tries only the first address of the name'] : []),
    ...(inet === null ? ['a client that knows IPv4 only'] : []),
  ];
  const other = inet !== null && inet !== all ? `, ${inet} for a client that knows IPv4 only` : '';
  return `${all}${other}${refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`}`;
}

function placesIn(attempts: readonly ReachAttempt[]): string {
  const reached = attempts.filter((one) => one.reached === 'yes');
  if (reached.length === 0) return [...new Set(attempts.map((one) => one.reached))].join(', ');
  const served = new Set(reached.map((one) => one.served));
  const word = (one: ReachAttempt) => (served.size > 1 ? ` (${one.served})` : '');
  const all = served.size === 1 && !served.has('open') ? ` (${reached[0]?.served})` : '';
  return `${reached.map((one) => `${PLACES[one.to] ?? one.to}${word(one)}`).join(', ')}${all}`;
}

function secondLines(seconds: readonly SecondInstance[]): string[] {
  const told = seconds.map((one) => ({ files: one.files, text: secondInWords(one) }));
  const [first, other] = told;
  if (first !== undefined && other?.text === first.text) return [`with the same files and with its own: ${first.text}`];
  return told.map(({ files, text }) => `${files === 'same' ? 'same files' : 'own files'}: ${text}`);
}

function secondInWords({ outcome, run, tried = [], ports, shared, connections, firstLost }: SecondInstance): string {
  const { start } = run;
  const what: Readonly<Record<SecondInstance['outcome'], string>> = {
    refused: `refused, ${errorInWords(start)}`,
    'refused before bind': 'refused before it tried the port',
    ended: 'exit 0 and no socket',
    silent: 'runs on without its socket',
    retries: 'tries again and again',
    'other port': `takes port ${ports.join(', ')}`,
    chance: 'takes a port of chance',
    shares: `shares ${shared.slice(0, 2).join(', ')}`,
    'other address': 'takes other addresses of the port',
  };
  const calls = tried.filter(({ error }) => error === start.error?.name).map(({ call }) => call);
  const exit = start.outcome === 'failed' ? `, ${exitInWords(start)}` : '';
  const who =
    connections === undefined || connections.first + connections.second === 0
      ? ''
      : ` (${connections.first} connections to the first, ${connections.second} to the second)`;
  const at = calls.length === 0 ? '' : ` (${calls.slice(0, 2).join(', ')})`;
  return `${what[outcome]}${at}${exit}${who}${firstLost ? '; the first one is gone' : ''}`;
}

function errorInWords({ error }: ProgramStart): string {
  if (error === undefined) return 'with no error of a bind';
  return error.certain ? error.name : `probably ${error.name}`;
}

function exitInWords({ exit, signal }: ProgramStart): string {
  return signal ?? (exit === null ? 'still running' : `exit ${exit}`);
}

function restartLines(restarts: readonly RestartedProgram[]): string[] {
  const told = restarts.map(({ clients, outcome, states, reason, lasts, run }) => {
    const kept = Object.keys(states).length === 0 ? '' : ` (with ${Object.keys(states).join(', ')} left)`;
    const long = lasts === undefined || lasts === 0 ? '' : ` for up to ${lasts} s`;
    const failure = outcome === 'failed' && run !== undefined ? `, ${exitInWords(run.start)}` : '';
    const why = reason === undefined ? '' : `: ${reason}`;
    return `${clients ? 'with clients' : 'without a client'}: ${outcome}${failure}${long}${kept}${why}`;
  });
  return told.length === 0 ? [] : [told.join('; ')];
}

function aloneLines(observation: ProgramObservation): string[] {
  const answer = observation['ipv6-off'];
  if (answer === undefined) return [];
  const { outcome, run } = answer;
  const names = services(run?.sockets ?? []).map(socketInWords);
  if (outcome === 'same') return ['the same sockets'];
  if (outcome === 'less' || outcome === 'other') return [`${names.slice(0, 4).join(', ') || 'no socket'} instead`];
  return [run === undefined ? outcome : failureInWords(outcome, run.start)];
}

/** An outcome without the sockets that there should be: `refused, EADDRINUSE, exit 1`. */
function failureInWords(outcome: string, start: ProgramStart): string {
  if (outcome === 'silent') return 'runs on without its socket';
  if (outcome === 'ended') return 'exit 0 and no socket';
  return `${outcome}, ${errorInWords(start)}, ${exitInWords(start)}`;
}

function takenLines({ taken = [], first }: ProgramObservation): string[] {
  if (taken.length === 0) return [];
  const before = new Set([...servicePorts(first.sockets), ...first.sockets.map(socketInWords)]);
  const words: Readonly<Record<TakenPort['outcome'], (sockets: readonly ProgramSocket[]) => string>> = {
    'as before': () => 'as before',
    refused: () => 'refused',
    silent: () => 'runs on without its socket',
    ended: () => 'exit 0 and no socket',
    'not tested': () => 'not tested',
    'other port': (sockets) => `port ${servicePorts(sockets).find((port) => !before.has(port)) ?? 'of chance'}`,
    'other address': (sockets) => {
      const more = services(sockets).map(socketInWords);
      return `${more
        .filter((name) => !before.has(name))
        .slice(0, 2)
        .join(', ')} instead`;
    },
    partly: () => 'its other sockets only',
  };
  const groups = new Map<string, string[]>();
  for (const { by, outcome, run, reason } of taken) {
    const text = `${words[outcome](run?.sockets ?? [])}${reason === undefined ? '' : ` (${reason})`}`;
    groups.set(text, [...(groups.get(text) ?? []), by]);
  }
  const port = taken[0]?.port;
  return [
    `${port} by another program: ${[...groups].map(([text, by]) => `${text} beside ${by.join(', ')}`).join('; ')}`,
  ];
}

function lateLines(late: LateAddress | undefined): string[] {
  if (late === undefined) return [];
  const { address, outcome, run, reached } = late;
  const failure =
    outcome === 'refused' && run !== undefined ? `, ${errorInWords(run.start)}, ${exitInWords(run.start)}` : '';
  return [
    `${address}: ${outcome}${failure}${reached === undefined ? '' : reached ? ', and is reached' : ', and is not reached'}`,
  ];
}

function againstLines(against: NonNullable<ProgramRecord['against']>, width: number): string[] {
  const faults = faultsOf(against);
  if (faults.length === 0) return [paint('green', `✓ ${against.what}`)];
  return faults
    .map((fault) => `✗ ${against.what}: ${fault}`)
    .flatMap((text) => wrapped(text, width))
    .map((line) => paint('red', line));
}
