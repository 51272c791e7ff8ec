import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bindspec } from '../support/cli.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { patient } from '../support/waiting.ts';

/** The words that start a command in a namespace whose system chooses these ports by itself. */
const choosing = (range: string) => [
  ...LOOPBACK_ONLY,
  'sh',
  '-c',
  `echo ${range} >/proc/sys/net/ipv4/ip_local_port_range; exec "$0" "$@"`,
];

/** The system as it is by default, before anything is set. */
const before = textOf('/proc/sys/net/ipv4/ip_local_port_range');

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

describe('a host whose own choice of ports is the usual ones', needs(noNamespaces), () => {
  test.each([
    ['1024 49151', 49_152, 65_535],
    ['10000 65535', 2000, 9999],
  ])('of %s: experiments and pairs use others', async (range, from, to) => {
    const words = ['conflict/same-address', 'conflict/udp-beside-tcp', 'reach/by-port', '--lab', 'host'];
    const ran = await bindspec(['run', ...patient(), ...words, '--no-reports', '--format', 'json'], {
      before: choosing(range),
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const { lab, cells } = JSON.parse(ran.stdout) as {
      lab: { firstPort: number; lastPort: number };
      cells: { verdict: string; transcript: { call: string }[] }[];
    };
    expect(lab).toMatchObject({ firstPort: from, lastPort: to });
    const bound = cells
      .flatMap(({ transcript }) => transcript)
      .flatMap(({ call }) => /^bind\(.*:(\d+)\)/.exec(call)?.[1] ?? [])
      .map(Number)
      .filter((port) => port !== 0);
    expect(bound.length).toBeGreaterThan(20);
    expect(bound.filter((port) => port < from || port > to)).toEqual([]);

    const asked = ['--protocol', 'tcp', '--state', 'accepted', '--uid', 'same', '--first', '127.0.0.1'];
    const pairs = await bindspec(['matrix', ...asked, '--lab', 'host', '--no-reports', '--format', 'json'], {
      before: choosing(range),
    });
    expect(pairs.exitCode, pairs.stderr).toBe(0);
    expect(JSON.parse(pairs.stdout)).toMatchObject({ errors: [], counts: { mismatches: 0, notRun: 0 } });
  });

  test('nothing of this machine was changed', () => {
    expect(textOf('/proc/sys/net/ipv4/ip_local_port_range')).toBe(before);
  });
});
