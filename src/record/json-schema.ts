import { z } from 'zod';
import { RECORD_VERSION, recordSchema } from './record.ts';

/** The record's shape for other programs, as the text of a JSON Schema (draft 2020-12). */
export function recordJsonSchema(): string {
  const { $schema, ...shape } = z.toJSONSchema(recordSchema, { target: 'draft-2020-12' });
  const head = {
    $schema,
    // A name, not an address: the schema comes with the package.
    $id: `urn:bindspec:record:${RECORD_VERSION}`,
    title: 'bindspec record',
    description: 'One run of bindspec on one platform',
  };
  return `${JSON.stringify({ ...head, ...shape }, null, 2)}\n`;
}
