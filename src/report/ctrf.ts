import type { BindRecord, CellRecord, Verdict } from '../record/record.ts';
import { failureSentence, failureText } from './failure.ts';
import { suiteOf, suitesOf } from './summary.ts';

/** The version of the Common Test Report Format that is written: https://ctrf.io, the schema of the package `ctrf` 0.3. */
const CTRF_VERSION = '0.0.0';

/**
 * A verdict's status in CTRF. An error of the harness is not a failure of the tested system, so it is `other`, and so
 * is a cell that no one can judge; the verdict itself is the `rawStatus`.
 */
const STATUS = {
  pass: 'passed',
  differs: 'passed',
  known: 'passed',
  fail: 'failed',
  stale: 'failed',
  skipped: 'skipped',
  unjudged: 'other',
  error: 'other',
} as const satisfies Record<Verdict, string>;

/** A record in the Common Test Report Format: a test for each cell. */
export function ctrfReport(record: BindRecord) {
  const { platform, lab, settings, bindspec, cells } = record;
  const start = Date.parse(record.started);
  const count = (status: string) => cells.filter(({ verdict }) => STATUS[verdict] === status).length;
  return {
    reportFormat: 'CTRF',
    specVersion: CTRF_VERSION,
    timestamp: record.started,
    generatedBy: `bindspec ${bindspec}`,
    results: {
      tool: { name: 'bindspec', version: bindspec },
      summary: {
        tests: cells.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        suites: suitesOf(cells).length,
        start,
        stop: Math.round(start + record.duration),
        duration: Math.round(record.duration),
      },
      tests: cells.map((cell) => test(cell, record)),
      environment: {
        testEnvironment: `${lab.lab} lab`,
        osPlatform: platform.system,
        osRelease: platform.release,
        osVersion: platform.version,
        extra: {
          platform: platform.id,
          architecture: platform.architecture,
          runtime: platform.runtime,
          uid: platform.uid,
          patience: settings.patience,
          complete: record.complete,
          ...(platform.stack === undefined ? {} : { stack: platform.stack }),
        },
      },
    },
  };
}

function test(cell: CellRecord, record: BindRecord) {
  const { id, experiment, verdict, values, claims, attempts, title, enable } = cell;
  const unexpected = verdict === 'fail' || verdict === 'stale' || verdict === 'error';
  const told = unexpected || verdict === 'skipped' || verdict === 'known';
  return {
    name: id,
    status: STATUS[verdict],
    rawStatus: verdict,
    duration: Math.round(cell.duration),
    suite: [suiteOf(experiment), experiment],
    filePath: `suites/${experiment}.ts`,
    parameters: values,
    ...(told ? { message: failureSentence(cell) } : {}),
    ...(unexpected ? { trace: failureText(cell, record) } : {}),
    ...(attempts > 1 ? { retries: attempts - 1 } : {}),
    ...(claims.length === 0 ? {} : { labels: { claims: claims.map(({ claim }) => claim) } }),
    extra: { title, ...(enable === undefined ? {} : { enable }) },
  };
}
