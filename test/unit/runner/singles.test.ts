import process from 'node:process';
import { describe, expect, it } from 'vitest';
import type { LabKind } from '../../../src/lab/lab.ts';
import { netns } from '../../../src/lab/netns.ts';
import { singleMismatches } from '../../../src/report/matrix/singles.ts';
import { runMatrix } from '../../../src/runner/matrix/run.ts';
import { loopbackLabWith } from '../../support/loopback-lab.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';

async function run(lab: LabKind) {
  const settings = { version: 'test', asked: {}, singles: 'only' as const, jobs: 1, more: [] };
  const agent = { agentCommand: [process.execPath, AGENT], signal: new AbortController().signal };
  const record = await runMatrix(lab, { ...settings, ...agent }, { started: () => undefined, did: () => undefined });
  const { singles } = record;
  if (singles === undefined) throw new Error(JSON.stringify(record.errors));
  return { record, singles };
}

describe('single binds', needs(noNamespaces), () => {
  it('are answered as the model says, on addresses of every kind', async () => {
    const { record, singles } = await run(netns);
    expect(record.errors).toEqual([]);
    expect(singleMismatches(singles)).toEqual([]);
    expect(singles.absent).toEqual([]);
    expect(record).toMatchObject({ complete: true, counts: { pairs: 0 } });
  });

  it('are answered as the model says with the settings of the machine', async () => {
    const write = (value: string, setting: string) => `echo ${value} >/proc/sys/net/${setting}`;
    const setUp = [
      write('1', 'ipv6/bindv6only'),
      write('1', 'ipv4/ip_nonlocal_bind'),
      write('1', 'ipv6/ip_nonlocal_bind'),
    ].join('; ');
    const { record, singles } = await run(loopbackLabWith(setUp));
    expect(record.lab.machine).toMatchObject({ bindv6only: true, nonlocalBind: ['inet', 'inet6'] });
    expect(singleMismatches(singles)).toEqual([]);
    expect(singles.predictions.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['linux/nonlocal-bind', 'linux/bindv6only']),
    );
  });
});
