import path from 'node:path';
import type { Command } from 'commander';
import { BadRecord, readAny, type AnyRecord } from '../load/read.ts';
import { type GuestResult, type Stack } from '../stack/stack.ts';
import { EXIT, UserError } from './exit.ts';
import {
  matrixForGithub,
  receiversForGithub,
  runForGithub,
  tellGithub,
  triplesForGithub,
  type ForGithub,
} from './github.ts';
import { interruptible } from './interruption.ts';
import { knownText } from './known-file.ts';
import { print, printError } from './output.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { prepareFolder } from './reports-folder.ts';
import { knownStack, stackToUse } from './stack-of.ts';
import { complain } from './terminal.ts';
import { writeExploration, writeMatrix, writeReceivers, writeRun, writeTriples } from './write-reports.ts';
import { Unavailable } from '../process/unavailable.ts';

/** The options that say where a command runs and leaves its reports. */
interface Where {
  stack: string;
  /** The folder, or false for none. */
  reports: string | false;
  /** Whether to annotate in GitHub Actions; only some commands have this. */
  annotations?: boolean;
}

/** Where reports and files are on a machine of its own. */
const GUEST_REPORTS = '/tmp/reports';
const GUEST_FILES = '/tmp/files';
/** The options that are for this machine alone. */
const HERE: ReadonlySet<string> = new Set(['stack', 'reports', 'annotations']);
/** The options whose value is a file, and what reads it. */
const FILES: Readonly<Record<string, (file: string) => string>> = { known: knownText };

/**
 * Does a command in the stack that its `--stack` names: here, with agents inside the stack, or on a machine of its own,
 * with the same command line, its output passed through, and its reports brought back. Returns the exit code.
 * @param check looks at the command line without running anything. @throws UserError for a command line that is wrong,
 * and after that when the stack is not available, or its machine ends before the command does.
 */
export async function inStack(
  command: Command,
  here: () => Promise<number>,
  check: () => Promise<unknown>,
): Promise<number> {
  const options = command.opts<Where>();
  const { inside } = await knownStack(options.stack);
  // Here the command looks at its own line first, and at the stack when it opens the lab.
  if (inside.kind === 'lab') return here();
  await check();
  return onItsOwn(inside, options.stack, command, options);
}

async function onItsOwn(
  machine: Extract<Stack['inside'], { kind: 'machine' }>,
  name: string,
  command: Command,
  { reports, annotations }: Where,
): Promise<number> {
  const { argv, files } = commandLine(command, reports !== false);
  if (reports !== false) prepareFolder(reports);
  const stack = await stackToUse(name);
  const { signal, end } = interruptible();
  let result: GuestResult;
  let isWritten = true;
  try {
    result = await machine.run({
      argv,
      files,
      reports: GUEST_REPORTS,
      signal,
      print: (chunk, to) => (to === 'stdout' ? print(chunk) : printError(chunk)),
    });
    if (reports !== false) isWritten = await bringBack(result, reports, stack);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    throw new UserError(`${error.message}; ${error.enable}`, EXIT.harness);
  } finally {
    end();
  }
  // The machine knows nothing of the job that it is started in.
  if (annotations === true) tellGithub(() => guestForGithub(result));
  if (!isWritten) return EXIT.harness;
  return signal.aborted ? EXIT.interrupted : result.exitCode;
}

/**
 * Writes what the guest recorded into the folder of reports, as a run here would, with all that is made of it. Nothing
 * but records is taken over. Returns whether all of it could be written.
 * @throws UserError for a record that is none.
 */
async function bringBack(result: GuestResult, folder: string, stack: Stack): Promise<boolean> {
  let isWhole = true;
  for (const [file, content] of result.reports) {
    if (!isRecord(file)) continue;
    const placed = await write(folder, readBack(file, content, stack));
    for (const written of placed.files) complain(`bindspec: written by ${stack.name}: ${written}`);
    tellPlaced(placed, false);
    if (placed.failure !== undefined) isWhole = false;
  }
  return isWhole;
}

function isRecord(file: string): boolean {
  return /^[^/]+\/(?:record|matrix|triples|receivers|explore|explore-receivers)\.json$/.test(file);
}

function readBack(file: string, content: Buffer, stack: Stack): AnyRecord {
  try {
    return readAny(content.toString(), file);
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    throw new UserError(`${stack.name} returned something that is not a record: ${error.message}`, EXIT.harness);
  }
}

async function write(folder: string, read: AnyRecord): Promise<PlacedRecord> {
  if (read.kind === 'run') return writeRun(folder, read.record);
  if (read.kind === 'matrix') return writeMatrix(folder, read.record);
  if (read.kind === 'triples') return writeTriples(folder, read.record);
  if (read.kind === 'receivers') return writeReceivers(folder, read.record);
  return read.kind === 'exploration' ? writeExploration(folder, read.record) : { files: [] };
}

/** What GitHub is to know of the reports of a guest. @throws BadRecord for a record that is none. */
function guestForGithub({ reports }: GuestResult): ForGithub {
  const all: ForGithub = { annotations: [], page: '' };
  for (const [file, content] of reports) {
    if (!isRecord(file)) continue;
    const read = readAny(content.toString(), file);
    const told = toldOf(read);
    all.annotations.push(...(told?.annotations ?? []));
    all.page += told?.page ?? '';
  }
  return all;
}

function toldOf(read: AnyRecord): ForGithub | null {
  if (read.kind === 'run') return runForGithub(read.record);
  if (read.kind === 'matrix') return matrixForGithub(read.record);
  if (read.kind === 'receivers') return receiversForGithub(read.record);
  return read.kind === 'triples' ? triplesForGithub(read.record) : null;
}

/** The command line as it was given, without the stack, and with files and reports where the guest has them. */
function commandLine(command: Command, reports: boolean): { argv: string[]; files: Record<string, string> } {
  const argv = [command.name()];
  const files: Record<string, string> = {};
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (command.getOptionValueSource(name) !== 'cli' || HERE.has(name)) continue;
    const readFile = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (option.isBoolean()) argv.push(option.long ?? '');
    else if (readFile !== undefined) {
      const file = `${GUEST_FILES}/${path.basename(String(value))}`;
      files[file] = readFile(String(value));
      argv.push(`${option.long}=${file}`);
    } else argv.push(`${option.long}=${String(value)}`);
  }
  argv.push(reports ? `--reports=${GUEST_REPORTS}` : '--no-reports');
  return { argv: [...argv, '--', ...command.args], files };
}
