import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchKind, Operation, Result } from '../../../src/protocol/messages.ts';
import type { NumberOption } from '../../../src/protocol/options.ts';
import { loopbackAgent } from '../../support/loopback-agent.ts';
import { noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';
import { paced } from '../../../src/process/pace.ts';

/** How long to wait for an event that should happen, and for one that should not, in milliseconds. */
const LONG = paced(10_000);
const SHORT = 60;
const PEER = 1050;

const { ask, start } = loopbackAgent();

const udp = (bind: string, ...options: NumberOption[]): BatchKind => ({
  family: bind.includes(':') ? 'inet6' : 'inet',
  type: 'dgram',
  options: options.map((option): [NumberOption, number] => [option, 1]),
  bind,
});
const tcp = (bind: string, rest: Partial<BatchKind> = {}): BatchKind => ({ ...udp(bind), type: 'stream', ...rest });

/** The outcome of each socket of a batch. */
function answers(result: Result | undefined): string[] {
  return (result?.codes ?? []).map((code) => result?.legend?.[code] ?? `code ${code}`);
}

/** Connections from three ports to a peer of the same process, kept as `c` and `p`. */
async function connect(ports: readonly number[]): Promise<void> {
  const kind = tcp('127.0.0.1', { connect: { address: '127.0.0.1', port: PEER } });
  const results = await ask(
    { op: 'batch', as: 'c', kinds: [kind], sockets: ports.flatMap((port) => [0, port]) },
    { op: 'batch-take', on: 'peer', as: 'p', count: ports.length, within: LONG },
    { op: 'batch-await', on: 'c', state: 'ESTABLISHED', within: LONG },
  );
  expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
}

describe('batches on the real kernel', needs(noNamespaces), () => {
  start();
  beforeEach(async () => {
    await ask(
      { op: 'socket', as: 'peer', family: 'inet', type: 'stream' },
      { op: 'bind', on: 'peer', address: '127.0.0.1', port: PEER },
      { op: 'listen', on: 'peer' },
    );
  });

  it('says for each socket which call failed and why, and ends with it', async () => {
    const kinds = [
      udp('127.0.0.1'),
      udp('127.0.0.1', 'SO_REUSEADDR'),
      udp('192.0.2.1'),
      tcp('127.0.0.1', { listen: 1 }),
      udp('127.0.0.1', 'SO_EXCLUSIVEADDRUSE'),
    ];
    const [held, tried] = await ask(
      { op: 'batch', as: 'a', kinds, sockets: [0, 2001, 1, 2002, 3, 2003] },
      { op: 'batch', kinds, sockets: [0, 2001, 1, 2001, 1, 2002, 0, 2002, 0, 2004, 2, 2004, 3, 2003, 4, 2004] },
    );
    expect(answers(held)).toEqual(['ok', 'ok', 'ok']);
    expect(answers(tried)).toEqual([
      'bind EADDRINUSE',
      'bind EADDRINUSE',
      'ok',
      'bind EADDRINUSE',
      'ok',
      'bind EADDRNOTAVAIL',
      'bind EADDRINUSE',
      'SO_EXCLUSIVEADDRUSE not available here',
    ]);
  });

  it('tells a bind that works from a listen that does not', async () => {
    const [tried] = await ask({
      op: 'batch',
      kinds: [{ ...udp('127.0.0.1'), listen: 1 }, tcp('127.0.0.1', { listen: 1 })],
      sockets: [0, 2001, 1, 2001],
    });
    expect(answers(tried)).toEqual(['listen EOPNOTSUPP', 'ok']);
  });

  it('keeps what has a name until it is closed, and nothing else', async () => {
    const kinds = [udp('127.0.0.1')];
    const sockets = Array.from({ length: 3000 }, (_, index) => [0, 3000 + index]).flat();
    const tries: Operation = { op: 'batch', kinds, sockets };
    const [first, held, second, closed, third] = await ask(
      tries,
      { op: 'batch', as: 'a', kinds, sockets },
      tries,
      { op: 'batch-close', on: 'a', how: 'close' },
      tries,
    );
    for (const result of [first, held, third]) expect(new Set(answers(result))).toEqual(new Set(['ok']));
    expect(new Set(answers(second))).toEqual(new Set(['bind EADDRINUSE']));
    expect(closed?.outcome).toBe('ok');
    expect(second?.codes).toHaveLength(3000);
  });

  it('connects, and knows when it is connected', async () => {
    await connect([2001, 2002, 2003]);
    // No one listens there: a refused connection must not count as connected.
    const kinds = [tcp('127.0.0.1', { connect: { address: '127.0.0.1', port: 9 } })];
    const [, waited] = await ask(
      { op: 'batch', as: 'd', kinds, sockets: [0, 2004] },
      { op: 'batch-await', on: 'd', state: 'ESTABLISHED', within: SHORT },
    );
    expect(waited).toMatchObject({ outcome: 'silence', data: 'port 2004 is CLOSED, not ESTABLISHED' });
    await ask({ op: 'batch-close', on: 'c', how: 'reset' }, { op: 'batch-close', on: 'p', how: 'reset' });
  });

  it('leaves nothing behind of connections that it resets', async () => {
    await connect([2011, 2012]);
    await ask({ op: 'batch-close', on: 'c', how: 'reset' }, { op: 'batch-close', on: 'p', how: 'reset' });
    const [table] = await ask({ op: 'read', path: '/proc/net/tcp' });
    // Only the peer's listener is left.
    expect(table?.data?.trim().split('\n')).toHaveLength(2);
  });

  it('puts accepted connections in the place of their listeners', async () => {
    const kinds = [tcp('127.0.0.1', { listen: 1 })];
    const callers: BatchKind[] = [{ family: 'inet', type: 'stream', options: [], connect: { address: '127.0.0.1' } }];
    const results = await ask(
      { op: 'batch', as: 'a', kinds, sockets: [0, 2021, 0, 2022] },
      { op: 'batch-accept', on: 'a', within: SHORT },
      { op: 'batch', as: 'b', kinds: callers, sockets: [0, 2021, 0, 2022] },
      { op: 'batch-accept', on: 'a', within: LONG },
      { op: 'batch-await', on: 'a', state: 'ESTABLISHED', within: SHORT },
      { op: 'batch-await', on: 'a', state: 'LISTEN', within: SHORT },
      { op: 'batch', kinds: [tcp('127.0.0.1')], sockets: [0, 2021] },
    );
    expect(results.map(({ outcome, data }) => data ?? outcome)).toEqual([
      'ok',
      'port 2021 had no connection to accept',
      'ok',
      'ok',
      'ok',
      'port 2021 is ESTABLISHED, not LISTEN',
      'ok',
    ]);
    expect(answers(results[6])).toEqual(['bind EADDRINUSE']);
    await ask({ op: 'batch-close', on: 'a', how: 'reset' }, { op: 'batch-close', on: 'b', how: 'reset' });
  });

  it('says how many connections did not come', async () => {
    const [taken] = await ask({ op: 'batch-take', on: 'peer', as: 'p', count: 2, within: SHORT });
    expect(taken).toMatchObject({ outcome: 'silence', data: 'only 0 of 2 connections came' });
  });

  it('brings connections to CLOSE_WAIT, and to no other state by that', async () => {
    await connect([2031, 2032]);
    const results = await ask(
      { op: 'batch-await', on: 'c', state: 'CLOSE_WAIT', within: SHORT },
      { op: 'batch-close', on: 'p', how: 'leave' },
      { op: 'batch-await', on: 'c', state: 'CLOSE_WAIT', within: LONG },
    );
    expect(results.map(({ outcome, data }) => data ?? outcome)).toEqual([
      'port 2031 is ESTABLISHED, not CLOSE_WAIT',
      'ok',
      'ok',
    ]);
    await ask({ op: 'batch-close', on: 'c', how: 'reset' });
  });

  it('finds TIME_WAIT in the system’s table, and does not take another state or a free port for it', async () => {
    await connect([2041, 2042]);
    const results = await ask(
      { op: 'batch-close', on: 'c', how: 'leave' },
      // Their peer has not closed yet.
      { op: 'batch-await', on: 'c', state: 'TIME_WAIT', within: SHORT },
      { op: 'batch-close', on: 'p', how: 'close' },
      { op: 'batch-await', on: 'c', state: 'TIME_WAIT', within: LONG },
      { op: 'batch', as: 'u', kinds: [tcp('127.0.0.1')], sockets: [0, 2043] },
      { op: 'batch-close', on: 'u', how: 'leave' },
      { op: 'batch-await', on: 'u', state: 'TIME_WAIT', within: SHORT },
    );
    const said = results.map(({ outcome, data }) => data ?? outcome);
    expect(said[1]).toMatch(/^port 2041 is FIN_WAIT_[12], not TIME_WAIT$/);
    expect(said.slice(2)).toEqual(['ok', 'ok', 'ok', 'ok', 'port 2043 is free, not TIME_WAIT']);
  });

  it('a reset of the agent closes batches too, and ends what waits on one', async () => {
    await ask({ op: 'batch', as: 'a', kinds: [tcp('127.0.0.1', { listen: 1 })], sockets: [0, 2051] });
    const waiting = expect(ask({ op: 'batch-accept', on: 'a', within: LONG })).rejects.toThrow('was closed while');
    expect(await ask({ op: 'reset' })).toMatchObject([{ open: 0 }]);
    await waiting;
  });

  it('calls a mistake a fault', async () => {
    const kinds = [udp('127.0.0.1')];
    await ask({ op: 'batch', as: 'a', kinds, sockets: [0, 2061] });
    await expect(ask({ op: 'batch', as: 'a', kinds, sockets: [] })).rejects.toThrow("there is a batch 'a' already");
    await expect(ask({ op: 'batch', kinds, sockets: [1, 2062] })).rejects.toThrow('there is no kind 1');
    await expect(ask({ op: 'batch', kinds, sockets: [0, 70_000] })).rejects.toThrow('refused');
    await expect(ask({ op: 'batch-close', on: 'z', how: 'close' })).rejects.toThrow("there is no batch 'z'");
  });
});
