import { describe, expect, it } from 'vitest';
import type { LabFacts } from '../../../src/lab/lab.ts';
import { hostFacts } from '../../../src/lab/host.ts';
import type { Operation, Result } from '../../../src/protocol/messages.ts';
import type { AgentProcess } from '../../../src/harness/agent-process.ts';
import { isFree, Ports } from '../../../src/runner/ports.ts';

const loopback = { netmask: '', mac: '', internal: true };
const shared: LabFacts = hostFacts(
  { lo: [{ ...loopback, address: '::1', family: 'IPv6', cidr: null, scopeid: 0 }] },
  false,
);
const own: LabFacts = { ...shared, ownPorts: true };

/** An agent whose binds have the outcome that `bind` returns. It only has to answer. */
function prober(bind: (operation: Extract<Operation, { op: 'bind' }>, type: string) => string): AgentProcess {
  const ask = async (operations: readonly Operation[]): Promise<Result[]> => {
    let type = '';
    return operations.map((operation) => {
      if (operation.op === 'socket') ({ type } = operation);
      return { outcome: operation.op === 'bind' ? bind(operation, type) : 'ok', at: 0, took: 0 };
    });
  };
  return { ask } as unknown as AgentProcess;
}

describe('ports', () => {
  it('are given in order and unprobed where no one else takes any, from the first again after the last', async () => {
    const ports = new Ports(own);
    expect(ports.shared).toBe(false);
    const unasked = async (): Promise<AgentProcess> => {
      throw new Error('nothing is to be probed here');
    };
    const given: number[] = [];
    for (let count = 0; count < 28_941; count += 1) given.push(await ports.next(unasked));
    expect(given.slice(0, 2)).toEqual([1060, 1061]);
    expect(given.slice(-2)).toEqual([29_999, 1060]);
  });

  it('are probed where others take them too, and a taken one is not given', async () => {
    const ports = new Ports(shared);
    expect(ports.shared).toBe(true);
    const probed = new Set<number>();
    const agent = prober(({ port }) => {
      probed.add(port);
      return probed.size < 5 ? 'EADDRINUSE' : 'ok';
    });
    const port = await ports.next(async () => agent);
    expect([...probed].at(-1)).toBe(port);
    expect(probed.size).toBe(5);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(30_000);
  });

  it.each([
    ['dgram', '0.0.0.0', 'EADDRINUSE'],
    ['stream', '0.0.0.0', 'EADDRINUSE'],
    ['dgram', '::', 'EADDRINUSE'],
    ['stream', '::', 'EACCES'],
  ])('are taken when a %s bind of %s returns %s', async (kind, address, outcome) => {
    const agent = prober((bind, type) => (type === kind && bind.address === address ? outcome : 'ok'));
    expect(await isFree(agent, shared, 20_000)).toBe(false);
    expect(
      await isFree(
        prober(() => 'ok'),
        shared,
        20_000,
      ),
    ).toBe(true);
  });

  it('are not probed for a family that the machine does not have', async () => {
    const agent = prober(({ address }) => (address === '::' ? 'EADDRINUSE' : 'ok'));
    expect(await isFree(agent, hostFacts({}, false), 20_000)).toBe(true);
  });
});
