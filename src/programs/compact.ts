import type { ProgramObservation, ProgramRun, ProgramSocket, ReachAttempt, SecondInstance } from '../record/program.ts';
import type { ServerRecord } from '../record/server.ts';
import { socketLine } from './sockets.ts';

/** The first port that the kernel chooses, with its usual settings. */
const LOWEST_CHANCE = 32_768;

type Outcomes = Pick<
  ServerRecord,
  'start' | 'binds' | 'others' | 'users' | 'ended' | 'reach' | 'second' | 'restart' | 'ipv6off' | 'taken' | 'late'
>;

/** What was seen of a program, in the few words of its record in the table. What changes from run to run is left out. */
export function serverOutcomes(observation: ProgramObservation): Outcomes {
  const { first, reach = [], second = [], restart = [], taken = [], late } = observation;
  const service = first.sockets.filter(({ role, scope }) => role === 'service' && scope !== 'local');
  const rest = first.sockets.filter(({ role, scope }) => role !== 'service' && scope !== 'local');
  const secondOf = (files: SecondInstance['files']) => second.find((one) => one.files === files);
  const [same, own] = [secondOf('same'), secondOf('own')];
  const withClients = restart.find(({ clients }) => clients);
  const off = observation['ipv6-off'];
  return {
    start: startOf(first),
    binds: unique(service.map(socketLine)),
    others: unique(rest.map((one) => `${one.role} ${socketLine(withoutChance(one))}`)),
    users: unique(service.flatMap(({ users }) => users)),
    ended: observation.ended,
    reach: reachOf(reach),
    second: {
      ...(same === undefined ? {} : { same: wordsOfSecond(same) }),
      ...(own === undefined ? {} : { own: wordsOfSecond(own) }),
    },
    ...(withClients === undefined ? {} : { restart: withRun(withClients.outcome, withClients) }),
    ...(off === undefined ? {} : { ipv6off: withRun(off.outcome, off, ['less', 'other']) }),
    taken: Object.fromEntries(taken.map((one) => [one.by, withRun(one.outcome, one)])),
    ...(late === undefined ? {} : { late: withRun(late.outcome, late) }),
  };
}

/** A socket without the ports that the kernel chose: its own, and that of a helper that it is connected to. */
function withoutChance({ peer, ...socket }: ProgramSocket): ProgramSocket {
  const [, address, port] = /^(.*):(\d+)$/.exec(peer ?? '') ?? [];
  const to = Number(port) >= LOWEST_CHANCE ? address : peer;
  return { ...socket, port: null, ...(to === undefined ? {} : { peer: to }) };
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)].toSorted();
}

/** How a start ended: `up`, or `failed, exit 1, EADDRINUSE`. */
function startOf({ start }: ProgramRun): string {
  const { outcome, exit, signal, error } = start;
  if (outcome === 'up' || outcome === 'silent') return outcome;
  const how = signal === undefined ? (exit === null ? [] : [`exit ${exit}`]) : [signal];
  return [outcome, ...how, ...(error === undefined ? [] : [error.name])].join(', ');
}

function wordsOfSecond({ outcome, run, ports, tried = [], firstLost }: SecondInstance): string {
  const { exit, error } = run.start;
  const name = error?.name ?? tried.at(-1)?.error;
  const words: string[] = [outcome === 'other port' && ports.length > 0 ? `port ${ports.join(', ')}` : outcome];
  if (outcome === 'refused' || outcome === 'retries') {
    if (name !== undefined) words.push(name);
  }
  if (exit !== null && !['shares', 'other port', 'chance', 'other address'].includes(outcome))
    words.push(`exit ${exit}`);
  if (firstLost) words.push('the first one loses');
  return words.join(', ');
}

/** An outcome with what says more of it: the reason that it was not tested, an exit, or what is bound instead. */
function withRun(
  outcome: string,
  { run, reason }: { run?: ProgramRun; reason?: string },
  different: readonly string[] = [],
): string {
  if (outcome === 'not tested') return reason === undefined ? outcome : `${outcome}: ${reason}`;
  if (run === undefined) return outcome;
  if (different.includes(outcome)) {
    const binds = run.sockets.filter(({ role, scope }) => role === 'service' && scope !== 'local').map(socketLine);
    return `${outcome}: ${unique(binds).join('; ') || 'nothing'}`;
  }
  const { exit, error } = run.start;
  const how = run.start.outcome === 'failed' ? [error?.name, exit === null ? undefined : `exit ${exit}`] : [];
  return [outcome, ...how.filter((word) => word !== undefined && word !== outcome)].join(', ');
}

function reachOf(attempts: readonly ReachAttempt[]): ServerRecord['reach'] {
  const found: ServerRecord['reach'] = {};
  for (const { protocol, port, from, to, reached, served } of attempts) {
    const at = (found[`${protocol} ${port}`] ??= { machine: [], neighbour: [] });
    const isReached = reached === 'yes' || (reached === 'silence' && served === 'queued');
    if (!isReached || to === 'localhost') continue;
    if (!at[from].includes(to)) at[from].push(to);
    if (served === 'closed' || served === 'reset') at.closed = [...(at.closed ?? []), `${from} ${to}`];
  }
  return found;
}
