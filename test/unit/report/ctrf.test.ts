import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ctrfReport } from '../../../src/report/ctrf.ts';
import { fixture } from './fixture.ts';
import { expectGolden } from './golden.ts';

const text = z.string();
const count = z.int().min(0);
const scalar = z.union([text, z.number(), z.boolean()]);

/**
 * What a report in the Common Test Report Format may hold, restated from the schema of the package `ctrf` 0.3.0
 * (ctrf-schema-0.0.json). As there, objects hold no keys beyond these. Stricter than there: keys that bindspec does not
 * write are left out, and counts are not negative.
 */
const ctrf = z.strictObject({
  reportFormat: z.literal('CTRF'),
  specVersion: text.regex(/^\d+\.\d+\.\d+$/),
  timestamp: z.iso.datetime(),
  generatedBy: text,
  results: z.strictObject({
    tool: z.strictObject({ name: text, version: text }),
    summary: z.strictObject({
      tests: count,
      passed: count,
      failed: count,
      skipped: count,
      pending: count,
      other: count,
      suites: count,
      start: z.int(),
      stop: z.int(),
      duration: z.int(),
    }),
    tests: z.array(
      z.strictObject({
        name: text,
        status: z.enum(['passed', 'failed', 'skipped', 'pending', 'other']),
        rawStatus: text,
        duration: z.int(),
        suite: z.array(text).min(1),
        filePath: text,
        parameters: z.record(text, z.unknown()),
        message: text.optional(),
        trace: text.optional(),
        retries: count.optional(),
        labels: z.record(text, z.union([scalar, z.array(scalar).min(1)])).optional(),
        extra: z.record(text, z.unknown()),
      }),
    ),
    environment: z.strictObject({
      testEnvironment: text,
      osPlatform: text,
      osRelease: text,
      osVersion: text,
      extra: z.record(text, z.unknown()),
    }),
  }),
});

const written: unknown = JSON.parse(JSON.stringify(ctrfReport(fixture)));

describe('a report in the Common Test Report Format', () => {
  it('is of that format', () => {
    expect(ctrf.parse(written)).toEqual(written);
  });

  it('has every cell, with the verdict that its status stands for', () => {
    const { summary, tests } = ctrf.parse(written).results;
    const { passed, failed, skipped, pending, other } = summary;
    expect([passed, failed, skipped, pending, other]).toEqual([3, 3, 2, 0, 2]);
    expect(passed + failed + skipped + pending + other).toBe(summary.tests);
    expect(tests.map(({ rawStatus }) => rawStatus)).toEqual(fixture.cells.map(({ verdict }) => verdict));
    expect(tests.find(({ rawStatus }) => rawStatus === 'error')).toMatchObject({ status: 'other', retries: 2 });
  });

  it('is the one that was looked at', () => {
    expectGolden('ctrf.json', `${JSON.stringify(written, null, 1)}\n`);
  });
});
