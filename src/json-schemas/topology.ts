import { jsonSchema } from './records.ts';
import { topologySchema } from '../lab/topology/schema.ts';

/** The shape of a topology file for editors and other programs, as the text of a JSON Schema (draft 2020-12). */
export function topologyJsonSchema(): string {
  return jsonSchema(
    topologySchema,
    'topology:1',
    'topology',
    'The hosts of a lab, how a command is started on each, and their addresses',
  );
}
