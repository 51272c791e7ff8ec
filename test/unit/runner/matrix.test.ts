import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/matrix/selection.ts';
import type { MatrixRecord } from '../../../src/record/matrix.ts';
import { runMatrix, type MatrixSettings } from '../../../src/runner/matrix/run.ts';
import { loopbackLab, loopbackLabWith } from '../../support/loopback-lab.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';

function run(
  asked: Asked,
  rest: Partial<MatrixSettings> = {},
  lab = loopbackLab,
  started: () => void = () => undefined,
): Promise<MatrixRecord> {
  return runMatrix(
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
    { started, did: () => undefined },
  );
}

/** Enough first sockets that connect over IPv4. */
const V4 = '127.0.0.1, 127.0.0.2, 0.0.0.0';
const fake = (name: string) => [process.execPath, fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url))];

describe('running the matrix', needs(noNamespaces), () => {
  it('brings the first socket to every state, and is answered as the model says', async () => {
    const record = await run({ uid: 'same', first: '127.0.0.1, ::, 0.0.0.0', second: '127.0.0.1, ::1' });
    expect(record.errors).toEqual([]);
    expect(record.mismatches).toEqual([]);
    expect(record.blocks.map(({ protocol, state }) => `${protocol} ${state}`)).toHaveLength(8);
    expect(record).toMatchObject({ complete: true, counts: { mismatches: 0, notRun: 0 } });
  });

  it('does without dual-stack sockets where the system has none, as OpenBSD', async () => {
    const asked = {
      uid: 'same',
      state: 'bound,connected,close-wait,time-wait',
      first: '::1,127.0.0.1,::ffff:127.0.0.1',
    };
    const record = await run(asked, { agentCommand: fake('no-dual-stack') });
    expect(record.errors).toEqual([]);
    expect(record).toMatchObject({ complete: true, counts: { notRun: 0 } });
    expect(record.sockets.map(({ text }) => text).filter((text) => text.includes('dual'))).toEqual([]);
    // An option that is not set can't be refused.
    expect(record.answers.filter((answer) => answer.includes('IPV6_V6ONLY'))).toEqual([]);
    const own = await run({ ...asked, second: '::1,127.0.0.1' });
    expect(own.mismatches).toEqual([]);
  });

  it('never has more connections wait at a listener than there is room for', async () => {
    const asked = { uid: 'same', protocol: 'tcp', state: 'connected,close-wait', first: V4 };
    const record = await run(asked, { agentCommand: fake('short-queue') });
    expect(record.errors).toEqual([]);
    expect(record).toMatchObject({ complete: true, counts: { mismatches: 0, notRun: 0 } });
  });

  it.each([128, 16])('nor than %i, where the namespace says so', async (most) => {
    const setUp = `echo ${most} >/proc/sys/net/core/somaxconn; echo 1 >/proc/sys/net/ipv4/tcp_abort_on_overflow`;
    let counters = '';
    const lab = loopbackLabWith(setUp, {
      text: 'cat /proc/sys/net/core/somaxconn; grep TcpExt /proc/net/netstat',
      told: (printed) => {
        counters = printed;
      },
    });
    const record = await run({ uid: 'same', protocol: 'tcp', state: 'connected', first: V4 }, {}, lab);
    expect(record.errors).toEqual([]);
    expect(record).toMatchObject({ complete: true, counts: { mismatches: 0, notRun: 0 } });
    const [is, names = '', numbers = ''] = counters.split('\n');
    expect(is).toBe(String(most));
    const place = names.split(' ').indexOf('ListenOverflows');
    expect(numbers.split(' ')[place]).toBe('0');
  });

  it('takes agents that die for an error of the harness, never for an answer', async () => {
    const record = await run({ protocol: 'udp', state: 'bound' }, { agentCommand: fake('dies-mid-request') });
    expect(record.errors.length).toBeGreaterThan(0);
    expect(record.errors[0]?.error).toMatch(/^the agent on this machine ended/);
    expect(record).toMatchObject({ complete: false, mismatches: [] });
    expect(record.counts).toMatchObject({ agree: 0, mismatches: 0, notRun: record.counts.pairs });
  });

  it('ends with what was done when it is interrupted, and with nothing where that is before the first pair', async () => {
    const interruption = new AbortController();
    const record = await run({}, { signal: interruption.signal }, loopbackLab, () => interruption.abort());
    expect(record).toMatchObject({ complete: false, errors: [], mismatches: [] });
    expect(record.counts.notRun).toBe(record.counts.pairs);
    await expect(run({}, { signal: AbortSignal.abort() })).rejects.toThrow('interrupted');
  });

  it('says before anything is bound what can not be', async () => {
    await expect(run({ first: '192.0.2.1' })).rejects.toThrow("the host lab has no address '192.0.2.1'");
  });
});
