import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { HostName, LabFacts } from '../../../src/lab/lab.ts';
import { netns } from '../../../src/lab/netns.ts';
import { ADDRESSES } from '../../../src/lab/netns-topology.ts';
import { copyPackage } from '../../support/package-copy.ts';
import { noNamespaces } from '../../support/namespace.ts';
import { until } from '../../support/waiting.ts';
import { isRoot, needs, notLinux, installed, type Lack } from '../../support/needs.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const PROBE = path.join(PACKAGE, 'test/support/lab-probe.mjs');
/** The words that run a command as an ordinary user, when the tests run as root. */
const AS_USER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
const MARK = 'BINDSPEC_TEST_MARK';
/** Root runs the tests as root and as an ordinary user; an ordinary user can run them only as itself. */
const USERS = isRoot ? (['root', 'an ordinary user'] as const) : (['an ordinary user'] as const);
type User = (typeof USERS)[number];

interface Seen {
  facts: LabFacts;
  hosts: Record<HostName, { namespace: string; addresses: string[]; routes: string }>;
  tried: Record<'inet' | 'inet6', Record<string, Record<string, number>>>;
  namespaces: (string | null)[];
  uid: number;
}

const temporary: string[] = [];
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true });
});

describe('the netns lab', needs(noNamespaces), () => {
  describe.each(USERS)('as %s', (user) => {
    const missing = userMissing(user);

    it('is what it says it is, several at once, and leaves nothing', needs(missing), async () => {
      const probe = startProbe(user, 3);
      const seen = JSON.parse(await probe.line()) as Seen[];
      expect(new Set(seen.flatMap(({ hosts }) => Object.values(hosts).map(({ namespace }) => namespace))).size).toBe(9);
      for (const lab of seen) checkLab(lab, user);
      expect(marked(probe.mark).length).toBeGreaterThan(9);
      probe.child.stdin.end();
      expect(await probe.line()).toBe('closed');
      await probe.ended;
      // The lab is closed at this point, so the test does not wait for anything.
      expect(marked(probe.mark)).toEqual([]);
      expect(heldNamespaces(seen)).toEqual([]);
    });

    it('leaves nothing when the harness is killed with labs open', needs(missing), async () => {
      const probe = startProbe(user, 2);
      const seen = JSON.parse(await probe.line()) as Seen[];
      expect(heldNamespaces(seen)).toHaveLength(6);
      probe.child.kill('SIGKILL');
      await probe.ended;
      await until('every process has ended', () => marked(probe.mark).length === 0);
      expect(heldNamespaces(seen)).toEqual([]);
    });

    it('leaves nothing when the harness is killed at any moment', needs(missing), async () => {
      for (const moment of [60, 100, 130, 160, 190, 230, 300, 450]) {
        const probe = startProbe(user, 1);
        await after(moment);
        probe.child.kill('SIGKILL');
        await probe.ended;
        await until(`every process has ended after ${moment} ms`, () => marked(probe.mark).length === 0);
      }
    });
  });

  it('takes back what it made, agents that are still alive included', async () => {
    const mark = randomUUID();
    process.env[MARK] = mark;
    const lab = await netns.open().finally(() => delete process.env[MARK]);
    const [launcher = '', ...words] = lab.launch('neighbour');
    const sleeping = spawn(launcher, [...words, 'sleep', '600'], {
      env: { ...process.env, [MARK]: mark },
      stdio: 'ignore',
    });
    const ended = once(sleeping, 'exit');
    await until('it runs', () => marked(mark).some((pid) => commandOf(pid) === 'sleep 600'));
    await lab.close();
    await ended;
    expect(marked(mark)).toEqual([]);
    await lab.close();
  });
});

describe('the netns lab where it can not be used', () => {
  it('names the tool that is not installed, and how to get it', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    try {
      await expect(netns.open()).rejects.toMatchObject({
        name: 'Unavailable',
        message: "the program 'unshare' is not installed",
        enable: 'apt-get install util-linux',
      });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('says what the system complained about', needs(installed('ip', 'iproute2')), async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-tools-'));
    temporary.push(folder);
    spawnSync('sh', [
      '-c',
      'printf "%s\\n" "#!/bin/sh" "echo unshare: unshare failed: Operation not permitted >&2; exit 1" >"$0/unshare" && chmod +x "$0/unshare" && for tool in nsenter ip; do cp "$0/unshare" "$0/$tool"; done',
      folder,
    ]);
    const { PATH } = process.env;
    process.env['PATH'] = `${folder}:${PATH}`;
    try {
      for (let time = 0; time < 20; time += 1) {
        await expect(netns.open()).rejects.toMatchObject({
          name: 'Unavailable',
          message: "network namespaces can't be made here: unshare: unshare failed: Operation not permitted",
        });
      }
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

function checkLab({ facts, hosts, tried, namespaces, uid }: Seen, user: User): void {
  expect(facts).toMatchObject({ lab: 'netns', ownPorts: true, externalInterface: 'eth0', addresses: ADDRESSES });
  expect(Object.keys(facts.missing)).toEqual(user === 'root' ? [] : ['second user']);
  expect(uid === 0).toBe(user === 'root');
  expect(namespaces).toEqual([hosts.machine.namespace, hosts.neighbour.namespace]);
  const without = (addresses: string[]) => addresses.filter((address) => !address.startsWith('fe80:')).toSorted();
  expect(without(hosts.machine.addresses)).toEqual([
    '127.0.0.1/8',
    '192.168.5.130/24',
    '192.168.6.130/24',
    '::1/128',
    'fd00:5::130/64',
    'fd00:6::130/64',
  ]);
  expect(without(hosts.neighbour.addresses)).toEqual([
    '127.0.0.1/8',
    '192.168.5.10/24',
    '192.168.7.10/24',
    '::1/128',
    'fd00:5::10/64',
    'fd00:7::10/64',
  ]);
  expect(without(hosts.gateway.addresses)).toEqual([
    '192.168.6.1/24',
    '192.168.7.1/24',
    'fd00:6::1/64',
    'fd00:7::1/64',
  ]);
  expect(hosts.machine.routes).toContain('192.168.7.0/24 via 192.168.6.1');
  expect(hosts.machine.routes).toContain('fd00:7::/64 via fd00:6::1');
  expect(hosts.gateway.routes).toContain('127.0.0.0/8 via 192.168.6.130');
  for (const { routes } of Object.values(hosts)) expect(routes).not.toContain('default');
  for (const family of ['inet', 'inet6'] as const) {
    expect(tried[family]).toEqual({
      // Two hundred times in a row, each at the first try: no rate limit turns a refusal into silence.
      machineToNeighbour: { ECONNREFUSED: 200 },
      neighbourToMachine: { ECONNREFUSED: 200 },
      throughGateway: { ECONNREFUSED: 1 },
      // The gateway drops the machine's ICMP, and nothing else.
      dropped: { silence: 1 },
      answered: { ok: 1 },
      away: { ENETUNREACH: 1 },
    });
  }
}

function startProbe(user: User, labs: number) {
  const mark = randomUUID();
  const { probe, dist } =
    isRoot && user !== 'root' ? readableByAll() : { probe: PROBE, dist: path.join(PACKAGE, 'dist') };
  const [command, ...words] = [...(isRoot && user !== 'root' ? AS_USER : []), process.execPath, probe, dist, `${labs}`];
  const child = spawn(command, words, {
    env: { ...process.env, [MARK]: mark },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`the probe ended: ${complaints}`);
    return value;
  };
  return { child, mark, line, ended };
}

/** The pids of the processes that were started with a mark, and of the processes that these started. */
function marked(mark: string): number[] {
  return pids().filter((pid) => textOf(`/proc/${pid}/environ`).includes(`${MARK}=${mark}`));
}

/** The network namespaces of the labs that some process is still in. */
function heldNamespaces(seen: readonly Seen[]): string[] {
  const ours = new Set(seen.flatMap(({ hosts }) => Object.values(hosts).map(({ namespace }) => namespace)));
  const held = new Set<string>();
  for (const pid of pids()) {
    try {
      held.add(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      // The process has ended, or it is another user's.
    }
  }
  return [...ours].filter((namespace) => held.has(namespace));
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).split('\0').filter(Boolean).join(' ');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended, or it is another user's.
    return '';
  }
}

/** An ordinary user who may make namespaces; root can act as this user. */
function userMissing(user: User): Lack | null {
  if (!isRoot || user === 'root' || notLinux !== null) return null;
  const [command, ...words] = [...AS_USER, 'unshare', '--user', '--map-root-user', '--net', 'true'];
  const lack = installed(command, 'util-linux');
  if (lack !== null) return lack;
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return null;
  return {
    need: 'ordinary-user',
    reason: `an ordinary user can't make namespaces here: ${stderr.trim()}`,
    enable: null,
  };
}

let readable: { probe: string; dist: string } | undefined;

/** The probe and the built package in a place where everyone may read them: a copy when the checkout is private. */
function readableByAll(): { probe: string; dist: string } {
  if (readable) return readable;
  const dist = path.join(PACKAGE, 'dist');
  const needed = [PROBE, path.join(dist, 'src/agent/start.cjs'), path.join(PACKAGE, 'node_modules/execa/package.json')];
  const [command, ...words] = [...AS_USER, 'sh', '-c', 'for file; do test -r "$file" || exit 1; done', 'sh', ...needed];
  if (spawnSync(command, words, { cwd: '/' }).status === 0) {
    readable = { probe: PROBE, dist };
    return readable;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-readable-'));
  temporary.push(folder);
  copyPackage(folder);
  cpSync(PROBE, path.join(folder, 'lab-probe.mjs'));
  spawnSync('chmod', ['-R', 'a+rX', folder]);
  readable = { probe: path.join(folder, 'lab-probe.mjs'), dist: path.join(folder, 'dist') };
  return readable;
}
