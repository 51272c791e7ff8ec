import { z } from 'zod';
import { EXPLORATION_VERSION, explorationSchema } from './explore.ts';
import { RECORD_VERSION, recordSchema } from './record.ts';

/** The record's shape for other programs, as the text of a JSON Schema (draft 2020-12). */
export function recordJsonSchema(): string {
  return published(recordSchema, {
    // A name, not an address: the schema comes with the package.
    $id: `urn:bindspec:record:${RECORD_VERSION}`,
    title: 'bindspec record',
    description: 'One run of bindspec on one platform',
  });
}

/** The same for the record of an exploration. */
export function explorationJsonSchema(): string {
  return published(explorationSchema, {
    $id: `urn:bindspec:exploration:${EXPLORATION_VERSION}`,
    title: 'bindspec exploration',
    description: 'Random sequences of operations on one platform, held against a model',
  });
}

function published(schema: z.ZodType, about: Readonly<Record<string, string>>): string {
  const { $schema, ...shape } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  const head = { $schema, ...about };
  return `${JSON.stringify({ ...head, ...shape }, null, 2)}\n`;
}
