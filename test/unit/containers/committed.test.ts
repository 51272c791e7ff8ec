import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { promisesOf } from '../../../src/containers/promises.ts';
import { securityOf } from '../../../src/containers/security.ts';
import { readContainers } from '../../../src/load/read.ts';

const REPORTS = new URL('../../../reports/', import.meta.url);
const files = readdirSync(REPORTS)
  .map((name) => new URL(`${name}/containers.json`, REPORTS))
  .filter((file) => existsSync(file));

describe('the committed records of engines, judged again', () => {
  it('are there', () => expect(files.length).toBeGreaterThan(3));

  it.each(files.map(({ pathname }) => pathname))('have the verdicts that they have: %s', (file) => {
    const { engine, configurations, security, promises } = readContainers(readFileSync(file, 'utf8'), file);
    // The known reasons for deviations are from a list that was given when the record was made.
    const judged = {
      security: configurations.flatMap((one) => securityOf(one, engine)),
      promises: configurations.flatMap((one) => promisesOf(one, engine)),
    };
    expect(security).toMatchObject(judged.security);
    expect(promises).toMatchObject(judged.promises);
    expect([security.length, promises.length]).toEqual([judged.security.length, judged.promises.length]);
  });
});
