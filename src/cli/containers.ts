import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { atSocket, CONFIGURATIONS, ofGeneration, type Configuration } from '../containers/configurations.ts';
import { runContainers } from '../runner/containers/run.ts';
import { ENGINES, STARTED_ENGINES, type EngineName, type StartedEngine } from '../engine/names.ts';
import { generationFolder, prepareGeneration } from '../engine/generation.ts';
import { engineMissing } from '../engine/host/engine-host.ts';
import { engineAt } from '../engine/host/joined.ts';
import { idMatcher } from '../experiment/selection.ts';
import type { ContainersRecord } from '../record/containers.ts';
import { BadRecord, readContainers } from '../load/read.ts';
import { unknown } from '../text/unknown.ts';
import { changesBetween, groupChanges } from '../containers/changes.ts';
import { deviates, parseKnownVerdicts, withKnown, type KnownVerdict } from '../containers/known.ts';
import { ContainersProgress } from './containers-progress.ts';
import { concludeContainers } from './containers-conclusion.ts';
import { EXIT, UserError } from './exit.ts';
import { knownFrom } from './known-file.ts';
import { containersForGithub, tellGithub } from './github.ts';
import { interruptible } from './interruption.ts';
import { recordText } from './record-file.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { complain, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeContainers } from './write-reports.ts';
import { Unavailable } from '../process/unavailable.ts';

export interface ContainersOptions {
  engine: string[];
  jobs?: number;
  known?: string;
  list: boolean;
  prepare?: string;
  /** The folder, or false for none. */
  reports: string | false;
  /** Whether to annotate in GitHub Actions what is exposed, broken or changed. */
  annotations: boolean;
  format: 'pretty' | 'json';
}

const RECORD = 'containers.json';

/** `bindspec containers`. Returns the exit code. @throws UserError for what the user can mend. */
export async function containersCommand(selectors: string[], options: ContainersOptions): Promise<number> {
  if (options.prepare !== undefined) {
    await prepare(options.prepare);
    return EXIT.expected;
  }
  // A mistake in the command line is reported before what this machine lacks.
  const engines = options.engine.map(named);
  const meant = meantBy(selectors, engines);
  const knownList = knownFrom(options.known, parseKnownVerdicts);
  if (options.list) {
    const configurations = startable(meant, engines);
    const widest = Math.max(...configurations.map(({ id }) => id.length));
    for (const { id, title } of configurations) say(`${id.padEnd(widest)}  ${title}`);
    return EXIT.expected;
  }
  const { reports } = options;
  const jobs = options.jobs ?? Math.min(2, os.availableParallelism());
  wantRoom(jobs, 'labs');
  if (reports !== false) prepareFolder(reports);
  const configurations = startable(meant, engines);
  await wantAnswers(engines);

  const interruption = interruptible();
  const pretty = options.format === 'pretty';
  const progress = new ContainersProgress(configurations, version(), pretty);
  const { records, rest } = await run(
    configurations,
    { version: version(), jobs, signal: interruption.signal },
    progress,
  );
  progress.end();

  const judged = records.map((record) => {
    const { stale, ...verdicts } = withKnown(record, knownList(record.engine.id));
    const last = reports === false ? null : lastOf(reports, record.engine.id);
    const merged = { ...record, ...verdicts };
    const changes = last === null ? [] : groupChanges(changesBetween(last, merged).changes);
    return { record: merged, stale, changes, last };
  });
  const placed: PlacedRecord[] = [];
  for (const { record } of reports === false ? [] : judged) {
    placed.push(await writeContainers(reports as string, record));
  }
  interruption.end();
  // Where no engine could be started there is nothing to conclude but why.
  if (judged.length === 0 && !interruption.signal.aborted) throw nothingRun(rest);
  if (pretty)
    concludeContainers(
      judged,
      rest,
      placed.flatMap(({ files }) => files),
    );
  else sayJson(judged.map(({ record }) => record));
  for (const one of placed) tellPlaced(one, pretty);
  if (options.annotations) tellGithub(() => containersForGithub(judged));
  if (placed.some(({ failure }) => failure !== undefined)) return EXIT.harness;
  if (interruption.signal.aborted) return EXIT.interrupted;
  return exitCode(judged, [...judged.flatMap(({ record }) => record.configurations), ...rest]);
}

async function run(...[configurations, settings, progress]: Parameters<typeof runContainers>) {
  try {
    return await runContainers(configurations, settings, progress);
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    throw error;
  }
}

/** An engine that was named: this machine's, that of a release of Debian, or one that runs already. */
interface Named {
  /** As the command line has it. */
  text: string;
  engine: StartedEngine;
  generation?: string;
  socket?: string;
}

function named(text: string): Named {
  const [, generation, name = '', socket] = /^(?:(\w+):)?(\w+)(?:=(.*))?$/.exec(text) ?? [];
  const engine = STARTED_ENGINES.find((one) => one === name);
  const isClients = ENGINES.some((one) => one === engine);
  if (engine === undefined || (socket !== undefined && (generation !== undefined || !isClients))) {
    const forms = `it is one of ${STARTED_ENGINES.join(', ')}, or as trixie:docker, or docker=/run/docker.sock`;
    throw new UserError(unknown('engine', text, engine === undefined ? STARTED_ENGINES : [], forms));
  }
  if (socket === undefined) return { text, engine, ...(generation === undefined ? {} : { generation }) };
  const file = socket.replace(/^unix:\/\//, '');
  if (!path.isAbsolute(file)) {
    throw new UserError(
      `'${text}' does not name a socket of this machine: write for example ${engine}=/run/${engine}.sock`,
    );
  }
  return { text, engine, socket: file };
}

/**
 * Tells whether a configuration is meant by selectors, of the engines that were named or of every one.
 * @throws UserError for a selector that matches none, and where no engine that was named has what is selected
 */
function meantBy(selectors: readonly string[], engines: readonly Named[]): (configuration: Configuration) => boolean {
  const known = [...CONFIGURATIONS, ...engines.flatMap(joined)];
  const matchers = selectors.map((selector) => {
    const matches = idMatcher(selector);
    if (!known.some(({ id }) => matches(id))) {
      const ids = known.map(({ id }) => id);
      const otherwise = "'bindspec containers --list' shows them all";
      throw new UserError(unknown('configuration', selector, [...ids, ...STARTED_ENGINES], otherwise));
    }
    return matches;
  });
  // Hosts with a firewall are many, and are run where they are named.
  const meant = ({ id, host }: Configuration) =>
    matchers.length === 0 ? host.firewall === undefined : matchers.some((matches) => matches(id));
  if (engines.length > 0 && !engines.flatMap(ofEngine).some(meant)) {
    const names = engines.map(({ text }) => text).join(', ');
    throw new UserError(`nothing of ${names} matches ${selectors.join(', ')}`);
  }
  return meant;
}

/** The configurations that are meant and can be started here. @throws UserError where one that was named can't be. */
function startable(meant: (configuration: Configuration) => boolean, engines: readonly Named[]): Configuration[] {
  if (engines.length > 0) return engines.flatMap((one) => startableOf(one).filter(meant));
  const there = CONFIGURATIONS.filter(({ engine }) => engineMissing(engine) === null).filter(meant);
  if (there.length > 0) return there;
  const lacks = STARTED_ENGINES.filter((name) => CONFIGURATIONS.some((one) => one.engine === name && meant(one)))
    .map((name) => engineMissing(name))
    .find((missing) => missing !== null);
  throw new UserError(`the container engine is not installed here: ${lacks?.reason}; ${lacks?.enable}`);
}

/** The configurations of an engine that was named, wherever it is from: their ids are the same for every generation. */
function ofEngine(one: Named): Configuration[] {
  if (one.socket !== undefined) return joined(one);
  return CONFIGURATIONS.filter(({ engine }) => engine === one.engine);
}

/** The configurations of an engine that was named. @throws UserError where it can't be started. */
function startableOf(one: Named): Configuration[] {
  const { engine, generation } = one;
  if (one.socket !== undefined) return joined(one);
  try {
    const root = generation === undefined ? undefined : generationFolder(generation);
    const lacks = engineMissing(engine, root);
    if (lacks) throw new UserError(`${engine} can't be started here: ${lacks.reason}; ${lacks.enable}`);
    const all = root === undefined || generation === undefined ? CONFIGURATIONS : ofGeneration(generation, root);
    return all.filter((configuration) => configuration.engine === engine);
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    throw error;
  }
}

function joined({ engine, socket }: Named): Configuration[] {
  return socket === undefined ? [] : atSocket(engine as EngineName, socket);
}

/** Engines that are named by their sockets are asked before anything is begun. @throws UserError for one that is not there. */
async function wantAnswers(engines: readonly Named[]): Promise<void> {
  try {
    for (const { engine, socket } of engines) if (socket !== undefined) await engineAt(engine as EngineName, socket);
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    throw error;
  }
}

/** Fetches a release of Debian with its engines. @throws UserError when it is not available. */
async function prepare(generation: string): Promise<void> {
  try {
    await prepareGeneration(generation, (line) => say(line));
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    throw error;
  }
  say(`ready: npx bindspec containers --engine ${generation}:docker --engine ${generation}:podman`);
}

/** The last record of an engine; null where there is none, or one that this bindspec can't read. */
function lastOf(reports: string, engine: string): ContainersRecord | null {
  const file = path.join(reports, engine, RECORD);
  if (!existsSync(file)) return null;
  try {
    return readContainers(recordText(file), file);
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    complain(`bindspec: the last record is not compared: ${error.message}`);
    return null;
  }
}

function nothingRun(rest: readonly { skipped?: { reason: string; enable: string }; error?: string }[]): UserError {
  const [first] = rest;
  if (first?.skipped)
    return new UserError(`no engine could be started: ${first.skipped.reason}; ${first.skipped.enable}`);
  return new UserError(`nothing could run: ${first?.error ?? 'no configuration was started'}`, EXIT.harness);
}

function exitCode(
  judged: readonly { record: ContainersRecord; stale: readonly KnownVerdict[] }[],
  configurations: readonly { error?: string }[],
): number {
  if (configurations.some(({ error }) => error !== undefined)) return EXIT.harness;
  const failed = judged.some(({ record, stale }) => stale.length > 0 || deviates(record));
  return failed ? EXIT.failed : EXIT.expected;
}
