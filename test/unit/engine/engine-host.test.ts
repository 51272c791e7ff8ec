import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programEntries } from '../../../src/bundle/rootfs.ts';
import { tar } from '../../../src/bundle/tar.ts';
import { EngineFailed } from '../../../src/engine/engine.ts';
import { ENGINES } from '../../../src/engine/names.ts';
import { startEngineHost, type EngineHost } from '../../../src/engine/host/engine-host.ts';
import { LAN } from '../../../src/engine/host/topology.ts';
import { findProgram } from '../../../src/lab/programs.ts';
import { withoutEngine } from '../../support/engines.ts';
import { needs } from '../../support/needs.ts';

const IMAGE = 'bindspec-test';

describe.each(ENGINES)('%s on a host of its own', (name) => {
  const missing = withoutEngine(name);
  describe('is an engine', needs(missing), () => {
    let host: EngineHost;
    let before: string[];

    beforeAll(async () => {
      before = machine();
      host = await startEngineHost({ engine: name });
      const sleep = { '/bin/sleep': findProgram('sleep') ?? '' };
      await host.engine.importImage(tar(await programEntries(sleep)), IMAGE, ['CMD ["/bin/sleep","2147483647"]']);
    });
    afterAll(async () => {
      await host?.close();
      // Processes, interfaces, settings, control groups: the machine is the same as before.
      expect(machine()).toEqual(before);
    });

    it('that says what it is', async () => {
      const facts = await host.engine.facts();
      expect(facts).toMatchObject({ name, rootless: false });
      expect(facts.version).toMatch(/^\d+\.\d+/);
    });

    it('that has images and runs containers in a network which we can enter', async () => {
      const { engine } = host;
      expect(await engine.hasImage(IMAGE)).toBe(true);
      expect(await engine.hasImage('bindspec-no-such-image')).toBe(false);
      await engine.createNetwork({
        name: 'one',
        subnet: '10.89.7.0/24',
        subnet6: 'fd00:89:7::/64',
        labels: { mine: '1' },
      });
      const publish = ['8080:80/tcp', '127.0.0.1:5353:53/udp'];
      await engine.run({ name: 'web', image: IMAGE, networks: ['one'], publish, labels: { mine: '1' } });
      const web = await engine.inspect('web');
      expect(web).toMatchObject({ name: 'web', running: true, networks: [{ name: 'one', inet: '10.89.7.2' }] });
      expect(web?.published).toContainEqual({ protocol: 'udp', port: 53, hostAddress: '127.0.0.1', hostPort: 5353 });
      const [file = '', ...words] = host.launchIn(web?.pid ?? 0);
      expect(execaSync(file, [...words, 'ip', '-br', 'addr']).stdout).toContain('10.89.7.2/24');
      expect(await engine.labelled('mine')).toEqual(['web']);
      expect(await engine.networksLabelled('mine')).toEqual(['one']);
      await engine.remove(['web', 'was-never-there']);
      expect(await engine.inspect('web')).toBeNull();
      await engine.removeNetworks(['one']);
      expect(await engine.networksLabelled('mine')).toEqual([]);
    });

    it('that says in one line why it can not do something, and never asks a registry', async () => {
      const failing = host.engine.run({ name: 'bad', image: 'bindspec-no-such-image', networks: ['none'] });
      await expect(failing).rejects.toThrow(EngineFailed);
      await expect(failing).rejects.toThrow(/^(podman|docker) run: [^\n]*bindspec-no-such-image[^\n]*$/i);
    });

    it('on a switch with a neighbour, and an attacker who has no loopback of his own', async () => {
      const addresses = async (words: readonly string[]) => {
        const [file = '', ...rest] = words;
        return (await execa(file, [...rest, 'ip', '-br', 'addr'])).stdout;
      };
      expect(await addresses(host.launch('host'))).toContain(LAN.host.inet);
      expect(await addresses(host.launch('neighbour'))).toContain(LAN.neighbour.inet);
      const attacker = await addresses(host.launch('attacker'));
      expect(attacker).toContain(LAN.attacker.inet);
      expect(attacker).not.toContain('127.0.0.1');
    });
  });
});

/** What an engine leaves on a machine after it ran there: interfaces, settings, rules and control groups. */
function machine(): string[] {
  const told = (file: string, ...words: string[]) => execaSync(file, words, { reject: false }).stdout;
  return [
    told('ip', '-o', 'link'),
    told('sh', '-c', 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/route_localnet'),
    told('sh', '-c', 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null'),
    told('sh', '-c', 'ls -d /var/lib/docker /var/lib/containers /run/containers /run/docker 2>/dev/null'),
    told('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', '*libpod*', '-o', '-maxdepth', '2', '-name', 'docker*'),
  ];
}
