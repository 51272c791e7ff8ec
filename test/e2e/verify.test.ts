import { once } from 'node:events';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { programEntries } from '../../src/bundle/rootfs.ts';
import { tar } from '../../src/bundle/tar.ts';
import { ENGINES } from '../../src/engine/names.ts';
import { startEngineHost, type EngineHost } from '../../src/engine/host/engine-host.ts';
import { systemVerificationJsonSchema, verificationJsonSchema } from '../../src/json-schemas/records.ts';
import {
  systemVerificationSchema,
  verificationSchema,
  type PortReport,
  type SystemVerification,
  type Verification,
} from '../../src/record/verification.ts';
import { portSentences } from '../../src/verify/overview.ts';
import { bindspec, CLI, commandForAnyone, folder } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../support/namespace.ts';
import { patient, until } from '../support/waiting.ts';
import { needs, notRoot, installed } from '../support/needs.ts';
import { onPath } from '../../src/lab/programs.ts';
import { paced } from '../../src/process/pace.ts';

const IMAGE = 'bindspec-verify-test';
/** Starting an engine takes longer than other tests do, in milliseconds. */
const MINUTES = paced(300_000);

/** A program that listens at these names, and over UDP answers whoever asks. */
function server(tcp: readonly [address: string, port: number][], udp: readonly [address: string, port: number][] = []) {
  const text = `
    for (const [host, port] of ${JSON.stringify(tcp)}) require('net').createServer((socket) => socket.on('error', () => {})).listen({ host, port });
    for (const [host, port] of ${JSON.stringify(udp)}) {
      const socket = require('dgram').createSocket('udp4');
      socket.on('message', (data, from) => socket.send('here', from.port, from.address));
      socket.bind(port, host);
    }`;
  return ['/usr/bin/node', '-e', text];
}

const CONTAINERS = [
  { name: 'fine', publish: ['8080:80', '0.0.0.0:9053:53/udp'], command: server([['::', 80]], [['0.0.0.0', 53]]) },
  { name: 'inward', publish: ['8081:80'], command: server([['127.0.0.1', 80]]) },
  { name: 'silent', publish: ['8082:80'], command: server([['0.0.0.0', 3000]]) },
  { name: 'private', publish: ['127.0.0.1:8083:80'], command: server([['0.0.0.0', 80]]) },
  { name: 'guest', mode: 'host', command: server([['0.0.0.0', 8084]], [['0.0.0.0', 8084]]) },
  { name: 'other-guest', mode: 'host', command: server([['127.0.0.1', 8085]]) },
  { name: 'beside', mode: 'container:fine', command: server([['0.0.0.0', 8086]]) },
];

describe.each(ENGINES)('verify with %s', (engine) => {
  const missing = withoutEngine(engine);
  describe('says of a container', needs(missing), () => {
    let host: EngineHost;

    beforeAll(async () => {
      host = await startEngineHost({ engine });
      const node = { '/usr/bin/node': realpathSync(process.execPath) };
      await host.engine.importImage(tar(await programEntries(node)), IMAGE, []);
      await host.engine.createNetwork({ name: 'one', subnet: '10.89.7.0/24', subnet6: 'fd00:89:7::/64' });
      for (const { mode = 'one', ...plan } of CONTAINERS) {
        await host.engine.run({ ...plan, image: IMAGE, networks: [mode] });
      }
      for (const { name } of CONTAINERS) {
        const pid = (await host.engine.inspect(name))?.pid;
        const listening = `nsenter --net=/proc/${pid}/ns/net ss -Hltnp`;
        await until(`${name} listens`, async () => (await host.shell(listening)).includes(`pid=${pid},`));
      }
    }, MINUTES);
    afterAll(async () => {
      await host?.close();
    });

    const call = (...words: string[]) => bindspec(['verify', ...patient(), ...words], { before: host.inside });

    async function verified(...words: string[]): Promise<Verification & { exit: number | undefined }> {
      const { exitCode, stdout, stderr } = await call(...words, '--engine', engine, '--format', 'json');
      expect(stderr).toBe('');
      const printed: unknown = JSON.parse(stdout);
      expect(z.fromJSONSchema(JSON.parse(verificationJsonSchema())).safeParse(printed).error).toBeUndefined();
      return { ...verificationSchema.parse(printed), exit: exitCode };
    }

    async function ports(...words: string[]): Promise<PortReport[]> {
      return (await verified(...words)).ports;
    }

    it('that all is well, when it listens on every address and answers at every one that is published', async () => {
      const { exit, ports: all, target } = await verified('fine', '--udp');
      const web = all.find(({ protocol, port }) => protocol === 'tcp' && port === 80);
      expect(web).toMatchObject({
        verdict: 'fine',
        listeners: [{ address: '::', dual: true, program: 'node' }],
        findings: [],
      });
      expect(outcomes(web, 'host')).toMatchObject({
        '127.0.0.1:8080': 'open',
        '192.168.5.130:8080': 'open',
        '10.89.7.2:80': 'open',
      });
      const names = all.find(({ protocol }) => protocol === 'udp');
      expect(outcomes(names, 'host')).toMatchObject({ '192.168.5.130:9053': 'answered' });
      expect(target).toMatchObject({ kind: 'container', name: 'fine', hostNetwork: false });
      expect(target.addresses).toEqual(['10.89.7.2', 'fd00:89:7::2']);
      expect(exit).toBe(0);
    });

    it('that it listens on loopback inside, and how that shows', async () => {
      const { exit, ports: all } = await verified('inward');
      expect(exit).toBe(1);
      expect(all).toHaveLength(1);
      expect(all[0]?.findings).toEqual([
        {
          kind: 'loopback-inside',
          severity: 'wrong',
          text: 'listens on 127.0.0.1:80 inside, where only programs in the container can reach it: bind 0.0.0.0 and ::, or :: for both',
        },
      ]);
      // Behind plain address translation a connection is refused, behind a program that forwards it is closed.
      const expected = engine === 'podman' ? 'refused' : 'closed';
      expect(outcomes(all[0], 'host')).toMatchObject({ '127.0.0.1:8081': expected, '192.168.5.130:8081': 'refused' });
    });

    it('that nothing listens where it is published, and where something does', async () => {
      const { exit, ports: all } = await verified('silent');
      expect(exit).toBe(1);
      expect(all.map(({ port, verdict }) => [port, verdict])).toEqual([
        [80, 'wrong'],
        [3000, 'fine'],
      ]);
      expect(all[0]?.findings[0]?.text).toMatch(/nothing listens on tcp port 80 inside: .*\(3000\)$/);
      expect(all[1]?.findings[0]).toMatchObject({ kind: 'unpublished', severity: 'note' });
    });

    it('that what is published on 127.0.0.1 is not private, once a neighbour has tried', async () => {
      expect(await verified('private')).toMatchObject({ exit: 0, neighbour: false });
      const { exit, ports: all } = await verified('private', '--neighbour');
      expect(exit).toBe(1);
      expect(all[0]?.findings.map(({ kind }) => kind)).toEqual(['exposed', 'exposed']);
      expect(outcomes(all[0], 'neighbour')).toMatchObject({
        '127.0.0.1:8083': 'open',
        '192.168.5.130:8083': 'refused',
        '10.89.7.5:80': 'open',
      });
      // The cable is gone with the neighbour.
      expect(await host.shell('ip -o link')).not.toContain('bindspec');
    });

    it('that it has the network of the host, and of that only what is its own', async () => {
      const { exit, ports: all, target } = await verified('guest', '--udp', '--neighbour');
      expect(exit).toBe(0);
      expect(target).toMatchObject({ hostNetwork: true });
      expect(all.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual(['tcp 8084', 'udp 8084']);
      expect(all[0]?.findings).toMatchObject([{ kind: 'host-network', severity: 'note' }]);
      expect(outcomes(all[0], 'neighbour')).toMatchObject({ '192.168.5.130:8084': 'open' });
      // A server on 0.0.0.0 answers from the address of the interface that leads back.
      expect(all[1]?.tries).toContainEqual(
        expect.objectContaining({
          from: 'neighbour',
          address: '192.168.5.130',
          outcome: 'answered',
          by: '198.51.100.1',
        }),
      );
      expect((await ports('other-guest')).map(({ port }) => port)).toEqual([8085]);
    });

    it('what is published for the one whose network it shares', async () => {
      const all = await ports('beside');
      expect(all.map(({ protocol, port, published }) => [protocol, port, published.length > 0])).toEqual([
        ['tcp', 80, true],
        ['tcp', 8086, false],
        ['udp', 53, true],
      ]);
    });

    it('of its process and its network namespace the same, as far as they can know', async () => {
      const pid = String((await host.engine.inspect('inward'))?.pid);
      const byPid = await call('--pid', pid);
      expect(byPid).toMatchObject({ exitCode: 0, stderr: '' });
      expect(byPid.stdout).toContain('Listens on 127.0.0.1:80: only programs inside can reach it');
      const byFile = await call('--netns', `/proc/${pid}/ns/net`);
      expect(byFile).toMatchObject({ exitCode: 0, stderr: '' });
      expect(byFile.stdout.split('\n').slice(1)).toEqual(byPid.stdout.split('\n').slice(1));
    });

    it('in words what is wrong and what to change', async () => {
      const { exitCode, stdout } = await call('inward', '--engine', engine);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('✗ tcp 80');
      expect(stdout).toMatch(/^ +listens on +127\.0\.0\.1:80 \(node \d+\)$/m);
      expect(stdout).toContain(
        'Listens on 127.0.0.1:80 inside, where only programs in the container can reach it: bind 0.0.0.0',
      );
      expect(stdout).toContain('✗ something is wrong with 1 of 1 port');
    });

    it('nothing more once it is killed, and takes its neighbour along', async () => {
      const [file = '', ...words] = host.inside;
      const command = [
        process.execPath,
        CLI,
        'verify',
        'silent',
        '--engine',
        engine,
        '--neighbour',
        '--patience',
        '60000',
      ];
      const started = execa(file, [...words, ...command], { reject: false, stdin: 'ignore', timeout: MINUTES });
      const isThere = async () => (await host.shell('ip -o link')).includes('bindspec-verify');
      await until('the cable of the neighbour is there', isThere);
      // What nsenter started is bindspec itself; what that started in turn has to go by itself.
      process.kill(Number(readFileSync(`/proc/${started.pid}/task/${started.pid}/children`, 'utf8').trim()), 'SIGKILL');
      await until('the cable is gone', async () => !(await isThere()));
      await started;
    });

    async function system(...words: string[]): Promise<SystemVerification & { exit: number | undefined }> {
      const { exitCode, stdout, stderr } = await call(...words, '--engine', engine, '--format', 'json');
      expect(stderr).toBe('');
      const printed: unknown = JSON.parse(stdout);
      expect(z.fromJSONSchema(JSON.parse(systemVerificationJsonSchema())).safeParse(printed).error).toBeUndefined();
      return { ...systemVerificationSchema.parse(printed), exit: exitCode };
    }

    it('of everything that runs: each port once, the worst first, and nothing changes', async () => {
      const state = 'iptables-save | grep -v "^[#:]"; ip -o link; ss -Hltun';
      const before = await host.shell(state);
      const { exit, containers, unverified } = await system('--all');
      expect(exit).toBe(1);
      expect(unverified).toEqual([]);
      expect(containers.map(({ target }) => target.name)).toEqual(
        ['fine', 'guest', 'inward', 'other-guest', 'private', 'silent'].toSorted(),
      );
      expect(containers.find(({ target }) => target.name === 'fine')?.target.shared ?? []).toEqual(['beside']);
      const sentences = portSentences({ containers });
      const names = sentences.map(({ container, port }) => `${container} ${port}`);
      expect(new Set(names).size).toBe(names.length);
      expect(names.slice(0, 2)).toEqual(['silent tcp 80', 'inward tcp 80']);
      expect(sentences.map(({ verdict }) => verdict).indexOf('fine')).toBe(2);
      const asked = await system('--all', '--neighbour');
      expect(portSentences(asked)[0]?.text).toMatch(/a neighbour that routes .* to the host can reach/);
      expect(await host.shell(state)).toBe(before);
      const { stdout } = await call('--all', '--engine', engine);
      expect(stdout).toMatch(/^every container that runs +(podman|docker) \S+$/m);
      expect(stdout).toContain('fine shares its network with beside');
      expect(stdout).toMatch(
        /^✗ silent tcp 80\n {4}Published at port 8082 of every [^\n]*address, and nothing listens/m,
      );
      expect(stdout).toMatch(/✗ something is wrong with 2 of \d+ ports of 6 networks/);
    });

    if (engine === 'podman') {
      it('of a pod what its containers have, once', async () => {
        await host.engine.command(
          'pod',
          'create',
          '--name',
          'shop',
          '--network',
          'one',
          '-p',
          '8090:80',
          '-p',
          '8091:81',
        );
        for (const [name, port] of [
          ['front', 80],
          ['back', 82],
        ] as const) {
          await host.engine.command(
            'run',
            '-d',
            '--pod',
            'shop',
            '--name',
            name,
            IMAGE,
            ...server([['0.0.0.0', port]]),
          );
          const pid = (await host.engine.inspect(name))?.pid;
          await until(`${name} listens`, async () =>
            (await host.shell(`nsenter --net=/proc/${pid}/ns/net ss -Hltn`)).includes(`:${port}`),
          );
        }
        try {
          const { exit, containers } = await system('--pod', 'shop');
          expect(exit).toBe(1);
          expect(containers).toHaveLength(1);
          const [only] = containers;
          expect(only?.target.name).toBe('back');
          expect(only?.target.shared?.[0]).toBe('front');
          expect(only?.ports.map(({ port, verdict, published }) => [port, verdict, published.length > 0])).toEqual([
            [80, 'fine', true],
            [81, 'wrong', true],
            [82, 'fine', false],
          ]);
          const unknown = await call('--pod', 'none-such', '--engine', 'podman');
          expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
        } finally {
          await host.engine.command('pod', 'rm', '--force', 'shop');
        }
      });
    }

    const composes = engine === 'docker' && onPath('docker-compose');
    if (composes) {
      it('of a compose project what its containers have', async () => {
        const file = path.join(folder(), 'compose.yaml');
        const service = (port: number, published: string) => ({
          image: IMAGE,
          command: server([['0.0.0.0', port]]),
          ports: [published],
          networks: ['own'],
        });
        writeFileSync(
          file,
          JSON.stringify({
            version: '3',
            services: { web: service(80, '8092:80'), db: service(5432, '127.0.0.1:5432:5432') },
            networks: { own: { ipam: { config: [{ subnet: '10.89.9.0/24' }] } } },
          }),
        );
        const compose = (words: string) => host.shell(`docker-compose -p shop -f ${file} ${words}`);
        await compose('up -d');
        try {
          await until('both listen', async () => {
            const { containers } = await system('--project', 'shop');
            return containers.every(({ ports: all }) => all.every(({ listeners }) => listeners.length > 0));
          });
          const { containers } = await system('--project', 'shop');
          expect(containers.map(({ target }) => target.name)).toEqual(['shop_db_1', 'shop_web_1']);
          const { exit, containers: seen } = await system('--project', 'shop', '--neighbour');
          expect(exit).toBe(1);
          expect(portSentences({ containers: seen })[0]).toMatchObject({ container: 'shop_db_1', port: 'tcp 5432' });
          const unknown = await call('--project', 'none-such', '--engine', engine);
          expect(unknown.stderr).toMatch(
            /^bindspec: no container of the compose project 'none-such' runs in docker: [^\n]*$/,
          );
        } finally {
          await compose('down');
        }
      });
    }

    it('what changed since the last time', async () => {
      const file = path.join(folder(), 'before.json');
      writeFileSync(file, (await call('--all', '--engine', engine, '--format', 'json')).stdout);
      expect((await call('--all', '--engine', engine, '--since', file)).stdout).toContain('Nothing has changed since');
      await host.engine.run({
        name: 'late',
        image: IMAGE,
        networks: ['one'],
        publish: ['127.0.0.1:8087:80'],
        command: server([['0.0.0.0', 80]]),
      });
      const pid = (await host.engine.inspect('late'))?.pid;
      await until('it listens', async () =>
        (await host.shell(`nsenter --net=/proc/${pid}/ns/net ss -Hltn`)).includes(':80'),
      );
      const later = path.join(folder(), 'later.json');
      writeFileSync(later, (await call('--all', '--engine', engine, '--since', file, '--format', 'json')).stdout);
      await host.engine.remove(['late']);
      const { stdout } = await call('--all', '--engine', engine, '--since', later);
      expect(stdout).toContain('- late tcp 80 is gone. Before: Published at 127.0.0.1:8087, and answers there.');
      const other = await call('fine', 'silent', '--engine', engine, '--since', later);
      expect(other).toMatchObject({ exitCode: 2, stdout: '' });
      expect(other.stderr).toMatch(
        /^bindspec: \S+ is of every container that runs, and this command of fine, silent: [^\n]*$/,
      );
      const refused = await call('--all', '--since', '/etc/passwd');
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toMatch(/^bindspec: \/etc\/passwd: not JSON[^\n]*$/);
    });

    it('of a firewall that denies what comes in, that a published port passes by it', async () => {
      await host.shell(
        "nft 'add table inet own; add chain inet own input { type filter hook input priority 0; policy drop; }; add rule inet own input iif lo accept'",
      );
      try {
        const [web] = await ports('fine');
        expect(web?.findings.map(({ kind }) => kind)).toContain('firewall-passed');
        const passed = web?.findings.find(({ kind }) => kind === 'firewall-passed');
        expect(passed).toMatchObject({ severity: 'note' });
        expect(passed?.text).toMatch(
          /the host's firewall denies what comes in \(inet own input\), but not this port, because it is translated before \(ip nat \S+: tcp dport 8080 DNAT to 10\.89\.7\.2:80\)/,
        );
        const { denies } = await system('fine', 'silent');
        expect(denies).toEqual(['inet own input']);
        const [seen] = await ports('fine', '--neighbour');
        expect(seen?.findings.find(({ kind }) => kind === 'firewall-passed')?.text).toContain(
          'and a neighbour reaches 192.168.5.130:8080',
        );
        // Where a rule lets the port in there is nothing to say.
        await host.shell('nft add rule inet own input tcp dport 8080 accept');
        expect((await ports('fine'))[0]?.findings.map(({ kind }) => kind)).not.toContain('firewall-passed');
      } finally {
        await host.shell('nft delete table inet own');
      }
    });

    // Docker's proxy would not let another program have the port.
    if (engine === 'podman') {
      it('of a program of the host that it listens on the port in vain', async () => {
        await host.engine.run({
          name: 'holder',
          image: IMAGE,
          networks: ['host'],
          command: server([['fd00:5::130', 8080]]),
        });
        try {
          await until('it listens', async () => (await host.shell('ss -Hltn')).includes('[fd00:5::130]:8080'));
          const [web] = await ports('fine');
          expect(web?.findings).toContainEqual(
            expect.objectContaining({
              kind: 'host-listener',
              text: expect.stringMatching(
                /^node \(\d+\) of the host listens on \[fd00:5::130\]:8080 too, but \[fd00:5::130\]:8080 leads to/,
              ),
            }),
          );
        } finally {
          await host.engine.remove(['holder']);
        }
      });
    }

    it('that it is not there, or not running', async () => {
      const missingOne = await call('no-such', '--engine', engine);
      expect(missingOne).toMatchObject({ exitCode: 2, stdout: '' });
      expect(missingOne.stderr).toMatch(
        new RegExp(`^bindspec: there is no container 'no-such' in ${engine}: [^\\n]*\\n?$`),
      );
      await host.engine.run({ name: 'ended', image: IMAGE, networks: ['none'], command: ['/usr/bin/node', '-e', '0'] });
      await until('it has ended', async () => (await host.engine.inspect('ended'))?.running === false);
      const ended = await call('ended', '--engine', engine);
      expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
      expect(ended.stderr).toBe(`bindspec: the container 'ended' of ${engine} is not running: ${engine} start ended`);
    });

    it('that localhost is ::1 first, where that is not answered', async () => {
      await host.shell("printf '127.0.0.1 localhost\\n::1 localhost\\n' >/etc/hosts");
      const all = await ports('private');
      expect(all[0]?.findings).toEqual([
        expect.objectContaining({
          kind: 'localhost',
          severity: 'note',
          text: expect.stringContaining('[::1]:8083 is refused'),
        }),
      ]);
    });

    // The last one: what it takes away is not put back.
    it('that the rules of the engine are gone, when they are', async () => {
      await host.shell('iptables -t nat -F; nft flush ruleset 2>/dev/null || true');
      const { exit, ports: all } = await verified('private');
      if (engine === 'docker') {
        // Its proxy goes on without them.
        expect(exit).toBe(0);
        return;
      }
      expect(exit).toBe(1);
      // The engine holds the port by a socket that no one takes connections from.
      expect(all[0]?.tries).toContainEqual(
        expect.objectContaining({ from: 'host', address: '127.0.0.1', outcome: 'stuck', holder: 'conmon' }),
      );
      expect(all[0]?.findings).toMatchObject([{ kind: 'not-forwarded', severity: 'wrong' }]);
    });
  });
});

/** What came of the tries from one place, by the names that were asked. */
function outcomes(report: PortReport | undefined, from: string): Record<string, string> {
  const own = (report?.tries ?? []).filter((one) => one.from === from);
  return Object.fromEntries(own.map(({ address, port, outcome }) => [`${address}:${port}`, outcome]));
}

describe('verify refuses in one line', needs(noNamespaces), () => {
  const call = (...words: string[]) => bindspec(['verify', ...words], { before: LOOPBACK_ONLY });

  test.each([
    [[], /nothing to verify is named: name a container, or one process with --pid/],
    [['web', '--pid', '1'], /more than one thing to verify is named/],
    [['--pid', '1', '--engine', 'podman'], /--engine is for containers/],
    [['--pid', '4194305'], /there is no process 4194305 on this machine/],
    [['--pid', 'one'], /must be a whole number/],
    [['--netns', '/run/netns/no-such'], /'\/run\/netns\/no-such' is not a network namespace: there is no such file/],
    [['--netns', '/etc/passwd'], /'\/etc\/passwd' is not a network namespace: it is an ordinary file/],
    [['--netns', '/proc/self/ns/uts'], /can't be entered \(/],
    [['web', '--engine', 'lxc'], /unknown engine 'lxc'; write podman or docker/],
    [['web', '--engine', 'docker='], /unknown engine 'docker='; write podman or docker/],
    [
      ['web', '--engine', 'docker=/no/such.sock'],
      /there is no socket \/no\/such\.sock; check where its daemon listens/,
    ],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await call(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.replace(/\n\(run 'bindspec verify --help'.*/, '').trimEnd()).not.toContain('\n');
  });

  test('a socket that does not answer', needs(withoutEngine('docker')), async () => {
    const socket = path.join(folder(), 'docker.sock');
    writeFileSync(socket, '');
    const { exitCode, stdout, stderr } = await call('web', '--engine', `docker=${socket}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^bindspec: docker at unix://${socket} does not answer: [^\\n]+; [^\\n]+$`));
  });
});

describe('verify does not take', needs(noNamespaces, installed('bash', 'bash')), () => {
  let held: ReturnType<typeof hold>;
  let plain: ReturnType<typeof hold>;
  beforeAll(async () => {
    // By its name one stands for the sandbox of gVisor.
    held = hold('runsc-sandbox');
    plain = hold('sleep');
    await Promise.all([once(held.stdout, 'data'), once(plain.stdout, 'data')]);
  });
  afterAll(async () => {
    held.kill();
    plain.kill();
    await Promise.all([held, plain]);
  });

  /** A process in a network of its own. */
  function hold(name: string) {
    const [file, ...words] = [...LOOPBACK_ONLY, 'bash', '-c', `echo ready; exec -a ${name} sleep 3600`];
    return execa(file, words, { reject: false, stdin: 'ignore', timeout: MINUTES });
  }

  /** Clients of both engines that say they have a container at an address, which the process they name does not have. */
  async function withEngines(pid: number | undefined, ...words: string[]) {
    const container = {
      Id: '1',
      Name: '/web',
      State: { Running: true, Pid: pid },
      HostConfig: { NetworkMode: 'bridge' },
      Config: { Labels: null },
      NetworkSettings: { Ports: {}, Networks: { bridge: { IPAddress: '10.1.2.3' } } },
    };
    const facts = {
      docker: { ServerVersion: '28.0' },
      podman: { host: { security: { rootless: false } }, version: { Version: '5' } },
    };
    const programs = folder();
    for (const name of ENGINES) {
      const script = `#!/bin/sh\ncase $1 in info) echo '${JSON.stringify(facts[name])}' ;; *) echo '${JSON.stringify([container])}' ;; esac\n`;
      writeFileSync(path.join(programs, name), script, { mode: 0o755 });
    }
    const env = { PATH: `${programs}:${process.env['PATH']}` };
    return bindspec(['verify', 'web', ...words], { before: LOOPBACK_ONLY, env });
  }

  // An ordinary user's command is in a user namespace of its own, and can't look into another's.
  it('a process in gVisor for one whose network can be looked into', needs(notRoot), async () => {
    const { exitCode, stderr } = await bindspec(['verify', '--pid', String(held.pid)], { before: LOOPBACK_ONLY });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^bindspec: process \d+ runs in gVisor, which has its own network stack [^\n]*$/);
  });

  it("a process of this machine for one of another machine's engine", needs(notRoot), async () => {
    const { exitCode, stderr } = await withEngines(plain.pid, '--engine', 'docker');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^bindspec: the engine has the container at 10\.1\.2\.3, but process \d+ of this machine is not there: [^\n]*; run bindspec verify there$/,
    );
  });

  it('one of two containers of the same name', async () => {
    const { exitCode, stderr } = await withEngines(held.pid);
    expect(exitCode).toBe(2);
    expect(stderr).toBe("bindspec: podman and docker both have a container 'web': choose with --engine podman");
  });
});

describe('verify as an ordinary user', needs(noNamespaces, notRoot, installed('setpriv', 'util-linux')), () => {
  const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const call = (pid: number | undefined) =>
    bindspec(['verify', ...patient(), '--pid', String(pid)], {
      before: [...LOOPBACK_ONLY, ...NOBODY],
      command: commandForAnyone(),
      cwd: '/',
    });

  it('looks into what is in a user namespace of the same user', async () => {
    const program = "require('net').createServer().listen(80, '127.0.0.1', () => console.log('listening'))";
    const inside = ['sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath, '-e', program];
    const [file = '', ...words] = [...NOBODY, 'unshare', '--user', '--map-root-user', '--net', ...inside];
    const held = execa(file, words, { reject: false, stdin: 'ignore', timeout: MINUTES });
    try {
      await once(held.stdout, 'data');
      const { exitCode, stdout, stderr } = await call(held.pid);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain(`listens on      127.0.0.1:80 (node ${held.pid})`);
      expect(stdout).toContain('from inside     127.0.0.1:80 open');
    } finally {
      held.kill();
      await held;
    }
  });

  it("hears that it may not inspect another user's container", async () => {
    const { exitCode, stdout, stderr } = await call(process.pid);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /^bindspec: the network namespace of process \d+ can't be entered \([^\n]*\): run it as the owner of the container, or with sudo$/,
    );
  });
});
