import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { hasLateAddress, type DeclaredProgram, type ProgramQuestion } from '../../program/program.ts';
import { difference, servicePorts, services, settleRoles, socketInWords } from '../../program/sockets.ts';
import type {
  ProgramObservation,
  ProgramRecord,
  ProgramRun,
  ProgramSocket,
  ProgramStart,
  TakenPort,
} from '../../record/program.ts';
import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { Interrupted } from '../../process/interrupted.ts';
import { paced } from '../../process/pace.ts';
import { hasIPv6 } from './lan.ts';
import { canHaveTerminal } from './launch.ts';
import { onStage, type ProgramContext } from './stage.ts';
import { askReach } from './reach.ts';
import { askRestart } from './restart.ts';
import { askSecond } from './second.ts';
import { checkStageTools } from './namespaces.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { SURROUNDINGS } from './surroundings.ts';
import { openSockets } from './watch.ts';
import { askLate, askTaken, askWithoutIPv6 } from './variations.ts';

/** How many starts are at a time, unless it is said. */
const JOBS = 3;
/** How long a program may take to say its version, in milliseconds on a quiet machine. */
const VERSION = 10_000;
/** Who takes the port beforehand. */
const TAKEN: readonly TakenPort['by'][] = ['127.0.0.1', '::1', '0.0.0.0', '::'];

/** How to observe a program. */
export interface ObserveOptions {
  /** Its sockets are always looked at. */
  readonly questions: readonly ProgramQuestion[];
  /** How many of its starts are at a time; 3 unless given. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  /** Called when a question has been answered. */
  readonly progress?: (done: string) => void;
}

/** What was seen, and the conditions under which. */
export interface Observed {
  readonly observation: ProgramObservation;
  readonly surroundings: ProgramRecord['surroundings'];
  readonly cannot: readonly string[];
  readonly user: string;
  readonly stdin: ProgramRecord['program']['stdin'];
  readonly version?: string;
  /** False where it was interrupted. */
  readonly complete: boolean;
}

/**
 * Starts a program in namespaces and files of its own, several times, and looks at it from outside.
 * @throws Unavailable where namespaces can't be made here, or the preparation fails
 * @throws Interrupted before anything was seen
 */
export async function observeProgram(program: DeclaredProgram, options: ObserveOptions): Promise<Observed> {
  checkStageTools();
  const { questions, jobs = JOBS, signal, progress = () => undefined } = options;
  const { agent } = await AgentProcess.start({ command: agentCommand(), title: 'the agent of the machine', signal });
  const cannot = new Set<string>();
  const isRoot = process.getuid?.() === 0;
  const wantsTerminal = (program.stdin ?? 'terminal') === 'terminal';
  const terminal = wantsTerminal && canHaveTerminal();
  if (wantsTerminal && !terminal)
    cannot.add("it gets no terminal: 'script' is not installed (apt-get install bsdutils)");
  const context: ProgramContext = {
    program: asFarAsPossible(program, isRoot, cannot),
    agent,
    terminal,
    ...(!isRoot && program.user !== undefined ? { lowestPort: 0 } : {}),
    signal,
    note: (text) => cannot.add(text),
  };
  try {
    const first = await firstRun(context, questions.includes('reach'));
    if (!isRoot) wantRoot(program, first.first.start);
    progress('sockets');
    const observation: ProgramObservation = { ...first };
    const complete = await askRest(context, observation, options, jobs, progress);
    const version = program.version === undefined ? undefined : await versionOf(program);
    return {
      observation: withRoles(observation),
      surroundings: SURROUNDINGS,
      cannot: [...cannot],
      user: context.program.user ?? userHere(),
      stdin: terminal ? 'terminal' : program.stdin === 'open' ? 'open' : 'none',
      ...(version === undefined ? {} : { version }),
      complete,
    };
  } finally {
    await agent.end();
  }
}

/** The name of the user, or the number of one without a name. */
function userHere(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** An ordinary user can't become another one: what can be done is done, and said. */
function asFarAsPossible(program: DeclaredProgram, isRoot: boolean, cannot: Set<string>): DeclaredProgram {
  if (isRoot || program.user === undefined) return program;
  cannot.add(`only root can start it as ${program.user}; it runs as you, and may bind every port: run it with sudo`);
  const { user: _user, group: _group, groups: _groups, capabilities: _capabilities, ...rest } = program;
  return rest;
}

/**
 * What is meant for another user may not start as an ordinary one, and that says nothing of the program.
 * @throws Unavailable where it did not
 */
function wantRoot({ unit, user }: DeclaredProgram, { outcome, exit, printed }: ProgramStart): void {
  if (outcome === 'up' || (unit === undefined && user === undefined)) return;
  const how = exit === null ? 'opened no socket' : `ended with exit code ${exit}`;
  const said = printed.at(-1);
  throw new Unavailable(
    `${unit ?? `to start it as ${user}`} needs root: as an ordinary user it ${how}${said === undefined ? '' : ` (${said})`}`,
    'run it with sudo',
  );
}

async function firstRun(context: ProgramContext, wantsReach: boolean) {
  return onStage(context, async (play) => {
    const { instance, run } = await play.run();
    if (run.start.outcome === 'failed') {
      return { first: await play.explained(run), ended: false };
    }
    context.usual = {
      sockets: openSockets(play.stage.net).size,
      isService: services(run.sockets).length > 0,
      after: run.start.after ?? 0,
    };
    const sockets = await settled(context, run.sockets);
    context.own = new Set(servicePorts(sockets));
    const wants = (own: readonly ProgramSocket[]) => wantsReach && services(own).length > 0;
    const reach = wants(sockets) ? await askReach(play, instance, sockets) : null;
    if (reach?.ended === true) return { first: { ...run, sockets }, ...reach };
    // It may have opened more since.
    const { missing, extra } = difference(sockets, await play.sockets(instance));
    const now = missing.length + extra.length === 0 ? sockets : await settled(context, await play.sockets(instance));
    const late = now.filter((socket) => extra.includes(socketInWords(socket)));
    const more = wants(late) ? await askReach(play, instance, late) : null;
    return {
      first: { ...run, sockets: extra.length === 0 ? sockets : now },
      ended: more?.ended ?? false,
      ...(reach === null && more === null
        ? {}
        : {
            reach: [...(reach?.reach ?? []), ...(more?.reach ?? [])],
            localhost: [...(reach?.localhost ?? []), ...(more?.localhost ?? [])],
          }),
    };
  });
}

/**
 * The sockets with their roles, where some may have a port that the kernel chose: another start would get another port.
 */
async function settled(context: ProgramContext, sockets: readonly ProgramSocket[]): Promise<ProgramSocket[]> {
  if (!sockets.some(({ role }) => role === 'chance')) return [...sockets];
  const other = await onStage(context, async (again) => (await again.run()).run.sockets);
  return settleRoles(sockets, other);
}

/** Asks the other questions, several at a time, each on a stage of its own. Returns whether all were answered. */
async function askRest(
  context: ProgramContext,
  observation: ProgramObservation,
  { questions, signal }: ObserveOptions,
  jobs: number,
  progress: (done: string) => void,
): Promise<boolean> {
  const { first } = observation;
  const isUp = first.start.outcome === 'up';
  const wants = (question: ProgramQuestion) => questions.includes(question);
  const taken: TakenPort[] = [];
  const tasks: (() => Promise<void>)[] = [];
  const add = (question: ProgramQuestion, act: () => Promise<void>) => {
    if (wants(question)) tasks.push(act);
  };
  if (isUp) {
    add('second', async () => {
      observation.second = await onStage(context, (play) => askSecond(play, context));
      progress('second');
    });
    add('restart', async () => {
      observation.restart = await onStage(context, askRestart);
      progress('restart');
    });
    if (hasIPv6()) {
      add('ipv6-off', async () => {
        observation['ipv6-off'] = await askWithoutIPv6(context, first);
        progress('ipv6-off');
      });
    }
    for (const by of TAKEN.filter((address) => hasIPv6() || !address.includes(':'))) {
      add('taken', async () => {
        const answer = await askTaken(context, first, by);
        if (answer !== null) taken.push(answer);
      });
    }
  }
  if (hasLateAddress(context.program)) {
    add('late', async () => {
      observation.late = await askLate(context);
      progress('late');
    });
  }
  const complete = await inTurns(tasks, jobs, signal);
  if (taken.length > 0) {
    observation.taken = taken.toSorted((one, other) => TAKEN.indexOf(one.by) - TAKEN.indexOf(other.by));
  }
  return complete;
}

/** Does tasks so many at a time. Returns false where an interruption kept it from all of them. @throws what a task throws */
async function inTurns(tasks: (() => Promise<void>)[], jobs: number, signal: AbortSignal): Promise<boolean> {
  let complete = true;
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      try {
        if (signal.aborted) throw new Interrupted();
        await task();
      } catch (error) {
        if (!(error instanceof Interrupted)) {
          tasks.length = 0;
          throw error;
        }
        complete = false;
      }
    }
  };
  const workers = Array.from({ length: jobs }, work);
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return complete;
}

/** A port of chance that two starts have in common was not chosen by the kernel. */
function withRoles(observation: ProgramObservation): ProgramObservation {
  const other = [
    ...(observation.restart ?? []).flatMap(({ run }) => run ?? []),
    ...(observation.taken ?? []).flatMap(({ run }) => run ?? []),
    ...(observation['ipv6-off']?.run === undefined ? [] : [observation['ipv6-off'].run]),
  ].flatMap((run: ProgramRun) => run.sockets);
  const { first } = observation;
  return { ...observation, first: { ...first, sockets: settleRoles(first.sockets, other) } };
}

/** The first line with a digit that the command for it prints, in the machine's own files: it starts nothing that stays. */
async function versionOf({ version = [] }: DeclaredProgram): Promise<string | undefined> {
  const [file = '', ...words] = version;
  const output = new Promise<string>((resolve) => {
    const child = execFile(file, words, { timeout: paced(VERSION), killSignal: 'SIGKILL' }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
    child.stdin?.end();
  });
  const text = await Promise.race([output, after(paced(VERSION) + 1000, '', { ref: false })]);
  return text
    .split('\n')
    .find((line) => /\d/.test(line))
    ?.trim()
    .slice(0, 100);
}
