import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);

/** The part of a matrix's record that has the binds of one socket alone. */
export const singlesSchema = z.strictObject({
  names: z.array(
    z.strictObject({
      kind: text.describe('Its relation to the machine, for example `broadcast` or `mapped, not local`'),
      family: z.enum(['inet', 'inet6']),
      address: text,
      scope: text.exactOptional().describe('The interface that sin6_scope_id names; `nowhere` is none'),
    }),
  ),
  answers: z.array(text).describe('`ok`, or the call that failed and its errno'),
  predictions: z.array(z.strictObject({ outcomes: z.array(text).min(1), rule: text })),
  blocks: z.array(
    z.strictObject({
      family: z.enum(['inet', 'inet6']),
      names: z.array(count).describe('Places in `names`'),
      manners: z.array(
        z.strictObject({
          protocol: z.enum(['udp', 'tcp']),
          v6only: z.boolean().nullable().describe('The value that IPV6_V6ONLY is set to; null where it is not set'),
          low: z.boolean().describe('Whether the port is one below 1024'),
          owner: z.literal([1, 2]).describe('2 is another user, without privilege'),
          option: text.nullable().describe('An option that is set to 1 before'),
        }),
      ),
      kernel: z
        .array(text)
        .describe('For each name its answers in each manner, as places in `answers` in base 64; empty where not run'),
      model: z.array(text).describe('The same for the model, as places in `predictions`'),
    }),
  ),
  absent: z
    .array(z.strictObject({ kind: text, reason: text }))
    .describe('Kinds of names that the machine does not have'),
  counts: z.strictObject({
    binds: count,
    agree: count,
    mismatches: count,
    notCompared: count.describe('An option could not be set, so that bind() was not called with it'),
    notRun: count,
  }),
});

export type Singles = z.infer<typeof singlesSchema>;
