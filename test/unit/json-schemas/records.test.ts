import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import {
  comparisonJsonSchema,
  explorationJsonSchema,
  programJsonSchema,
  recordJsonSchema,
  systemVerificationJsonSchema,
  verificationJsonSchema,
} from '../../../src/json-schemas/records.ts';
import { compareRuns } from '../../../src/report/comparison/compare.ts';
import { fixture } from '../report/fixture.ts';

describe('the published schema of a record', () => {
  it('is up to date (npm run schemas)', () => {
    expect(readFileSync(new URL('../../../schemas/record.schema.json', import.meta.url), 'utf8')).toBe(
      recordJsonSchema(),
    );
  });

  it('accepts a record as it is written, and asks for nothing that JSON leaves out', () => {
    const published = z.fromJSONSchema(JSON.parse(recordJsonSchema()));
    expect(published.safeParse(JSON.parse(JSON.stringify(fixture))).error).toBeUndefined();
    expect(published.safeParse({ ...fixture, lab: 'netns' }).success).toBe(false);
  });

  it('names itself and its dialect', () => {
    expect(JSON.parse(recordJsonSchema())).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:bindspec:record:3',
    });
  });
});

describe('the published schema of an exploration', () => {
  it('is up to date (npm run schemas)', () => {
    expect(readFileSync(new URL('../../../schemas/explore.schema.json', import.meta.url), 'utf8')).toBe(
      explorationJsonSchema(),
    );
  });

  it('names itself, and asks for the seed', () => {
    const published: unknown = JSON.parse(explorationJsonSchema());
    expect(published).toMatchObject({ $id: 'urn:bindspec:exploration:2' });
    expect(published).toHaveProperty('required', expect.arrayContaining(['seed', 'protocols', 'mismatches']));
  });
});

test('the published schema of a verification is up to date (npm run schemas)', () => {
  expect(readFileSync(new URL('../../../schemas/verify.schema.json', import.meta.url), 'utf8')).toBe(
    verificationJsonSchema(),
  );
});

test('the published schema of a verification of several containers is up to date (npm run schemas)', () => {
  expect(readFileSync(new URL('../../../schemas/verify-system.schema.json', import.meta.url), 'utf8')).toBe(
    systemVerificationJsonSchema(),
  );
});

test("the published schema of a program's record is up to date (npm run schemas)", () => {
  expect(readFileSync(new URL('../../../schemas/program.schema.json', import.meta.url), 'utf8')).toBe(
    programJsonSchema(),
  );
});

describe('the published schema of a comparison', () => {
  it('is up to date (npm run schemas)', () => {
    expect(readFileSync(new URL('../../../schemas/comparison.schema.json', import.meta.url), 'utf8')).toBe(
      comparisonJsonSchema(),
    );
  });

  it('accepts a comparison as it is written', () => {
    const columns = [{ name: 'one', run: fixture }];
    const published = z.fromJSONSchema(JSON.parse(comparisonJsonSchema()));
    const written: unknown = JSON.parse(JSON.stringify(compareRuns(columns, '0.1.0')));
    expect(published.safeParse(written).error).toBeUndefined();
    expect(published.safeParse({ ...(written as object), claims: null }).success).toBe(false);
  });
});
