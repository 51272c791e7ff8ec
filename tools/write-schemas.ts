// Writes the published schemas; `npm run schemas` builds and runs it. The tests fail when they are out of date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { topologyJsonSchema } from '../src/json-schemas/topology.ts';
import {
  containersJsonSchema,
  comparisonJsonSchema,
  differenceJsonSchema,
  explorationJsonSchema,
  matrixJsonSchema,
  programJsonSchema,
  recordJsonSchema,
  receiversJsonSchema,
  serverJsonSchema,
  triplesJsonSchema,
  systemVerificationJsonSchema,
  verificationJsonSchema,
} from '../src/json-schemas/records.ts';

mkdirSync('schemas', { recursive: true });
writeFileSync('schemas/record.schema.json', recordJsonSchema());
writeFileSync('schemas/explore.schema.json', explorationJsonSchema());
writeFileSync('schemas/containers.schema.json', containersJsonSchema());
writeFileSync('schemas/matrix.schema.json', matrixJsonSchema());
writeFileSync('schemas/receivers.schema.json', receiversJsonSchema());
writeFileSync('schemas/triples.schema.json', triplesJsonSchema());
writeFileSync('schemas/topology.schema.json', topologyJsonSchema());
writeFileSync('schemas/verify.schema.json', verificationJsonSchema());
writeFileSync('schemas/verify-system.schema.json', systemVerificationJsonSchema());
writeFileSync('schemas/program.schema.json', programJsonSchema());
writeFileSync('schemas/server.schema.json', serverJsonSchema());
writeFileSync('schemas/comparison.schema.json', comparisonJsonSchema());
writeFileSync('schemas/difference.schema.json', differenceJsonSchema());
