import { SERVERS } from '../../suites/programs/servers/index.ts';
import { Unavailable } from '../process/unavailable.ts';
import { Interrupted } from '../process/interrupted.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { PROGRAM_QUESTIONS, type ProgramQuestion } from '../program/program.ts';
import { changesBetweenServers } from '../programs/changes.ts';
import type { DeclaredServer } from '../programs/declaration.ts';
import { compareDocumented } from '../programs/documented.ts';
import { fetchProgram, missingFor } from '../runner/programs/layers.ts';
import { observeDeclared } from '../runner/programs/observe.ts';
import { unknown } from '../text/unknown.ts';
import { EXIT, UserError } from './exit.ts';
import { namedQuestions } from './program-questions.ts';
import { interruptible } from './interruption.ts';
import { concludePrograms, tellProgram, tellSkipped, type ServerResult } from './programs-text.ts';
import { prepareFolder } from './reports-folder.ts';
import { serverBefore, writeServer } from './servers-folder.ts';
import { isTerminal } from './output.ts';
import { complain, say, sayJson } from './terminal.ts';
import { version } from './version.ts';

export interface ProgramsOptions {
  list: boolean;
  fetch: boolean;
  ask?: string;
  jobs: number;
  /** The folder, or false for none. */
  reports: string | false;
  against?: string;
  format: 'pretty' | 'json';
}

/** `bindspec programs`. Returns the exit code. @throws UserError for what the user can mend. */
export async function programsCommand(names: readonly string[], options: ProgramsOptions): Promise<number> {
  const chosen = choose(names);
  const questions = options.ask === undefined ? PROGRAM_QUESTIONS : namedQuestions(options.ask);
  if (options.list) {
    const widest = Math.max(...chosen.map(({ name }) => name.length));
    for (const { group, name, debian, npm } of chosen) {
      say(`${name.padEnd(widest)}  ${group.padEnd(9)}  ${debian ?? npm ?? 'this machine'}`);
    }
    return EXIT.expected;
  }
  const { reports, format } = options;
  if (reports !== false && !options.fetch) prepareFolder(reports);
  const here = chosen.filter((declared) => missingFor(declared) === null);
  const [first] = chosen;
  if (here.length === 0 && first !== undefined) {
    const missing = missingFor(first);
    throw new UserError(`${first.name} can't be fetched: ${missing?.reason}; ${missing?.enable}`);
  }
  const isPretty = format === 'pretty';
  for (const declared of chosen.filter((other) => !here.includes(other))) {
    tellSkipped(declared.name, missingFor(declared)?.reason ?? '', isPretty);
  }
  if (options.fetch) return fetchAll(here, isPretty);

  const interruption = interruptible();
  const results: ServerResult[] = [];
  let failures = chosen.length - here.length;
  const left = [...here];
  const work = async () => {
    for (let declared = left.shift(); declared !== undefined && !interruption.signal.aborted; declared = left.shift()) {
      const result = await observeOne(declared, questions, options, interruption.signal);
      if (result === null) failures += 1;
      else results.push(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  interruption.end();
  if (isPretty) concludePrograms(results, failures);
  else sayJson(results);
  if (interruption.signal.aborted) return EXIT.interrupted;
  if (results.length === 0) return EXIT.harness;
  return results.some(({ changes }) => changes !== null && changes.isSameVersion && changes.lines.length > 0)
    ? EXIT.failed
    : EXIT.expected;
}

/** Observes one program; null where that was not possible, which has been said. */
async function observeOne(
  declared: DeclaredServer,
  questions: readonly ProgramQuestion[],
  { reports, against, format }: ProgramsOptions,
  signal: AbortSignal,
): Promise<ServerResult | null> {
  const isPretty = format === 'pretty';
  try {
    const record = await observeDeclared(declared, { version: version(), questions, signal, tell: progress(isPretty) });
    const folder = against ?? (reports === false ? null : reports);
    const before = folder === null ? null : serverBefore(folder, record);
    const result = {
      record,
      documented: compareDocumented(record.documented.says, record.binds),
      changes: before === null ? null : changesBetweenServers(before, record),
    };
    const file = reports === false ? null : writeServer(reports, record);
    if (isPretty) tellProgram(result, file);
    return result;
  } catch (error) {
    if (error instanceof Interrupted) return null;
    if (!(error instanceof Unavailable) && !(error instanceof HarnessError)) throw error;
    const advice = error instanceof Unavailable ? `; ${error.enable}` : '';
    tellSkipped(declared.name, `${error.message}${advice}`, isPretty);
    return null;
  }
}

/** @throws UserError where none can be fetched */
async function fetchAll(declared: readonly DeclaredServer[], isPretty: boolean): Promise<number> {
  let failures = 0;
  for (const server of declared) {
    try {
      const { packages } = await fetchProgram(server, progress(isPretty));
      const versions = Object.entries(packages).map(([name, at]) => `${name} ${at}`);
      say(`${server.name}: ${versions.join(', ') || 'this machine has it'}`);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      failures += 1;
      tellSkipped(server.name, `${error.message}; ${error.enable}`, isPretty);
    }
  }
  return failures === 0 ? EXIT.expected : EXIT.usage;
}

function progress(isPretty: boolean): (line: string) => void {
  // Only people wait for it, and only at a terminal.
  return isPretty && isTerminal('stderr') ? complain : () => undefined;
}

/** The programs that are named, by their names, groups, or globs of either; all without a name. @throws UserError */
function choose(names: readonly string[]): DeclaredServer[] {
  if (names.length === 0) return SERVERS;
  const chosen = new Set(
    names.flatMap((name) => {
      const pattern = new RegExp(`^${name.split('*').map(escaped).join('.*')}$`, 'i');
      const found = SERVERS.filter(({ name: id, group }) => pattern.test(id) || pattern.test(group));
      if (found.length > 0) return found;
      const known = SERVERS.flatMap(({ name: id, group }) => [id, group]);
      throw new UserError(unknown('program', name, new Set(known), "'bindspec programs --list' shows them all"));
    }),
  );
  return SERVERS.filter((declared) => chosen.has(declared));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`);
}
