import { describe, expect, test } from 'vitest';
import { bindspec } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { isRoot, needs } from '../support/needs.ts';
import { patient } from '../support/waiting.ts';

/** The words that start a command where /proc/sys can only be read, as container engines have it. */
const READ_ONLY = [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  '--mount',
  'sh',
  '-c',
  'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$0" "$@"',
];
/** Whoever is root of a user namespace can't take back what was mounted outside of it. */
const ENCLOSED = [...READ_ONLY, 'unshare', '--user', '--map-root-user', '--mount'];

/** Cells that take a gateway that forwards, one that takes refusals of a neighbour, and one that takes neither. */
const CELLS = [
  'refusal/dropped-on-the-way',
  'reach/loopback-from-neighbour',
  'refusal/across-a-network',
  'conflict/names/protocol:udp',
];

interface Told {
  lab: { lab: string; hosts: Record<string, string>; addresses: Record<string, Record<string, string>> };
  cells: { id: string; verdict: string; reason?: string; enable?: string }[];
}

async function runIn(before: readonly string[]): Promise<Told> {
  const words = ['run', ...patient(), ...CELLS, '--lab', 'netns', '--no-reports', '--format', 'json'];
  const { stdout, stderr, exitCode } = await bindspec(words, { before });
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Told;
}

describe('the netns lab where /proc/sys is read-only', needs(noNamespaces), () => {
  test('is whole where root can mount it again', async () => {
    const { lab, cells } = await runIn(READ_ONLY);
    expect(Object.keys(lab.hosts)).toEqual(['machine', 'neighbour', 'gateway']);
    expect(cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  test('lacks what can not be set, says why and what enables it, and passes nothing by it', async () => {
    const { lab, cells } = await runIn(ENCLOSED);
    expect(lab.lab).toBe('netns');
    expect(Object.keys(lab.hosts)).toEqual(['machine']);
    expect(Object.keys(lab.addresses['inet'] ?? {})).not.toContain('neighbour');
    for (const { id, verdict, reason, enable } of cells) {
      if (id.startsWith('conflict/')) expect(`${id} ${verdict}`).toBe(`${id} pass`);
      else {
        expect(`${id} ${verdict}`).toBe(`${id} skipped`);
        expect(reason).toBe("the lab's settings can't be written: /proc/sys is read-only here, as in a container");
        expect(enable).toContain('--security-opt systempaths=unconfined');
      }
    }
  });
});
