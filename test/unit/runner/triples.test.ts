import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { AskedTriples } from '../../../src/matrix/triples/blocks.ts';
import { TripleReader } from '../../../src/matrix/triples/reading.ts';
import type { TriplesRecord } from '../../../src/record/triples.ts';
import { runTriples, type TriplesSettings } from '../../../src/runner/matrix/triples/run.ts';
import { netns } from '../../../src/lab/netns.ts';
import { loopbackLab } from '../../support/loopback-lab.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { isRoot, needs } from '../../support/needs.ts';

function run(
  asked: AskedTriples,
  rest: Partial<TriplesSettings> = {},
  did: (triples: number) => void = () => undefined,
  lab = loopbackLab,
): Promise<TriplesRecord> {
  return runTriples(
    lab,
    {
      version: 'test',
      asked,
      jobs: 1,
      more: [],
      agentCommand: [process.execPath, AGENT],
      signal: new AbortController().signal,
      ...rest,
    },
    { started: () => undefined, did },
  );
}

const fake = (name: string) => [process.execPath, fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url))];
/**
 * Sockets beside which `:: dual P` is allowed only by what the TCP port remembers of the second, and `127.0.0.2 -`, if it was
 * bound before, takes that memory away.
 */
const SOCKETS = { first: '127.0.0.1 -, 0.0.0.0 P', second: ':: v6only P' };

describe('running triples', needs(noNamespaces), () => {
  it('gets the same answers with thirds that share a port as with a fresh port for each', async () => {
    const asked = { ...SOCKETS, state: 'bound/bound,listening/bound', ...(isRoot ? {} : { uid: 'same' }) };
    // In this lab no triple is tried again.
    const shared = await run(asked, {}, undefined, netns);
    const alone = await run(asked, { spread: 'alone' }, undefined, netns);
    expect(shared.errors).toEqual([]);
    expect(shared.mismatches).toEqual([]);
    expect(shared).toMatchObject({ complete: true, counts: { notRun: 0, skipped: 0 } });
    expect(shared.counts.unexplained).toBeGreaterThan(0);
    expect(alone.counts).toEqual(shared.counts);
    expect(spelled(alone)).toEqual(spelled(shared));
  });

  it('takes agents that die for an error of the harness, never for an answer', async () => {
    const record = await run({ protocol: 'udp' }, { agentCommand: fake('dies-mid-request') });
    expect(record.errors.length).toBeGreaterThan(0);
    expect(record.errors[0]?.error).toMatch(/^the agent on this machine ended/);
    expect(record).toMatchObject({ complete: false, mismatches: [] });
  });

  it('ends with what was done when it is interrupted', async () => {
    const interruption = new AbortController();
    const record = await run({ protocol: 'udp', uid: 'same' }, { signal: interruption.signal }, () =>
      interruption.abort(),
    );
    expect(record.complete).toBe(false);
    expect(record.counts.notRun).toBeGreaterThan(0);
    expect(record.counts.notRun).toBeLessThan(record.counts.triples);
    expect(record.errors).toEqual([]);
  });
});

/** The answers of a record, whatever the order in which they came. */
function spelled(record: TriplesRecord): unknown[] {
  const reader = new TripleReader(record);
  return record.blocks.flatMap((block) => [...reader.prefixes(block)]);
}
