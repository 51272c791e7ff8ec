import { describe, expect, test } from 'vitest';
import type { Finding, PortReport, SystemVerification } from '../../../src/record/verification.ts';
import { changesSince, portSentences } from '../../../src/verify/overview.ts';

const found = (kind: Finding['kind'], severity: Finding['severity'] = 'wrong'): Finding => ({
  kind,
  severity,
  text: `it is ${kind}`,
});

function port(number: number, findings: readonly Finding[] = [], more: Partial<PortReport> = {}): PortReport {
  return {
    protocol: 'tcp',
    port: number,
    verdict: findings.some(({ severity }) => severity === 'wrong') ? 'wrong' : 'fine',
    listeners: [{ address: '0.0.0.0', program: 'node', pid: 1 }],
    published: [{ address: '0.0.0.0', port: number + 8000 }],
    tries: [],
    findings: [...findings],
    ...more,
  };
}

function system(containers: Record<string, PortReport[]>, addresses = ['10.89.7.2']): SystemVerification {
  return {
    schema: 1,
    kind: 'system',
    bindspec: '0.1.0',
    started: '2026-01-02T03:04:05.000Z',
    what: 'every container that runs',
    denies: [],
    unread: [],
    unverified: [],
    verdict: 'fine',
    containers: Object.entries(containers).map(([name, ports]) => ({
      schema: 1,
      bindspec: '0.1.0',
      started: '2026-01-02T03:04:05.000Z',
      target: { kind: 'container', name, hostNetwork: false, addresses },
      host: { addresses: [], localhost: [] },
      neighbour: false,
      udp: false,
      ports,
      verdict: 'fine',
    })),
  };
}

test('a port has one sentence, its worst, and the worst port is first', () => {
  const record = system({
    one: [port(80), port(81, [found('unpublished', 'note')]), port(82, [found('localhost'), found('exposed')])],
    two: [port(80, [found('nothing-listens')]), port(81, [found('firewall-passed', 'note')])],
  });
  expect(portSentences(record).map(({ container, port: which, text }) => `${container} ${which}: ${text}`)).toEqual([
    'one tcp 82: it is exposed',
    'two tcp 80: it is nothing-listens',
    'two tcp 81: it is firewall-passed',
    'one tcp 81: it is unpublished',
    'one tcp 80: published at port 8080 of every IPv4 address, and answers there',
  ]);
});

describe('what changed since the last time', () => {
  const before = system({ one: [port(80), port(81)] });

  test('is a port that is new, gone, or has another sentence', () => {
    const now = system({ one: [port(80, [found('exposed')])], two: [port(80)] });
    expect(changesSince(before, now)).toEqual([
      {
        container: 'one',
        port: 'tcp 80',
        change: 'changed',
        was: 'published at port 8080 of every IPv4 address, and answers there',
        is: 'it is exposed',
      },
      expect.objectContaining({ container: 'two', port: 'tcp 80', change: 'new' }),
      expect.objectContaining({ container: 'one', port: 'tcp 81', change: 'gone' }),
    ]);
  });

  test('is not another number of a process, nor another address of the container', () => {
    const listening = (address: string, pid: number) => ({ listeners: [{ address, program: 'node', pid }] });
    const first = system({ one: [port(80, [], listening('10.89.7.2', 1))] });
    const second = system({ one: [port(80, [], listening('10.89.7.9', 2))] }, ['10.89.7.9']);
    expect(changesSince(first, second)).toEqual([]);
    const elsewhere = system({ one: [port(80, [], listening('127.0.0.1', 2))] }, ['10.89.7.9']);
    expect(changesSince(first, elsewhere)).toMatchObject([{ change: 'changed' }]);
  });
});
