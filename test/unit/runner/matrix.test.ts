import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/matrix/selection.ts';
import type { MatrixRecord } from '../../../src/record/matrix.ts';
import { runMatrix, type MatrixSettings } from '../../../src/runner/matrix/run.ts';
import { loopbackLab } from '../../support/loopback-lab.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';

const SILENT = { started: () => undefined, did: () => undefined };

function run(asked: Asked, rest: Partial<MatrixSettings> = {}): Promise<MatrixRecord> {
  return runMatrix(
    loopbackLab,
    {
      version: 'test',
      asked,
      jobs: 1,
      more: [],
      agentCommand: [process.execPath, AGENT],
      signal: new AbortController().signal,
      ...rest,
    },
    SILENT,
  );
}

const fake = (name: string) => [process.execPath, fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url))];

describe('running the matrix', needs(noNamespaces), () => {
  it('brings the first socket to every state, and is answered as the model says', async () => {
    const record = await run({ uid: 'same', first: '127.0.0.1, ::, 0.0.0.0', second: '127.0.0.1, ::1' });
    expect(record.errors).toEqual([]);
    expect(record.mismatches).toEqual([]);
    expect(record.blocks.map(({ protocol, state }) => `${protocol} ${state}`)).toHaveLength(8);
    expect(record).toMatchObject({ complete: true, counts: { mismatches: 0, notRun: 0 } });
  });

  it('takes agents that die for an error of the harness, never for an answer', async () => {
    const record = await run({ protocol: 'udp', state: 'bound' }, { agentCommand: fake('dies-mid-request') });
    expect(record.errors.length).toBeGreaterThan(0);
    expect(record.errors[0]?.error).toMatch(/^the agent on this machine ended/);
    expect(record).toMatchObject({ complete: false, mismatches: [] });
    expect(record.counts).toMatchObject({ agree: 0, mismatches: 0, notRun: record.counts.pairs });
  });

  it('ends with what was done when it is interrupted, however early', async () => {
    const record = await run({}, { signal: AbortSignal.abort() });
    expect(record).toMatchObject({ complete: false, errors: [], mismatches: [] });
    expect(record.counts.notRun).toBe(record.counts.pairs);
  });

  it('says before anything is bound what can not be', async () => {
    await expect(run({ first: '192.0.2.1' })).rejects.toThrow("the host lab has no address '192.0.2.1'");
  });
});
