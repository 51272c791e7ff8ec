import { describe, expect, it } from 'vitest';
import type { Operation, Result } from '../../../../src/protocol/messages.ts';
import type { AgentProcess } from '../../../../src/harness/agent-process.ts';
import { askAll, Pace, type ServerQuestion } from '../../../../src/runner/containers/ask-all.ts';

const QUESTION: ServerQuestion = { socket: 'tcp', address: '10.0.0.1', port: 80, bytes: 1 };
const UDP: ServerQuestion = { ...QUESTION, socket: 'udp unconnected' };

/** An agent that takes `latency` for an answer, and reports silence where that is longer than it may wait. */
function agent(come: (operations: readonly Operation[], patience: number) => Partial<Result>[]) {
  const patiences: number[] = [];
  const ask = async (operations: readonly Operation[]): Promise<Result[]> => {
    if (operations[0]?.op === 'close') return [];
    const patience = operations.reduce((most, one) => ('within' in one ? Math.max(most, one.within ?? 0) : most), 0);
    patiences.push(patience);
    const results = [{ outcome: 'ok' }, ...come(operations, patience)];
    return results.map((result) => ({ outcome: 'ok', at: 0, took: 0, ...result }));
  };
  return { patiences, agent: { ask } as unknown as AgentProcess };
}

const ANSWER = { data: 'tcp every ::: Your data was 1 bytes' };

async function outcomes(come: Parameters<typeof agent>[0], questions = [QUESTION], pace = new Pace()) {
  const fake = agent(come);
  const came = await askAll(fake.agent, questions, pace);
  return { came, patiences: fake.patiences };
}

describe('a question', () => {
  it.each([
    ['answered', [{}, {}, ANSWER]],
    ['refused', [{ outcome: 'ECONNREFUSED' }]],
    ['closed', [{}, {}, { outcome: 'eof' }]],
    ['closed', [{}, {}, { outcome: 'ECONNRESET' }]],
    ['closed', [{}, { outcome: 'EPIPE' }]],
    ['closed', [{ outcome: 'ECONNRESET' }]],
    ['accepted', [{}, {}, { outcome: 'silence' }]],
    ['silence', [{ outcome: 'silence' }]],
    ['silence', [{ outcome: 'EHOSTUNREACH' }]],
    ['ENETUNREACH', [{ outcome: 'ENETUNREACH' }]],
  ])('over TCP is %s for %j', async (outcome, results) => {
    const { came } = await outcomes(() => results);
    expect(came[0]?.outcome).toBe(outcome);
  });

  it('over UDP tells who answered, and from where', async () => {
    const { came } = await outcomes(() => [{}, { ...ANSWER, from: { address: '10.0.0.9', port: 80 } }], [UDP]);
    expect(came).toEqual([{ outcome: 'answered', by: 'tcp every ::', from: '10.0.0.9', sent: 1 }]);
  });
});

describe('silence', () => {
  it('is believed at the second look where answers are fast', async () => {
    const { patiences } = await outcomes(() => [{ outcome: 'silence' }]);
    expect(patiences).toEqual([400, 800]);
  });

  it('is not believed while answers are slow', async () => {
    // Port 1 answers late, but only the answer of port 2 shows that.
    const late = (operations: readonly Operation[], patience: number) => {
      const port = operations.find((one) => one.op === 'connect')?.port;
      const latency = port === 1 ? 1500 : 390;
      return latency > patience ? [{ outcome: 'silence' }] : [{}, {}, { ...ANSWER, took: latency }];
    };
    const questions = [1, 2].map((port) => ({ ...QUESTION, port }));
    const { came, patiences } = await outcomes(late, questions);
    expect(came.map(({ outcome }) => outcome)).toEqual(['answered', 'answered']);
    expect(patiences).toEqual([400, 400, 800, 1600]);
  });

  it('that must come is waited for once', async () => {
    const { patiences } = await outcomes(() => [{ outcome: 'silence' }], [{ ...UDP, once: true }]);
    expect(patiences).toEqual([400]);
  });

  it('ends however slow everything is', async () => {
    const pace = new Pace();
    pace.took(100_000);
    const { came, patiences } = await outcomes(() => [{ outcome: 'silence' }], [QUESTION], pace);
    expect(came[0]?.outcome).toBe('silence');
    expect(patiences.at(-1)).toBe(4000);
  });

  it('is asked for by what the server can tell from the first time', async () => {
    const fake = agent(() => [{ outcome: 'silence' }]);
    const came = await askAll(fake.agent, [QUESTION], new Pace(), (one) => ({ ...one, bytes: one.bytes + 1 }));
    expect(came[0]?.sent).toBe(2);
  });
});
