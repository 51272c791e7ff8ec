import { z } from 'zod';
import { CONTAINERS_VERSION, containersSchema } from '../record/containers.ts';
import { COMPARISON_VERSION, comparisonSchema } from '../record/comparison.ts';
import { DIFFERENCE_VERSION, differenceSchema } from '../record/difference.ts';
import { EXPLORATION_VERSION, explorationSchema } from '../record/explore.ts';
import { MATRIX_VERSION, matrixSchema } from '../record/matrix.ts';
import { PROGRAM_VERSION, programSchema } from '../record/program.ts';
import { RECEIVERS_VERSION, receiversSchema } from '../record/receivers.ts';
import { RECORD_VERSION, recordSchema } from '../record/record.ts';
import { SERVER_VERSION, serverSchema } from '../record/server.ts';
import { TRIPLES_VERSION, triplesSchema } from '../record/triples.ts';
import { systemVerificationSchema, VERIFICATION_VERSION, verificationSchema } from '../record/verification.ts';

/** The record's shape for other programs, as the text of a JSON Schema (draft 2020-12). */
export function recordJsonSchema(): string {
  return jsonSchema(recordSchema, `record:${RECORD_VERSION}`, 'record', 'One run of bindspec on one platform');
}

/** The shape of a matrix's record, likewise. */
export function matrixJsonSchema(): string {
  return jsonSchema(
    matrixSchema,
    `matrix:${MATRIX_VERSION}`,
    'matrix',
    'All pairs of sockets that bindspec bound on one platform, and what its model says of them',
  );
}

/** The shape of a record of who receives, likewise. */
export function receiversJsonSchema(): string {
  return jsonSchema(
    receiversSchema,
    `receivers:${RECEIVERS_VERSION}`,
    'receivers',
    'Who received the probes to every pair of sockets on one platform, and what its model says of them',
  );
}

/** The shape of a record of triples, likewise. */
export function triplesJsonSchema(): string {
  return jsonSchema(
    triplesSchema,
    `triples:${TRIPLES_VERSION}`,
    'triples',
    'All ordered sets of three sockets that bindspec bound on one port of one platform',
  );
}

/** The shape of an exploration's record, likewise. */
export function explorationJsonSchema(): string {
  return jsonSchema(
    explorationSchema,
    `exploration:${EXPLORATION_VERSION}`,
    'exploration',
    'Random sequences of operations on one platform, checked against a model',
  );
}

/** The shape of a record of containers, likewise. */
export function containersJsonSchema(): string {
  return jsonSchema(
    containersSchema,
    `containers:${CONTAINERS_VERSION}`,
    'containers',
    "What a container engine's network does to a bind, in each of its configurations",
  );
}

/** The shape of what `bindspec verify --format json` prints, likewise. */
export function verificationJsonSchema(): string {
  return jsonSchema(
    verificationSchema,
    `verification:${VERIFICATION_VERSION}`,
    'verification',
    'What listens in one container, what its engine publishes, what answers from where, and what is wrong with it',
  );
}

/** The shape of what `bindspec verify --format json` prints of several containers, likewise. */
export function systemVerificationJsonSchema(): string {
  return jsonSchema(
    systemVerificationSchema,
    `verification-system:${VERIFICATION_VERSION}`,
    'verification of several containers',
    'What listens in several containers of one host, what answers from where, and what is wrong with it',
  );
}

/** The shape of a program's record, likewise. */
export function programJsonSchema(): string {
  return jsonSchema(
    programSchema,
    `program:${PROGRAM_VERSION}`,
    'program',
    'What one program binds, who reaches it, and what a second one, a restart and a machine without IPv6 change',
  );
}

/** The shape of the record of a program of the table, likewise. */
export function serverJsonSchema(): string {
  return jsonSchema(
    serverSchema,
    `server:${SERVER_VERSION}`,
    'server',
    'What was seen of one version of a well-known program, in few words, and what its documents say it binds',
  );
}

/** The shape of a comparison, likewise. */
export function comparisonJsonSchema(): string {
  return jsonSchema(
    comparisonSchema,
    `comparison:${COMPARISON_VERSION}`,
    'comparison',
    'What several platforms did, side by side, made of their records',
  );
}

/** The shape of what `bindspec diff --format json` prints, likewise. */
export function differenceJsonSchema(): string {
  return jsonSchema(
    differenceSchema,
    `difference:${DIFFERENCE_VERSION}`,
    'difference',
    'What changed between two records of bindspec',
  );
}

/** A schema as the text of a JSON Schema with a name, a title and a description. */
export function jsonSchema(of: z.ZodType, id: string, what: string, description: string): string {
  const { $schema, ...shape } = z.toJSONSchema(of, { target: 'draft-2020-12' });
  // A name, not an address: the schema comes with the package.
  const head = { $schema, $id: `urn:bindspec:${id}`, title: `bindspec ${what}`, description };
  return `${JSON.stringify({ ...head, ...shape }, null, 2)}\n`;
}
