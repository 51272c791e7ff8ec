import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containersJsonSchema } from '../../../src/json-schemas/records.ts';
import { BadRecord, readContainers } from '../../../src/load/read.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';

const record = containersRecord([
  configurationRecord({ id: 'docker/none', mode: 'none' }, [
    { published: 'not', bind: '::', socket: 'tcp', came: { 'itself inner ::1': { outcome: 'answered', seen: '::1' } } },
  ]),
]);

describe('the record of containers', () => {
  it('is read back as it was written', () => {
    expect(readContainers(JSON.stringify(record), 'containers.json')).toEqual(record);
  });

  it('that is not one is reported in one line', () => {
    const reading = () => readContainers(JSON.stringify({ ...record, engine: 'docker' }), 'containers.json');
    expect(reading).toThrow(BadRecord);
    expect(reading).toThrow(/^containers\.json: not a valid record: engine: [^\n]*'bindspec containers'$/);
  });

  it('has a published schema that is up to date (npm run schemas) and accepts it', () => {
    const file = new URL('../../../schemas/containers.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(containersJsonSchema());
    const published = z.fromJSONSchema(JSON.parse(containersJsonSchema()));
    expect(published.safeParse(record).error).toBeUndefined();
    expect(published.safeParse({ ...record, security: [{}] }).success).toBe(false);
  });
});
