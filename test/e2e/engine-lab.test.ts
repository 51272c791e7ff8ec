import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../src/engine/names.ts';
import { startEngineHost, type EngineHost } from '../../src/engine/host/engine-host.ts';
import { LABEL } from '../../src/engine/sweep.ts';
import { readRecord } from '../../src/load/read.ts';
import { bindspec, folder } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { bindspecOn, onHost, signalled } from '../support/in-engine.ts';
import { written } from '../support/topology.ts';
import { patient, until } from '../support/waiting.ts';
import { needs } from '../support/needs.ts';
import { BARE_MACHINE } from '../support/warm-command.ts';

describe.each(ENGINES)('--lab %s', (name) => {
  test('without the engine is reported in one line', async () => {
    const { exitCode, stderr } = await bindspec(['run', '--lab', name, '--no-reports'], { env: BARE_MACHINE });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `bindspec: the ${name} lab is not available: the program '${name}' is not installed; install it, or use another lab`,
    });
  });

  const missing = withoutEngine(name);
  describe('with an engine', needs(missing), () => {
    let host: EngineHost;
    beforeAll(async () => {
      host = await startEngineHost({ engine: name });
    });
    afterAll(() => host?.close());

    /** What is left of labs: containers and networks. */
    const left = async () => [...(await host.engine.labelled(LABEL)), ...(await host.engine.networksLabelled(LABEL))];

    test('runs the machine and its neighbour in containers, and leaves nothing but the image', async () => {
      const reports = folder();
      const words = [
        'conflict/another-user',
        'reach/bound-to',
        'source',
        'wire/loopback-stays',
        'programs/node-listen',
      ];
      const { exitCode, stdout, stderr } = await bindspecOn(host, [
        'run',
        ...patient(),
        ...words,
        '--lab',
        name,
        '--reports',
        reports,
      ]);
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
      const [, platform = ''] = /([\w.-]+)\/record\.json/.exec(stdout) ?? [];
      const file = path.join(reports, platform, 'record.json');
      const record = readRecord(readFileSync(file, 'utf8'), file);
      expect(record.lab).toMatchObject({ lab: name, ownPorts: true });
      const passed = record.cells.filter(({ verdict }) => verdict === 'pass');
      expect(new Set(passed.map(({ experiment }) => experiment))).toContain('reach/bound-to');
      expect(new Set(passed.map(({ experiment }) => experiment))).toContain('conflict/another-user');
      const reasons = new Set(record.cells.flatMap(({ reason }) => reason ?? []));
      expect(reasons).toEqual(
        new Set([
          'the neighbour is on both networks of the machine',
          `an engine's network carries traffic of others too`,
        ]),
      );
      expect(await left()).toEqual([]);
      expect(await host.engine.imagesNamed('bindspec-lab')).toHaveLength(1);
    });

    test('leaves no container of a run that is killed, and its networks only until a later run', async () => {
      const killed = bindspecOn(host, ['run', '--lab', name, '--no-reports']);
      await until('both containers are there', async () => (await host.engine.labelled(LABEL)).length === 2);
      await after(500);
      signalled(killed, 'SIGKILL');
      await killed;
      await until('the containers are gone', async () => (await host.engine.labelled(LABEL)).length === 0);
      expect(await left()).toHaveLength(2);
      // One of a run of long ago, and one that is in use.
      const old = 'bindspec-m0000000-aaaaaa';
      await host.engine.createNetwork({ name: `${old}-1`, subnet: '10.99.1.0/24', labels: { [LABEL]: 'lab' } });
      await bindspecOn(host, ['run', 'conflict/names', '--lab', name, '--no-reports']);
      expect(await left()).not.toContain(`${old}-1`);
      expect(await left()).toHaveLength(2);
    });

    test('that is interrupted takes everything back', async () => {
      const before = await left();
      const interrupted = bindspecOn(host, ['run', '--lab', name, '--no-reports']);
      await until('both containers are there', async () => (await host.engine.labelled(LABEL)).length === 2);
      signalled(interrupted, 'SIGINT');
      expect((await interrupted).exitCode).toBe(130);
      expect(await left()).toEqual(before);
    });

    test('is what a topology file can name by exec', async () => {
      const [image = ''] = await host.engine.imagesNamed('bindspec-lab');
      await host.engine.createNetwork({ name: 'lan', subnet: '10.99.7.0/24', subnet6: 'fd00:89:7::/64' });
      const wait = ['-e', 'setInterval(() => {}, 1e6)'];
      for (const one of ['web', 'db']) {
        await host.engine.run({ name: one, image, networks: ['lan'], command: wait, options: ['--entrypoint=node'] });
      }
      const agent = { node: 'node', package: '/opt/bindspec' };
      const file = written({
        hosts: {
          machine: { launch: [name, 'exec', '-i', 'web'], agent },
          neighbour: { launch: [name, 'exec', '-i', 'db'], agent },
        },
        addresses: {
          inet: { external: 'eth0', neighbour: 'eth0' },
          inet6: { external: 'eth0', neighbour: 'eth0' },
        },
        interface: 'eth0',
        exclusive: true,
        missing: { 'quiet interface': 'a bridge is never quiet' },
      });
      const words = ['reach/external-from-neighbour', 'conflict/another-user', 'refusal'];
      const { exitCode, stdout, stderr } = await bindspecOn(host, [
        'run',
        ...patient(),
        ...words,
        '--lab',
        file,
        '--no-reports',
      ]);
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
      expect(stdout).toMatch(/reach\/external-from-neighbour +4 pass/);
      // The agents in the containers have ended with the run.
      for (const one of ['web', 'db']) {
        expect(
          (await onHost(host, [name, 'top', one])).stdout.split('\n').filter((line) => line.includes('start.cjs')),
        ).toEqual([]);
      }
      await host.engine.remove(['web', 'db']);
      await host.engine.removeNetworks(['lan']);
    });
  });
});
