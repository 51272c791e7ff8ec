import { z } from 'zod';
import { recordSchema } from './record.ts';

const text = z.string();

/** What the records of pairs, triples and receivers say of their run, after the version and the kind of the record. */
export const matrixRunShape = {
  bindspec: text,
  complete: z.boolean().describe('False when the run was interrupted'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  platform: recordSchema.shape.platform,
  lab: recordSchema.shape.lab,
  settings: z.strictObject({
    model: text.describe('The system whose model the kernel was compared with'),
    asked: z.record(text, text).describe('The axes that were given on the command line'),
    jobs: z.int().min(1),
  }),
};
