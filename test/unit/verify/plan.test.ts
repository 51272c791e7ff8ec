import { describe, expect, test } from 'vitest';
import { attempts } from '../../../src/verify/plan.ts';
import { addressWithPort } from '../../../src/published/publication.ts';
import type { Situation } from '../../../src/verify/situation.ts';
import { listener, publication, situation } from './facts.ts';

function plan(facts: Situation, { udp = false, neighbour = false } = {}): string[] {
  return attempts(facts, { udp, neighbour }).map(
    ({ from, protocol, address, port, inner }) => `${from} ${protocol} ${addressWithPort(address, port)} of ${inner}`,
  );
}

describe('what is tried', () => {
  test('is every listener from inside, one on :: by IPv4 as well', () => {
    const listeners = ['tcp 127.0.0.1 80', 'tcp 0.0.0.0 81', 'tcp :: 82', 'tcp 10.89.7.2 83'].map(listener);
    const inside = plan(situation({ listeners, linked: [] }));
    expect(inside).toEqual([
      'inside tcp 127.0.0.1:80 of 80',
      'inside tcp 127.0.0.1:81 of 81',
      'inside tcp [::1]:82 of 82',
      'inside tcp 127.0.0.1:82 of 82',
      'inside tcp 10.89.7.2:83 of 83',
    ]);
  });

  test('is a published port at every address of the host, once', () => {
    const published = [publication('tcp 80 at 0.0.0.0 8080'), publication('tcp 80 at :: 8080')];
    expect(plan(situation({ published }))).toEqual([
      'host tcp 127.0.0.1:8080 of 80',
      'host tcp [::1]:8080 of 80',
      'host tcp 192.168.5.130:8080 of 80',
      'host tcp [fd00:5::130]:8080 of 80',
      'host tcp 10.89.7.1:8080 of 80',
    ]);
  });

  test('is the container itself only where the host has a link to it, at addresses where it listens', () => {
    const listeners = [listener('tcp 0.0.0.0 80'), listener('tcp 127.0.0.1 81')];
    const addresses = ['10.89.7.2', 'fd00:89:7::2'];
    const direct = (linked: string[]) =>
      plan(situation({ listeners, addresses, linked })).filter((one) => one.startsWith('host'));
    expect(direct(addresses)).toEqual(['host tcp 10.89.7.2:80 of 80']);
    expect(direct([])).toEqual([]);
  });

  test('is never an address that is neither the host nor the container', () => {
    const facts = situation({
      listeners: [listener('tcp 0.0.0.0 80'), listener('tcp :: 81'), listener('udp 0.0.0.0 82')],
      published: [publication('tcp 80 at 192.168.5.200 8080'), publication('udp 82 at 0.0.0.0 82')],
      linked: [],
    });
    const asked = attempts(facts, { udp: true, neighbour: true }).filter(({ from }) => from !== 'inside');
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(({ address }) => !facts.host.addresses.includes(address))).toEqual([]);
  });

  test('is UDP only where it is asked for', () => {
    const published = [publication('udp 80 at 127.0.0.1 8080')];
    const facts = situation({ listeners: [listener('udp 0.0.0.0 80')], published });
    expect(plan(facts)).toEqual([]);
    expect(plan(facts, { udp: true })).toContain('host udp 127.0.0.1:8080 of 80');
  });

  test('is loopback from a neighbour where a port is published on loopback alone', () => {
    const fromNeighbour = (at: string) =>
      plan(situation({ published: [publication(`tcp 80 at ${at} 8080`)] }), { neighbour: true }).filter((one) =>
        one.startsWith('neighbour'),
      );
    const lan = ['192.168.5.130', '[fd00:5::130]', '10.89.7.1'].map((one) => `neighbour tcp ${one}:8080 of 80`);
    expect(fromNeighbour('127.0.0.1')).toEqual(['neighbour tcp 127.0.0.1:8080 of 80', ...lan]);
    expect(fromNeighbour('0.0.0.0')).toEqual(lan);
  });

  test('is, on the network of the host, what listens at the addresses of the host', () => {
    const facts = situation({ listeners: [listener('tcp 192.168.5.130 80')], hostNetwork: true, linked: [] });
    expect(plan(facts, { neighbour: true })).toEqual([
      'inside tcp 192.168.5.130:80 of 80',
      'host tcp 192.168.5.130:80 of 80',
      'neighbour tcp 192.168.5.130:80 of 80',
    ]);
  });
});
