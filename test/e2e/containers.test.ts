import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainersRecord } from '../../src/record/containers.ts';
import { asked } from '../../src/containers/reading.ts';
import { readContainers } from '../../src/record/read.ts';
import { bindspec, folder } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { titled } from '../support/namespace.ts';

const MINUTES = 180_000;

describe('bindspec containers', () => {
  it('lists its configurations, all or those that are meant', async () => {
    const missing = withoutEngine('docker');
    const { exitCode, stdout, stderr } = await bindspec(['containers', 'docker/*proxy', '--list']);
    if (missing !== null) {
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^bindspec: there is no container engine for that here: [^\n]+\n?$/);
      return;
    }
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['docker/proxy', 'docker/no-proxy']);
  });

  it.each([
    [['--engine', 'lxc'], "there is no engine 'lxc': choose one of podman, docker, or such as trixie:docker"],
    [['--engine', 'buster:docker'], "there are no engines of 'buster'; choose one of trixie, sid"],
    [['--prepare', 'buster'], "there are no engines of 'buster'; choose one of trixie, sid"],
    [['docker/procksy'], "no configuration matches 'docker/procksy'; 'bindspec containers --list' shows them all"],
    [['docker', '--engine', 'podman'], 'nothing of podman matches docker'],
    [['--known', '/nowhere/known.txt'], "the list of known deviations can't be read: ENOENT"],
  ])('tells in one line what is wrong with %j', async (words, message) => {
    const { exitCode, stdout, stderr } = await bindspec(['containers', ...words]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(`bindspec: ${message}`);
  });

  it('says what to install where there is no engine', async () => {
    const { exitCode, stderr } = await bindspec(['containers'], { env: { PATH: '/nonexistent' } });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^bindspec: there is no container engine for that here: the program 'podman' is not here; apt-get install [^\n]+$/,
    );
  });
});

describe.each([
  { engine: 'docker', configuration: 'docker/proxy', version: '20.10' },
  { engine: 'podman', configuration: 'podman/netavark', version: '4.3' },
] as const)('$configuration', ({ engine, configuration, version }) => {
  const missing = withoutEngine(engine);
  describe.skipIf(missing !== null)(titled('is looked at', missing), () => {
    it(
      'and recorded: what is published is reached, what is exposed fails, and a known list takes that away',
      async () => {
        const reports = folder();
        const first = await bindspec(['containers', configuration, '--reports', reports]);
        const file = /written: (\S+containers\.json)/.exec(first.stdout)?.[1] ?? '';
        expect(existsSync(file), first.stdout + first.stderr).toBe(true);
        const record = readContainers(readFileSync(file, 'utf8'), file);
        expect(existsSync(path.join(path.dirname(file), 'containers.md'))).toBe(true);
        expect(record).toMatchObject({ complete: true, engine: { name: engine } });
        const [one] = record.configurations;
        expect(one).toMatchObject({ id: configuration, mode: 'bridge' });
        expect(one?.error).toBeUndefined();
        expect(outcomes(record, 'tcp to 0.0.0.0 published on every: neighbour by lan')).toEqual(['answered']);
        expect(outcomes(record, 'tcp to nothing published on every: peer by container')).toEqual(['refused']);
        expect(outcomes(record, 'tcp to :: published on not: itself by inner ::1')).toEqual(['answered']);
        expect(one?.holders.find(({ published }) => published === 'every')?.listeners).not.toEqual([]);
        expect(one?.conflicts.some(({ first: who, outcome }) => who === 'engine' && outcome === 'EADDRINUSE')).toBe(
          true,
        );
        expect(one?.conflicts.some(({ first: who, outcome }) => who === 'host' && outcome === 'refused')).toBe(true);
        expect(record.promises.every(({ held }) => held > 0)).toBe(true);

        // These generations are known to be exposed; what others are is for the record to tell.
        if (!record.engine.version.startsWith(version)) return;
        expect(first.exitCode).toBe(1);
        const exposed = record.security.filter(({ verdict }) => verdict === 'exposed');
        expect(exposed.map(({ way }) => way)).toEqual(expect.arrayContaining(['loopback', 'subnet']));
        expect(first.stdout.indexOf('✗ exposed')).toBeLessThan(first.stdout.indexOf('a server on ::'));

        const known = path.join(reports, 'known.txt');
        writeFileSync(known, `${configuration} # this generation is so\n`);
        const second = await bindspec(['containers', configuration, '--reports', reports, '--known', known]);
        expect(second.exitCode, second.stdout + second.stderr).toBe(0);
        expect(second.stdout).toContain('! known');
        expect(second.stdout).not.toContain('✗ exposed');
        expect(second.stdout).toContain('nothing differs from what was recorded');
      },
      MINUTES,
    );
  });
});

function outcomes(record: ContainersRecord, question: string): string[] {
  return record.configurations.flatMap((configuration) =>
    asked(configuration)
      .filter(
        ({ row, asker, target }) =>
          `${row.socket} to ${row.bind} published on ${row.published}: ${asker} by ${target}` === question,
      )
      .map(({ outcome }) => outcome.outcome),
  );
}
