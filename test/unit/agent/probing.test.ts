import { describe, expect, it } from 'vitest';
import type { Operation, ProbeSender } from '../../../src/protocol/messages.ts';
import { loopbackAgent } from '../../support/loopback-agent.ts';
import { noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';
import { paced } from '../../../src/process/pace.ts';

const LONG = paced(10_000);
const PORT = 4001;
const LO: ProbeSender = { family: 'inet', address: '127.0.0.1' };
const LO6: ProbeSender = { family: 'inet6', address: '::1' };
/** A sender with a port that the test chooses, at an address that no other has. */
const NAMED: ProbeSender = { family: 'inet', address: '127.0.0.3', port: 4100 };

const { ask, start } = loopbackAgent();

function bound(as: string, type: 'dgram' | 'stream', address: string): Operation[] {
  return [
    { op: 'socket', as, family: address.includes(':') ? 'inet6' : 'inet', type },
    { op: 'bind', on: as, address, port: PORT },
    ...(type === 'stream' ? [{ op: 'listen', on: as } as const] : []),
  ];
}

describe('probes on the real kernel', needs(noNamespaces), () => {
  start();

  it('finds each datagram by its mark, and each refusal', async () => {
    const destinations = ['127.0.0.1', '127.0.0.2', '::1'];
    const sends = [0, 0, PORT, 5, 0, 1, PORT, 6, 1, 2, PORT, 7, 0, 0, 4999, 8, 0, 0, PORT, 9];
    const results = await ask(
      ...bound('a', 'dgram', '127.0.0.1'),
      ...bound('b', 'dgram', '::1'),
      { op: 'probe-send', senders: [LO, LO6], destinations, sends },
      { op: 'probe-drain', on: ['a', 'b'] },
      { op: 'probe-drain', on: ['a', 'b'] },
    );
    const [sent, first, second] = results.slice(4);
    expect(sent).toMatchObject({ codes: [6, 1, 8, 1], legend: ['nothing', 'ECONNREFUSED'] });
    expect(first?.codes).toEqual([0, 5, 0, 9, 1, 7]);
    expect(second?.codes).toEqual([]);
  });

  it('sends from the port that is named, and always from the same socket', async () => {
    const send = (senders: ProbeSender[], mark: number): Operation => ({
      op: 'probe-send',
      senders,
      destinations: ['127.0.0.1'],
      sends: [0, 0, PORT, mark],
    });
    const recv: Operation = { op: 'recv', on: 'a', within: LONG };
    const results = await ask(
      ...bound('a', 'dgram', '127.0.0.1'),
      send([NAMED], 1),
      recv,
      send([LO], 2),
      recv,
      send([LO], 3),
      recv,
    );
    const [named, , one, , other] = results.slice(3);
    expect(named).toMatchObject({ data: '1', from: { address: '127.0.0.3', port: 4100 } });
    expect(other?.from).toEqual(one?.from);
  });

  it('says which error a sender has that can not be bound', async () => {
    const senders = [{ family: 'inet', address: '192.0.2.1' } as const];
    const sends = [0, 0, PORT, 3];
    const [sent] = await ask({ op: 'probe-send', senders, destinations: ['127.0.0.1'], sends });
    expect(sent).toMatchObject({ codes: [3, 1], legend: ['nothing', 'EADDRNOTAVAIL'] });
  });

  it('finds by its port which client a listener got, and resets every connection', async () => {
    const connects = [0, 0, PORT, 1, 2, PORT, 0, 1, PORT];
    const destinations = ['127.0.0.1', '127.0.0.2', '::1'];
    const results = await ask(
      ...bound('a', 'stream', '127.0.0.1'),
      ...bound('b', 'stream', '::1'),
      { op: 'probe-connect', as: 'c', senders: [LO, LO6], destinations, connects },
      { op: 'probe-collect', on: ['a', 'b'] },
      { op: 'probe-finish', on: 'c', patient: [0, 1, 2], within: LONG },
      { op: 'probe-collect', on: ['a', 'b'] },
    );
    const [connected, collected, finished, again] = results.slice(6);
    const [one = 0, other = 0] = connected?.codes ?? [];
    expect(collected).toMatchObject({ codes: [0, 1, 1, 2], legend: ['nothing', `127.0.0.1 ${one}`, `::1 ${other}`] });
    expect(finished?.codes?.map((code) => finished.legend?.[code])).toEqual([
      'ECONNRESET',
      'ECONNRESET',
      'ECONNREFUSED',
    ]);
    expect(again?.codes).toEqual([]);
    expect(await ask({ op: 'reset' })).toMatchObject([{ outcome: 'ok', open: 0 }]);
  });

  it('waits for no client that is not named', async () => {
    // The queue of the listener is full: the third client gets no answer.
    const connects = [0, 0, PORT, 0, 0, PORT, 0, 0, PORT];
    const results = await ask(
      { op: 'socket', as: 'a', family: 'inet', type: 'stream' },
      { op: 'bind', on: 'a', address: '127.0.0.1', port: PORT },
      { op: 'listen', on: 'a', backlog: 0 },
      { op: 'probe-connect', as: 'c', senders: [LO], destinations: ['127.0.0.1'], connects },
      { op: 'probe-finish', on: 'c', patient: [0], within: LONG },
    );
    const finished = results.at(-1);
    expect(finished?.codes?.map((code) => finished.legend?.[code])).toEqual(['connected', 'connecting', 'connecting']);
  });

  it('blames the harness for names that were never given', async () => {
    const finish: Operation = { op: 'probe-finish', on: 'unknown', patient: [], within: 0 };
    await expect(ask(finish)).rejects.toThrow("there are no clients 'unknown'");
    const send: Operation = { op: 'probe-send', senders: [LO], destinations: [], sends: [0, 0, PORT, 1] };
    await expect(ask(send)).rejects.toThrow('a probe has no sender or no destination');
  });
});
