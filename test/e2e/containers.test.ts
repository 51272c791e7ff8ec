import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainersRecord } from '../../src/record/containers.ts';
import { startEngineHost, type EngineHost } from '../../src/engine/host/engine-host.ts';
import { DOCKER_SOCKET } from '../../src/engine/host/files.ts';
import { asked } from '../../src/containers/reading.ts';
import { findProgram } from '../../src/lab/programs.ts';
import { readContainers } from '../../src/load/read.ts';
import { bindspec, folder } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { bindspecOn } from '../support/in-engine.ts';
import { needs } from '../support/needs.ts';
import { BARE_MACHINE } from '../support/warm-command.ts';
import { paced } from '../../src/process/pace.ts';

/** Starting engines takes longer than other tests do, in milliseconds. */
const MINUTES = paced(300_000);

describe('bindspec containers', () => {
  it('lists its configurations, all or those that are meant', async () => {
    const missing = withoutEngine('docker');
    const { exitCode, stdout, stderr } = await bindspec(['containers', 'docker/*proxy', '--list']);
    if (missing !== null) {
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^bindspec: the container engine is not installed here: [^\n]+\n?$/);
      return;
    }
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['docker/proxy', 'docker/no-proxy']);
  });

  it.each([
    [
      ['--engine', 'lxd'],
      "unknown engine 'lxd'; it is one of podman, docker, containerd, nspawn, libvirt, incus, or as trixie",
    ],
    [
      ['--engine', 'docker=x.sock'],
      "'docker=x.sock' does not name a socket of this machine: write for example docker=/run/docker",
    ],
    [
      ['--engine', 'sid:docker=/x'],
      "unknown engine 'sid:docker=/x'; it is one of podman, docker, containerd, nspawn, libvirt, incus, or as",
    ],
    [['--engine', 'buster:docker'], "unknown release of Debian 'buster'; those with engines are trixie and sid"],
    [['--prepare', 'buster'], "unknown release of Debian 'buster'; those with engines are trixie and sid"],
    [['docker/procksy'], "unknown configuration 'docker/procksy'; did you mean 'docker/proxy'?"],
    [['docker', '--engine', 'podman'], 'nothing of podman matches docker'],
    [['--known', '/nowhere/known.txt'], '/nowhere/known.txt: there is no such file; correct the name'],
    [['--reports', '/dev/null/nowhere'], "the reports folder '/dev/null/nowhere' can't be written to"],
    [
      ['--engine', 'docker=/nowhere/docker.sock'],
      'there is no socket /nowhere/docker.sock; check where its daemon listens',
    ],
  ])('tells in one line what is wrong with %j', async (words, message) => {
    // The machine lacks everything; that is reported after the mistakes.
    const { exitCode, stdout, stderr } = await bindspec(['containers', ...words], { env: BARE_MACHINE });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(`bindspec: ${message}`);
  });

  it('says what to install where there is no engine', async () => {
    const { exitCode, stderr } = await bindspec(['containers'], { env: BARE_MACHINE });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^bindspec: the container engine is not installed here: the program 'podman' is not here; apt-get install [^\n]+$/,
    );
  });
});

describe.each([
  { engine: 'docker', configuration: 'docker/proxy', version: '20.10' },
  { engine: 'podman', configuration: 'podman/netavark', version: '4.3' },
] as const)('$configuration', ({ engine, configuration, version }) => {
  const missing = withoutEngine(engine);
  describe('is looked at', needs(missing), () => {
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

        // What a list and an earlier record do is the same for every engine, and looking takes half a minute.
        if (engine !== 'podman') return;
        const known = path.join(reports, 'known.txt');
        writeFileSync(known, `${configuration} # this generation is so\n`);
        const again = async () => bindspec(['containers', configuration, '--reports', reports, '--known', known]);
        let second = await again();
        // Beside many other tests one answer in thousands may come too late; what differs twice is another outcome.
        if (!second.stdout.includes('nothing differs from the record of')) second = await again();
        expect(second.exitCode, second.stdout + second.stderr).toBe(0);
        expect(second.stdout).toContain('! known');
        expect(second.stdout).not.toContain('✗ exposed');
        expect(second.stdout, second.stdout).toContain('nothing differs from the record of');
      },
      MINUTES,
    );
  });
});

const noDocker = withoutEngine('docker');

it('an engine that fails to start is reported in one line, with what it said', needs(noDocker), async () => {
  const fake = path.join(folder(), 'dockerd');
  const real = findProgram('dockerd') ?? '';
  for (const [help, said] of [
    ['echo usage', 'no memory for a daemon'],
    ['exit 1', 'it printed nothing'],
  ]) {
    writeFileSync(fake, `#!/bin/sh\n[ "$1" = --help ] && { ${help}; exit; }\necho '${said}' >&2; exit 1\n`, {
      mode: 0o755,
    });
    const before = ['unshare', '--mount', 'sh', '-c', `mount --bind ${fake} ${real} && exec "$@"`, 'sh'];
    const { exitCode, stderr } = await bindspec(['containers', 'docker/none', '--no-reports'], { before });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `bindspec: no engine could be started: dockerd does not start: ${said}; read its output, and try again`,
    );
  }
});

describe('an engine that runs already', needs(noDocker), () => {
  let host: EngineHost;
  let socket: string;

  beforeAll(async () => {
    host = await startEngineHost({ engine: 'docker' });
    // Where a daemon's host has these addresses already, no one can be put beside it.
    await host.shell('ip link del eth0');
    const mount = host.inside.find((word) => word.startsWith('--mount=')) ?? '';
    socket = `${path.dirname(path.dirname(mount.slice('--mount='.length)))}/root${DOCKER_SOCKET}`;
  }, MINUTES);
  afterAll(() => host?.close());

  it(
    'in a network of its own gets a neighbour and an attacker, and is left as it was',
    async () => {
      const state = () =>
        host.shell(
          'docker ps -aq; docker network ls --format {{.Name}}; docker images -q; ip -o link; cat /proc/sys/net/ipv4/icmp_msgs_per_sec',
        );
      const before = await state();
      const reports = folder();
      const words = ['containers', '--engine', `docker=${socket}`, 'docker/bridge', 'docker/macvlan'];
      const { stdout, stderr } = await bindspec([...words, '--reports', reports]);
      const file = /written: (\S+containers\.json)/.exec(stdout)?.[1] ?? '';
      expect(existsSync(file), stdout + stderr).toBe(true);
      const record = readContainers(readFileSync(file, 'utf8'), file);
      expect(record.configurations.map(({ id, error, skipped }) => ({ id, error, skipped }))).toEqual([
        { id: 'docker/bridge' },
        { id: 'docker/macvlan' },
      ]);
      const question = 'tcp to 0.0.0.0 published on every: neighbour by lan';
      expect(outcomes({ ...record, configurations: record.configurations.slice(0, 1) }, question)).toEqual([
        'answered',
      ]);
      const direct = outcomes(record, 'tcp to 0.0.0.0 published on not: neighbour by container');
      expect(direct).toContain('answered');
      expect(await state()).toBe(before);
    },
    MINUTES,
  );

  it('in the network of whoever asks is refused in one line', async () => {
    const { exitCode, stdout, stderr } = await bindspecOn(host, ['containers', '--engine', `docker=${DOCKER_SOCKET}`]);
    expect(exitCode, stdout).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^bindspec: the engine at \S+ works in the network of this machine/);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  it('that does not answer is reported in one line', async () => {
    const file = path.join(folder(), 'mute.sock');
    const mute = createServer().listen(file);
    await once(mute, 'listening');
    // It is of this process's own network, in which nothing is tried.
    const near = await bindspec(['containers', '--engine', `docker=${file}`]);
    expect(near.exitCode).toBe(2);
    mute.close();
    const dead = path.join(folder(), 'dead.sock');
    writeFileSync(dead, '');
    const silent = await bindspec(['containers', '--engine', `docker=${dead}`]);
    expect(silent).toMatchObject({ exitCode: 2, stdout: '' });
    expect(silent.stderr).toMatch(/^bindspec: docker at unix:\S+ does not answer: [^\n]+$/);
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
