import os from 'node:os';
import path from 'node:path';
import { readGivenText, UnreadableFile } from '../files/given-file.ts';
import { isFolder } from '../files/is-folder.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { isProgram, onPath } from '../lab/programs.ts';
import { Unavailable } from '../process/unavailable.ts';
import { againstList, againstPlace, BadExpectation, readExpected, type Against } from '../program/expected.ts';
import { hasLateAddress, PROGRAM_QUESTIONS, type DeclaredProgram, type ProgramQuestion } from '../program/program.ts';
import { sentencesOf } from '../program/sentences.ts';
import { BadUnit } from '../program/unit.ts';
import { PROGRAM_VERSION, type ProgramRecord } from '../record/program.ts';
import { observeProgram, type Observed } from '../runner/program/observe.ts';
import { readUnit } from '../runner/program/read-unit.ts';
import { EXIT, UserError } from './exit.ts';
import { namedQuestions } from './program-questions.ts';
import { interruptible } from './interruption.ts';
import { tellObserved } from './program-text.ts';
import { prepareFolder } from './reports-folder.ts';
import { complain, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeTogether, type Files } from './write-together.ts';

export interface ProgramOptions {
  unit?: string;
  ask?: string;
  only?: 'loopback' | 'lan';
  expect?: string;
  user?: string;
  env: string[];
  cwd?: string;
  stdin?: 'terminal' | 'none' | 'open';
  prepare: string[];
  limit?: number;
  settle?: number;
  jobs?: number;
  /** The folder of the reports; none are written without it. */
  reports?: string;
  format: 'pretty' | 'json';
}

/** `bindspec program`. Returns the exit code. @throws UserError for what the user can mend */
export async function programCommand(words: readonly string[], options: ProgramOptions): Promise<number> {
  const program = programOf(words, options);
  const questions = questionsOf(options.ask, program);
  const held = expectationOf(options);
  if (options.reports !== undefined) prepareFolder(options.reports);
  // What writes reports is loaded before anything is started.
  const files = options.reports === undefined ? null : (await import('./program-reports.ts')).programFiles;
  const started = new Date();
  const interruption = interruptible();
  const observed = await observe(program, questions, options, interruption.signal);
  interruption.end();
  const record = recordOf(program, questions, observed, started, held);
  if (options.reports !== undefined && files !== null) write(options.reports, files(record));
  if (options.format === 'json') sayJson(record, 1);
  else tellObserved(record);
  if (!record.complete) return EXIT.interrupted;
  const { against } = record;
  return against !== undefined && against.missing.length + against.extra.length > 0 ? EXIT.failed : EXIT.expected;
}

async function observe(
  program: DeclaredProgram,
  questions: readonly ProgramQuestion[],
  { jobs }: ProgramOptions,
  signal: AbortSignal,
): Promise<Observed> {
  try {
    return await observeProgram(program, { questions, signal, ...(jobs === undefined ? {} : { jobs }) });
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}

function programOf(words: readonly string[], options: ProgramOptions): DeclaredProgram {
  const { unit, user, cwd, stdin, prepare, limit, settle } = options;
  if (unit === undefined && words.length === 0) {
    throw new UserError(
      "no program is named: write it after --, for example 'bindspec program -- python3 -m http.server'",
    );
  }
  if (unit !== undefined && words.length > 0) {
    throw new UserError('a unit has its own command: name a unit with --unit, or a command after --, not both');
  }
  if (unit === undefined && words[0] === '') throw new UserError("the command after -- has no name: ''");
  const base = unit === undefined ? { command: words } : unitNamed(unit);
  const folder = cwd === undefined ? undefined : folderNamed(cwd);
  if (unit === undefined && prepare.length === 0) checkProgram(words[0] ?? '', folder ?? process.cwd());
  return {
    ...base,
    ...(user === undefined ? {} : { user: userNamed(user) }),
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(stdin === undefined ? {} : { stdin }),
    ready: {
      ...base.ready,
      ...(limit === undefined ? {} : { limit }),
      ...(settle === undefined ? {} : { settle }),
    },
    ...(options.env.length === 0 ? {} : { env: { ...base.env, ...Object.fromEntries(options.env.map(variable)) } }),
    ...(prepare.length === 0 ? {} : { prepare: [...(base.prepare ?? []), ...prepare] }),
  };
}

/** A line of preparation may make the file; without one it has to be there. */
function checkProgram(name: string, folder: string): void {
  if (name.includes('/') ? isProgram(path.resolve(folder, name)) : onPath(name)) return;
  const where = name.includes('/') ? 'it is not there, or may not be executed' : 'it is not on PATH';
  throw new UserError(`there is no program '${name}': ${where}; correct its name, or install it`);
}

function unitNamed(name: string): DeclaredProgram {
  try {
    return readUnit(name);
  } catch (error) {
    if (error instanceof BadUnit) throw new UserError(error.message);
    throw error;
  }
}

function userNamed(name: string): string {
  if (/^[\w.][\w.$-]*$/.test(name)) return name;
  throw new UserError(`--user must be the name or number of a user, not '${name}'`);
}

function folderNamed(folder: string): string {
  const full = path.resolve(folder);
  if (isFolder(full)) return full;
  throw new UserError(`--cwd '${folder}' is not a folder: name one that is there`);
}

/** `NAME=VALUE`, or the name of a variable of bindspec's own environment. */
function variable(text: string): [string, string] {
  const [, name = '', value] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  const own = value ?? process.env[name];
  if (name === '') throw new UserError(`--env '${text}' must be NAME=VALUE, or the name of a variable`);
  if (own === undefined) throw new UserError(`--env ${name}: there is no such variable; write ${name}=VALUE`);
  return [name, own];
}

function questionsOf(text: string | undefined, program: DeclaredProgram): ProgramQuestion[] {
  const hasLate = hasLateAddress(program);
  if (text === undefined) return PROGRAM_QUESTIONS.filter((one) => one !== 'late' || hasLate);
  const questions = namedQuestions(text);
  if (questions.includes('late') && !hasLate) {
    throw new UserError("the question 'late' needs {address} in the command, where the address of the program goes");
  }
  return questions;
}

type Held = (record: Observed) => Against | undefined;

function expectationOf({ only, expect }: ProgramOptions): Held {
  if (only !== undefined && expect !== undefined) {
    throw new UserError('--only and --expect are two ways to say what is expected: use one of them');
  }
  if (only !== undefined) return ({ observation }) => againstPlace(observation.first.sockets, only);
  if (expect === undefined) return () => undefined;
  try {
    const text = readGivenText(expect, { what: 'a list of sockets', most: 1, advice: 'name a list of sockets' });
    const list = readExpected(text);
    return ({ observation }) => againstList(observation.first.sockets, list, expect);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UserError(error.message);
    if (error instanceof BadExpectation) throw new UserError(`${expect}: ${error.message}`);
    throw error;
  }
}

function write(folder: string, files: Files): void {
  try {
    writeTogether(folder, files);
  } catch (error) {
    complain(`bindspec: the reports can't be written into '${folder}': ${(error as Error).message}`);
    process.exitCode = EXIT.harness;
  }
}

function recordOf(
  program: DeclaredProgram,
  asked: readonly ProgramQuestion[],
  observed: Observed,
  started: Date,
  held: Held,
): ProgramRecord {
  const against = held(observed);
  const { observation, surroundings, cannot, user, stdin, complete } = observed;
  return {
    schema: PROGRAM_VERSION,
    kind: 'program',
    bindspec: version(),
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    complete,
    system: { release: os.release(), architecture: process.arch, root: process.getuid?.() === 0 },
    program: {
      name: program.unit ?? path.basename(program.command[0] ?? ''),
      ...(observed.version === undefined ? {} : { version: observed.version }),
      command: [...program.command],
      ...(program.unit === undefined ? {} : { unit: program.unit }),
      user,
      stdin,
    },
    surroundings,
    asked: [...asked],
    cannot: [...cannot],
    observation,
    says: sentencesOf(observation),
    ...(against === undefined ? {} : { against }),
  };
}
