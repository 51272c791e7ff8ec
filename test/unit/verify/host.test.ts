import { describe, expect, test } from 'vitest';
import type { FirewallRule } from '../../../src/port/report.ts';
import type { Situation } from '../../../src/verify/situation.ts';
import { findings, listener, publication, report, situation, tried } from './facts.ts';

const published = [publication('tcp 80 at 0.0.0.0 8080')];
const listeners = [listener('tcp 0.0.0.0 80')];
const open = [tried('inside 127.0.0.1 80 open'), tried('host 192.168.5.130 8080 open')];
const TRANSLATES: FirewallRule = {
  chain: 'ip nat DOCKER',
  text: 'tcp dport 8080 DNAT to 10.89.7.2:80',
  action: 'leads elsewhere',
  to: '10.89.7.2:80',
  conditional: true,
};

/** A host whose firewall denies IPv4 that comes in, and has these rules for port 8080. */
function firewalled(rules: readonly FirewallRule[], more: Partial<Situation> = {}): Situation {
  const plain = situation({ listeners, published, ...more });
  const firewall = {
    denies: [{ family: 'ip' as const, chain: 'ip filter INPUT' }],
    of: (_: string, port: number) => (port === 8080 ? rules : []),
  };
  return { ...plain, host: { ...plain.host, firewall } };
}

describe('a published port on a host whose firewall denies what comes in', () => {
  test('passes by it where a rule translates the port', () => {
    const facts = firewalled([TRANSLATES]);
    expect(report(facts, open).verdict).toBe('fine');
    expect(findings(facts, open)).toEqual([
      [
        'firewall-passed',
        "published at port 8080 of every IPv4 address; the host's firewall denies what comes in (ip filter INPUT), but not this port, " +
          'because it is translated before (ip nat DOCKER: tcp dport 8080 DNAT to 10.89.7.2:80): publish it on 127.0.0.1 if others should not reach it',
      ],
    ]);
  });

  test('passes by it where a neighbour reached it, whatever the rules say', () => {
    const facts = firewalled([]);
    const [[kind, text] = ['', '']] = findings(facts, [...open, tried('neighbour 192.168.5.130 8080 open')]);
    expect(kind).toBe('firewall-passed');
    expect(text).toContain('and a neighbour reaches 192.168.5.130:8080 all the same: publish');
  });

  test('may be kept by it where no rule is about the port, and is where a neighbour had no answer', () => {
    const facts = firewalled([]);
    expect(findings(facts, open)[0]).toEqual([
      'firewall-kept',
      "published at port 8080 of every IPv4 address, but the host's firewall denies what comes in (ip filter INPUT) and has no rule for 8080, so that others may not reach it: allow it there if they should",
    ]);
    expect(report(facts, open).verdict).toBe('fine');
    const asked = [...open, tried('neighbour 192.168.5.130 8080 silence')];
    expect(report(facts, asked).verdict).toBe('wrong');
    expect(findings(facts, asked)[0]?.[1]).toContain('but a neighbour does not reach 192.168.5.130:8080, because');
  });

  test.each([
    ['accepts it', firewalled([{ ...TRANSLATES, chain: 'ip filter ufw-user-input', action: 'accepts' }])],
    ['is of the other family', firewalled([TRANSLATES], { published: [publication('tcp 80 at :: 8080')] })],
    [
      'is not asked, because only loopback has it',
      firewalled([], { published: [publication('tcp 80 at 127.0.0.1 8080')] }),
    ],
  ])('is not spoken of where the firewall %s', (_, facts) => {
    const tries = [tried('host ::1 8080 open'), tried('host fd00:5::130 8080 open'), tried('host 127.0.0.1 8080 open')];
    const kinds = findings(facts, [...open, ...tries]).map(([kind]) => kind);
    expect(kinds.filter((kind) => kind.startsWith('firewall'))).toEqual([]);
  });

  test("is not let in by what the engine's own chain accepts, which is for the container", () => {
    const facts = firewalled([{ ...TRANSLATES, chain: 'ip filter DOCKER', action: 'accepts' }]);
    expect(findings(facts, open)[0]?.[0]).toBe('firewall-kept');
  });
});

test('a program of the host that listens on the port in vain is named', () => {
  const own = { ...listener('tcp fd00:5::130 8080'), program: 'nginx', pid: 7 };
  const facts = situation({ listeners, published });
  const withOwn = { ...facts, host: { ...facts.host, listeners: [own, { ...own, program: 'docker-proxy' }] } };
  const found = findings(withOwn, [...open, tried('host fd00:5::130 8080 open')]);
  expect(found).toEqual([
    [
      'host-listener',
      'nginx (7) of the host listens on [fd00:5::130]:8080 too, but [fd00:5::130]:8080 leads to the container: use another port for one of them',
    ],
  ]);
  expect(findings(withOwn, open)).toEqual([]);
});
