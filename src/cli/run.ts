import os from 'node:os';
import { cellsOf } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import type { BindRecord } from '../record/record.ts';
import { ctrfReport } from '../report/ctrf.ts';
import { run, type RunListener } from '../runner/run.ts';
import { parseKnownList } from '../verdict/known.ts';
import type { LabKind } from '../lab/lab.ts';
import { conclude } from './conclusion.ts';
import { EXIT, exitCodeOf, UserError } from './exit.ts';
import { runForGithub, tellGithub } from './github.ts';
import { inLab, type RunPlace } from './in-lab.ts';
import { knownFrom } from './known-file.ts';
import { interruptible } from './interruption.ts';
import { Progress } from './progress.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { selected } from './selected.ts';
import { complain, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeRun } from './write-reports.ts';

export interface RunOptions extends RunPlace {
  jobs?: number;
  patience?: number;
  fresh: boolean;
  /** The folder, or false for none. */
  reports: string | false;
  known?: string;
  failFast: boolean;
  /** Whether to annotate failures in GitHub Actions. */
  annotations: boolean;
  format: 'pretty' | 'json' | 'ctrf';
}

const SILENT: RunListener = { started: () => undefined, began: () => undefined, ended: () => undefined };

/** The cells that a command line selects, and the known deviations. @throws UserError for what is wrong with it. */
export async function plannedRun(selectors: readonly string[], options: RunOptions) {
  const registry = await loadRegistry();
  const cells = selected(registry, selectors);
  const all = registry.flatMap(cellsOf);
  const known = knownFrom(options.known, (text, file, platform) => parseKnownList(text, file, platform, all));
  return { cells, known };
}

/** `bindspec run`. Returns the exit code. @throws UserError for what the user can mend. */
export async function runCommand(selectors: string[], options: RunOptions): Promise<number> {
  const { cells, known } = await plannedRun(selectors, options);
  const jobs = options.jobs ?? defaultJobs();
  wantRoom(Math.min(jobs, cells.length), 'cells');
  if (options.reports !== false) prepareFolder(options.reports);

  const interruption = interruptible();

  const pretty = options.format === 'pretty';
  const progress = pretty ? new Progress(cells, version()) : null;
  const work = (kind: LabKind) =>
    run(
      cells,
      kind,
      {
        version: version(),
        selectors,
        jobs,
        ...(options.patience === undefined ? {} : { patience: options.patience }),
        fresh: options.fresh,
        failFast: options.failFast,
        known,
        signal: interruption.signal,
      },
      progress ?? SILENT,
    );
  let record: BindRecord;
  let placed: PlacedRecord;
  try {
    record = await inLab(options, work, interruption.signal).finally(() => progress?.end());
    // An interruption is minded until then, so that it leaves no file half written.
    placed = await write(options.reports, record);
  } finally {
    interruption.end();
  }

  if (pretty) conclude(record, placed.files);
  else sayJson(options.format === 'ctrf' ? ctrfReport(record) : record);
  tellPlaced(placed, pretty);
  if (options.annotations) tellGithub(() => runForGithub(record));
  if (placed.failure !== undefined) return EXIT.harness;
  if (interruption.signal.aborted) return EXIT.interrupted;
  if (record.cells.every(({ verdict }) => verdict === 'skipped')) {
    throw new UserError('nothing could run here: every cell was skipped, for the reasons above');
  }
  return exitCodeOf(record.cells.map(({ verdict }) => verdict));
}

/** Writes the reports of a run. One that ended before its first cell did has nothing to write. */
async function write(reports: string | false, record: BindRecord): Promise<PlacedRecord> {
  if (reports === false) return { files: [] };
  if (record.cells.length > 0) return writeRun(reports, record);
  complain('bindspec: nothing is written, because the run ended before its first cell was done');
  return { files: [] };
}

/**
 * Cells wait for agents and for silence, so there is one more at a time than processors. Each more would have two or three
 * agents of its own: a tenth of the processor time of a run, and some thirty megabytes.
 */
function defaultJobs(): number {
  return Math.max(2, os.availableParallelism() + 1);
}
