import { describe, expect, it } from 'vitest';
import type { BatchKind, Operation, Result } from '../../../../src/protocol/messages.ts';
import { loopbackAgent } from '../../../support/loopback-agent.ts';
import { noNamespaces } from '../../../support/namespace.ts';
import { needs } from '../../../support/needs.ts';
import { paced } from '../../../../src/process/pace.ts';

/** How long to wait for an event that should happen, and for one that should not, in milliseconds. */
const LONG = paced(10_000);
const SHORT = 60;

const { ask, start } = loopbackAgent();

const udp = (bind: string): BatchKind => ({
  family: bind.includes(':') ? 'inet6' : 'inet',
  type: 'dgram',
  options: [],
  bind,
});
const tcp = (bind: string, rest: Partial<BatchKind> = {}): BatchKind => ({ ...udp(bind), type: 'stream', ...rest });
const LISTENER = tcp('127.0.0.1', { listen: 8 });

/** The outcome of each probe. */
function words(result: Result | undefined): string[] {
  return (result?.codes ?? []).map((code) => result?.legend?.[code] ?? `code ${code}`);
}

/** Probes one by one, given as triples of a source, a target and a port, in the form that an operation has. */
function oneByOne(triples: readonly number[]): { ports: number[]; probes: number[] } {
  const ports: number[] = [];
  const probes: number[] = [];
  for (let at = 0; at < triples.length; at += 3) {
    const [source = -1, target = -1, port = -1] = triples.slice(at, at + 3);
    probes.push(source, target, ports.push(port) - 1, 1);
  }
  return { ports, probes };
}

const datagrams = (probes: number[], more: Partial<Extract<Operation, { op: 'probe-send' }>> = {}): Operation => ({
  op: 'probe-send',
  sources: [
    { address: '127.0.0.1', port: 3001 },
    { address: '::1', port: 0 },
  ],
  targets: ['127.0.0.1', '127.0.0.2', '::1'],
  ...oneByOne(probes),
  mark: 70_000,
  ...more,
});

const connections = (
  as: string,
  probes: number[],
  within = LONG,
  open = 2009,
): Extract<Operation, { op: 'probe-connect' }> => ({
  op: 'probe-connect',
  as,
  sources: [{ address: '127.0.0.1', port: 0 }],
  targets: ['127.0.0.1', '127.0.0.2'],
  ...oneByOne(probes),
  open,
  within,
});

describe('probes on the real kernel', needs(noNamespaces), () => {
  start();

  it('sends each datagram to its own port and address, and says which were refused', async () => {
    const [, sent, drained, again] = await ask(
      {
        op: 'batch',
        as: 'a',
        kinds: [udp('127.0.0.1'), udp('0.0.0.0'), udp('::1')],
        sockets: [0, 2001, 1, 2002, 2, 2001],
      },
      datagrams([0, 0, 2001, 0, 1, 2001, 0, 0, 2002, 0, 1, 2002, 1, 2, 2001, 1, 2, 2002]),
      { op: 'probe-drain', on: 'a' },
      { op: 'probe-drain', on: 'a' },
    );
    expect(words(sent)).toEqual(['ok', 'ECONNREFUSED', 'ok', 'ok', 'ok', 'ECONNREFUSED']);
    expect(drained?.got).toEqual([0, 70_000, 1, 70_002, 1, 70_003, 2, 70_004]);
    expect(again?.got).toEqual([]);
  });

  it('sends a run of probes to ports side by side, with marks that follow one another', async () => {
    const [, sent, drained] = await ask(
      { op: 'batch', as: 'a', kinds: [udp('127.0.0.1')], sockets: [0, 2001, 0, 2003] },
      datagrams([], { ports: [2000, 2001, 2002, 2003], probes: [0, 0, 1, 3, 0, 1, 0, 2] }),
      { op: 'probe-drain', on: 'a' },
    );
    expect(words(sent)).toEqual(['ok', 'ECONNREFUSED', 'ok', 'ECONNREFUSED', 'ECONNREFUSED']);
    expect(drained?.got).toEqual([0, 70_000, 1, 70_002]);
  });

  it('sends from the port that was asked for', async () => {
    const connected = { ...udp('127.0.0.1'), connect: { address: '127.0.0.1', port: 3001 } };
    const stranger = { ...udp('127.0.0.1'), connect: { address: '127.0.0.1', port: 3002 } };
    const [, sent, drained] = await ask(
      { op: 'batch', as: 'a', kinds: [connected, stranger], sockets: [0, 2001, 1, 2002] },
      datagrams([0, 0, 2001, 0, 0, 2002]),
      { op: 'probe-drain', on: 'a' },
    );
    expect(words(sent)).toEqual(['ok', 'ECONNREFUSED']);
    expect(drained?.got).toEqual([0, 70_000]);
  });

  it('waits for the error of a closed port, one probe at a time', async () => {
    const [, sent] = await ask(
      { op: 'batch', as: 'a', kinds: [udp('127.0.0.1')], sockets: [0, 2001] },
      datagrams([0, 0, 2001, 0, 1, 2001], { closed: 2008, within: LONG }),
    );
    expect(words(sent)).toEqual(['silence', 'ECONNREFUSED']);
  });

  it('does not take silence from a way by which nothing comes back, and waits there once', async () => {
    const [, sent, drained] = await ask(
      { op: 'batch', as: 'a', kinds: [udp('0.0.0.0')], sockets: [0, 2001, 0, 2008] },
      datagrams([0, 0, 2001, 0, 0, 2001], { closed: 2008, within: SHORT }),
      { op: 'probe-drain', on: 'a' },
    );
    expect(words(sent)).toEqual(['no proof', 'no proof']);
    expect(drained?.got?.filter((_, at) => at % 2 === 1)).toEqual(expect.arrayContaining([70_000, 70_001]));
    expect(await ask({ op: 'reset' })).toMatchObject([{ outcome: 'ok', open: 0 }]);
  });

  it('sends to many from a socket that is not connected, and proves it at another address', async () => {
    const [, , , , sent, drained, again] = await ask(
      { op: 'socket', as: 'a', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 'a', address: '127.255.255.255', port: 2001 },
      { op: 'socket', as: 'b', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 'b', address: '127.0.0.1', port: 2001 },
      datagrams([0, 0, 2001, 1, 1, 2001], {
        sources: [
          { address: '127.0.0.1', port: 3001, many: true },
          { address: '127.0.0.1', port: 3001 },
        ],
        targets: ['127.255.255.255', '127.0.0.1'],
        proofs: ['127.0.0.2', '127.0.0.1'],
        closed: 2008,
        within: LONG,
      }),
      { op: 'probe-drain', on: ['a', 'b'] },
      { op: 'probe-drain', on: ['a', 'b'] },
    );
    expect(words(sent)).toEqual(['silence', 'silence']);
    expect(drained?.got).toEqual([0, 70_000, 1, 70_001]);
    expect(again?.got).toEqual([]);
  });

  it('sends from the same socket again, and from another for each number', async () => {
    const send = (number: number): Operation =>
      datagrams([0, 0, 2001], { sources: [{ address: '127.0.0.1', number }] });
    const recv: Operation = { op: 'recv', on: 'a' };
    const results = await ask(
      { op: 'socket', as: 'a', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 'a', address: '127.0.0.1', port: 2001 },
      ...[0, 1, 0].flatMap((number) => [send(number), recv]),
    );
    const [one, other, again] = [results[3], results[5], results[7]].map((result) => result?.from?.port);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('says which source can not be bound', async () => {
    const [sent] = await ask(datagrams([0, 0, 2001], { sources: [{ address: '192.0.2.1' }] }));
    expect(sent).toMatchObject({ outcome: 'EADDRNOTAVAIL', data: "a source can't be bound to 192.0.2.1 and port 0" });
  });

  it('says which connections were made, from which port, and which listener has them', async () => {
    const [, made, answered, settled] = await ask(
      { op: 'batch', as: 'l', kinds: [LISTENER, tcp('127.0.0.2')], sockets: [0, 2001, 1, 2001, 0, 2002] },
      connections('c', [0, 0, 2001, 0, 1, 2001, 0, 0, 2002, 0, 0, 2002]),
      { op: 'probe-answer', on: 'l' },
      { op: 'probe-settle', on: 'c', ask: [] },
    );
    expect(words(made)).toEqual(['ok', 'ECONNREFUSED', 'ok', 'ok']);
    const [first, , third, fourth] = made?.got ?? [];
    expect(answered?.got).toEqual([0, first, 2, third, 2, fourth]);
    expect(new Set([third, fourth]).size).toBe(2);
    expect(settled?.outcome).toBe('ok');
  });

  it('says that a connection was reset after it was made', async () => {
    const [, made, , settled] = await ask(
      { op: 'batch', as: 'l', kinds: [LISTENER], sockets: [0, 2001] },
      connections('c', [0, 0, 2001]),
      { op: 'probe-answer', on: 'l' },
      { op: 'probe-settle', on: 'c', ask: [0] },
    );
    expect(words(made)).toEqual(['ok']);
    expect(words(settled)).toEqual(['ECONNRESET']);
  });

  it('makes a connection from a client that had one before as from a new one', async () => {
    const listeners: BatchKind[] = [LISTENER, tcp('127.0.0.2', { listen: 8 })];
    await ask({ op: 'batch', as: 'l', kinds: listeners, sockets: [0, 2001, 1, 2002] });
    for (const [as, probes, expected] of [
      ['c', [0, 0, 2001, 0, 1, 2002, 0, 0, 2003], ['ok', 'ok', 'ECONNREFUSED']],
      ['d', [0, 0, 2003, 0, 0, 2001, 0, 1, 2002], ['ECONNREFUSED', 'ok', 'ok']],
    ] as const) {
      const [made, answered, settled] = await ask(
        connections(as, [...probes]),
        { op: 'probe-answer', on: 'l' },
        { op: 'probe-settle', on: as, ask: [0, 1, 2] },
      );
      expect(words(made)).toEqual(expected);
      const ports = made?.got?.filter((port) => port > 0) ?? [];
      expect(answered?.got).toEqual([0, ports[0], 1, ports[1]]);
      expect(words(settled).toSorted()).toEqual(['ECONNRESET', 'ECONNRESET', 'silence']);
    }
  });

  it('says that there was no answer only when a listener on the same path answers', async () => {
    const [, full] = await ask(
      { op: 'batch', as: 'l', kinds: [tcp('127.0.0.1', { listen: 0 }), LISTENER], sockets: [0, 2001, 1, 2009] },
      // A queue of length 0 takes one connection; the SYN of the third is dropped without an answer.
      connections('c', [0, 0, 2001, 0, 0, 2001, 0, 0, 2001]),
    );
    expect(words(full)).toContain('silence');
    expect(full?.value).toBe(1);
    await ask({ op: 'probe-settle', on: 'c', ask: [] });
    await ask({ op: 'batch', as: 'n', kinds: [tcp('127.0.0.1', { listen: 0 })], sockets: [0, 2008] });
    const [filled] = await ask(connections('e', [0, 0, 2008, 0, 0, 2008]));
    expect(words(filled)).toEqual(['ok', 'silence']);
    const [unproved] = await ask(connections('d', [0, 0, 2001, 0, 0, 2001, 0, 0, 2001], SHORT, 2008));
    expect(words(unproved)).toContain('no proof');
  });

  it('makes clients apart, so that no two have one port', async () => {
    const operation = connections('c', [0, 0, 2001, 1, 1, 2001, 0, 1, 2001, 1, 0, 2001]);
    const [, made, answered] = await ask(
      { op: 'batch', as: 'l', kinds: [tcp('0.0.0.0', { listen: 8 })], sockets: [0, 2001] },
      { ...operation, apart: true, sources: [{ address: '127.0.0.1' }, { address: '127.0.0.3' }] },
      { op: 'probe-answer', on: 'l' },
    );
    expect(words(made)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(new Set(made?.got).size).toBe(4);
    expect(answered?.got?.filter((_, at) => at % 2 === 1).toSorted()).toEqual(made?.got?.toSorted());
    const twice = connections('d', [0, 0, 2001, 0, 1, 2001]);
    const named = { ...twice, apart: true as const, sources: [{ address: '127.0.0.1', port: 3005 }] };
    await expect(ask(named)).rejects.toThrow('no client at 127.0.0.1 gets a port of its own');
  });

  it.each<[Operation, RegExp]>([
    [datagrams([5, 0, 2001]), /there is no source 5, or no target 0/],
    [datagrams([0, 7, 2001]), /there is no source 0, or no target 7/],
    [datagrams([], { ports: [2001], probes: [0, 0, 0, 2] }), /there are no ports 0 to 1/],
    [{ op: 'probe-drain', on: ['x'] }, /there is no socket 'x'/],
    [{ op: 'probe-drain', on: 'x' }, /there is no batch 'x'/],
    [{ op: 'probe-settle', on: 'x', ask: [] }, /there are no connections 'x'/],
  ])('a mistake of the harness is named: %j', async (operation, message) => {
    await expect(ask(operation)).rejects.toThrow(message);
    expect(await ask({ op: 'reset' })).toMatchObject([{ outcome: 'ok', open: 0 }]);
  });
});
