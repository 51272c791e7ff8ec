import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/experiment/cells.ts';
import { Client } from '../../../src/experiment/client.ts';
import type { Experiment } from '../../../src/experiment/experiment.ts';
import { handOver, sharesOf } from '../../../src/experiment/handover.ts';
import { serveOn } from '../../../src/experiment/scenes.ts';
import { outcomeOf } from '../../../src/experiment/talk.ts';
import { addressOf, type Operation, type Trial } from '../../../src/experiment/trial.ts';
import { hasVrf } from '../../../src/lab/vrf.ts';
import { netns } from '../../../src/lab/netns.ts';
import { patienceFor } from '../../../src/runner/patience.ts';
import { AgentPool } from '../../../src/runner/pool.ts';
import { Ports } from '../../../src/runner/ports.ts';
import { runCell, type Workplace } from '../../../src/runner/run-cell.ts';
import { run as runCells } from '../../../src/runner/run.ts';
import { SeenErrors } from '../../../src/record/errors.ts';
import type { CellRecord } from '../../../src/record/record.ts';
import { loopbackLab } from '../../support/loopback-lab.ts';
import { noNamespaces } from '../../support/namespace.ts';
import { needs, notRoot } from '../../support/needs.ts';
import { anExperiment, cells } from '../../support/trials.ts';
import { until } from '../../support/waiting.ts';

const UDP = { protocol: 'udp', family: 'inet' } as const;
const TCP = { protocol: 'tcp', family: 'inet' } as const;

type Play = (trial: Trial) => Promise<unknown>;
type Needed = ReturnType<NonNullable<Experiment['needs']>>;

function played(play: Play, needed: Needed): Cell {
  const [cell] = cells('a/played', anExperiment({ run: (_, trial) => play(trial), expect: {}, needs: () => needed }));
  if (!cell) throw new Error('there is no cell');
  return cell;
}

/** Runs one experiment of one cell in a lab that is opened for it, and returns its record. It is skipped for what is lacking. */
async function runOf(play: Play, needed: Needed, lab = netns): Promise<CellRecord> {
  const record = await runCells([played(play, needed)], lab, SETTINGS, QUIET);
  const [cell] = record.cells;
  if (!cell) throw new Error('no cell was run');
  return cell;
}

const SETTINGS = {
  version: '0.0.0',
  selectors: [],
  jobs: 1,
  failFast: false,
  known: () => [],
  signal: new AbortController().signal,
  fresh: false,
};
const QUIET = { started: () => undefined, began: () => undefined, ended: () => undefined };

/** The lab in which the cells of this file run, one after another, with its agents. */
let place: Workplace & { close(): Promise<void> };

async function openPlace(): Promise<typeof place> {
  const lab = await netns.open();
  const pool = new AgentPool(lab, { fresh: false });
  const close = async () => {
    await pool.close();
    await lab.close();
  };
  return { pool, ports: new Ports(lab.facts), facts: lab.facts, errors: new SeenErrors(), close };
}

/** Runs one experiment of one cell there, and returns its record. */
function cellOf(play: Play, needed: Needed = []): Promise<CellRecord> {
  return runCell(played(play, needed), place, { system: 'linux' }, patienceFor('linux', undefined));
}

/** The observation of it. */
async function seen<O>(play: (trial: Trial) => Promise<O>, needed: Needed = []): Promise<O> {
  const { observation, reason, verdict } = await cellOf(play, needed);
  if (verdict === 'error') throw new Error(reason);
  return observation as O;
}

const socket = (as: string, type: 'dgram' | 'stream' = 'dgram', family: 'inet' | 'inet6' = 'inet'): Operation => ({
  op: 'socket',
  as,
  family,
  type,
});
const bindTo = (on: string, address: string, port: number): Operation => ({ op: 'bind', on, address, port });

describe('a trial in the netns lab', needs(noNamespaces), () => {
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(() => place.close());

  it('has a client that is kept', async () => {
    const observed = await seen(async (trial) => {
      const server = await serveOn(trial, UDP, 'server', 'external');
      const part = await trial.part('client', { host: 'neighbour' });
      const address = addressOf(trial.facts, 'inet', 'external');
      const client = await Client.open(trial, part, {
        ...UDP,
        to: { address },
        before: [{ option: 'SO_BROADCAST', value: 1 }],
        after: [{ option: 'IP_TTL', value: 9 }],
      });
      const name = await client.name();
      const asked = [await client.ask(), await client.ask()];
      const again = await client.name();
      const rest = await client.receive(0);
      await client.close();
      const [{ served = [] } = {}] = await server.part.do({ op: 'served', on: server.socket });
      return {
        outcome: client.outcome,
        by: asked.map(({ by }) => by),
        rest: rest.outcome,
        isOnePort: name.port === again.port && new Set(served.map(({ from }) => from.port)).size === 1,
      };
    });
    expect(observed).toEqual({ outcome: 'ok', by: ['server', 'server'], rest: 'silence', isOnePort: true });
  });

  it('tells which call of a client failed', async () => {
    const observed = await seen(async (trial) => {
      const part = await trial.part('client');
      const open = (more: object) => Client.open(trial, part, { ...TCP, ...more });
      return [
        (await open({ from: { address: '192.0.2.1' } })).outcome,
        (await open({ to: { address: '127.0.0.1' } })).outcome,
        (await open({ before: [{ option: 'SO_EXCLUSIVEADDRUSE', value: 1 }] })).outcome,
      ];
    });
    expect(observed).toEqual(['EADDRNOTAVAIL', 'ECONNREFUSED', 'not available here']);
  });

  it('refuses a part that is asked for with other options than before', async () => {
    const { verdict, reason } = await cellOf(async (trial) => {
      await trial.part('client', { host: 'neighbour' });
      await trial.part('client');
      await trial.part('client', { host: 'neighbour' });
      return trial.part('client', { host: 'gateway' });
    });
    expect([verdict, reason]).toEqual(['error', "the part 'client' was asked for with other options before"]);
  });

  it('has a part that is killed, whose port is free at once', async () => {
    const { observation, transcript } = await cellOf(async (trial) => {
      const first = await trial.part('first');
      const second = await trial.part('second');
      const bound = await first.do(socket('a', 'stream'), bindTo('a', '127.0.0.1', trial.port), {
        op: 'listen',
        on: 'a',
      });
      await first.kill();
      const after = await second.do(socket('a', 'stream'), bindTo('a', '127.0.0.1', trial.port));
      const told = await first.do({ op: 'reset' }).catch((error: unknown) => (error as Error).message);
      return { bound: outcomeOf(bound.at(-1)), after: outcomeOf(after.at(-1)), told };
    });
    expect(observation).toEqual({ bound: 'ok', after: 'ok', told: 'the agent on the machine was killed' });
    expect(transcript.map(({ part, call }) => `${part} ${call}`)).toContain('first die() = 0');
  });

  it.each(['SCM_RIGHTS', 'pidfd_getfd'] as const)('hands a socket to another process by %s', async (how) => {
    const observed = await seen(async (trial) => {
      const [first, second] = [await trial.part('first'), await trial.part('second')];
      await first.do(socket('a'), bindTo('a', '127.0.0.1', trial.port));
      const handed = await handOver(how, { part: first, socket: 'a' }, { part: second, as: 'b' });
      await first.kill();
      const [, sent, got] = await second.do(
        socket('c'),
        { op: 'send', on: 'c', data: 'x', to: { address: '127.0.0.1', port: trial.port } },
        { op: 'recv', on: 'b', within: trial.patience },
      );
      return { handed, sent: outcomeOf(sent), got: got?.data };
    });
    expect(observed).toEqual({ handed: 'ok', sent: 'ok', got: 'x' });
  });

  it('counts how many of many datagrams each receiver got', async () => {
    const observed = await seen(async (trial) => {
      const options = ['SO_REUSEPORT'] as const;
      const servers = [
        await serveOn(trial, UDP, 'first', 'loopback', { options }),
        await serveOn(trial, UDP, 'second', 'loopback', { options }),
      ];
      const client = await trial.part('client');
      const to = { address: '127.0.0.1', port: trial.port };
      await client.do({ op: 'burst', family: 'inet', to, count: 400 });
      await until('all have come', async () => {
        const [first = 0, second = 0] = await sharesOf(trial, servers);
        return first + second === 400;
      });
      return sharesOf(trial, servers);
    });
    expect(Math.min(...observed)).toBeGreaterThan(100);
  });

  it('changes a setting for one cell, and takes it back', async () => {
    const bind = async (trial: Trial) => {
      const part = await trial.part('server');
      return outcomeOf((await part.do(socket('a'), bindTo('a', '192.0.2.77', trial.port))).at(-1));
    };
    const setting = 'net.ipv4.ip_nonlocal_bind';
    const path = '/proc/sys/net/ipv4/ip_nonlocal_bind';
    const changed = anExperiment({
      run: async (_, trial) => {
        const before = await bind(trial);
        await trial.network().set(setting, 1);
        await (await trial.part('server')).do({ op: 'close', on: 'a' });
        return { before, after: await bind(trial) };
      },
      expect: { before: 'EADDRNOTAVAIL', after: 'ok' },
      needs: () => ['changeable network'],
    });
    const later = anExperiment({
      run: async (_, trial) => {
        const [read] = await (await trial.part('server')).do({ op: 'read', path });
        return { bound: await bind(trial), setting: read?.data?.trim() };
      },
      expect: { bound: 'EADDRNOTAVAIL', setting: '0' },
      needs: () => ['changeable network'],
    });
    const declared = [...cells('a/changed', changed), ...cells('b/later', later)];
    const record = await runCells(declared, netns, SETTINGS, QUIET);
    expect(record.cells.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
      ['a/changed', 'pass', undefined],
      ['b/later', 'pass', undefined],
    ]);
  });

  it('adds and removes interfaces and addresses', async () => {
    const observed = await seen(
      async (trial) => {
        const network = trial.network();
        const part = await trial.part('server');
        const bind = async (on: string) =>
          outcomeOf((await part.do(socket(on), bindTo(on, '198.51.100.7', trial.port), { op: 'close', on }))[1]);
        await network.addInterface('new0');
        const without = await bind('a');
        await network.addAddress('new0', '198.51.100.7/24');
        const there = await bind('b');
        await network.removeAddress('new0', '198.51.100.7/24');
        const gone = await bind('c');
        await network.addAddress('new0', '198.51.100.7/24');
        await network.removeInterface('new0');
        return { without, there, gone, withInterface: await bind('d') };
      },
      ['changeable network'],
    );
    const none = 'EADDRNOTAVAIL';
    expect(observed).toEqual({ without: none, there: 'ok', gone: none, withInterface: none });
  });

  it('has an address that stays tentative', async () => {
    const observed = await seen(
      async (trial) => {
        const network = trial.network();
        const part = await trial.part('server');
        await network.addInterface('new0');
        const bind = async (on: string, address: string) =>
          outcomeOf((await part.do(socket(on, 'dgram', 'inet6'), bindTo(on, address, trial.port))).at(-1));
        await network.addAddress('new0', '2001:db8::7/64', { tentative: true });
        await network.addAddress('new0', '2001:db8::8/64');
        return { tentative: await bind('a', '2001:db8::7'), usual: await bind('b', '2001:db8::8') };
      },
      ['changeable network'],
    );
    expect(observed).toEqual({ tentative: 'EADDRNOTAVAIL', usual: 'ok' });
  });

  it('takes all addresses of an interface, and gives them back with their routes', async () => {
    const shown = async (trial: Trial) => {
      const part = await trial.part('server');
      const paths = ['/proc/net/fib_trie', '/proc/net/route', '/proc/net/if_inet6', '/proc/net/ipv6_route'];
      const results = await part.do(...paths.map((path) => ({ op: 'read', path }) as const));
      const text = results.map(({ data }) => data ?? '').join('');
      return ['192.168.5.130', '0007A8C0', 'fd000005000000000000000000000130', 'fd000007000000000000000000000000'].map(
        (one) => text.includes(one),
      );
    };
    const taken = await cellOf(async (trial) => {
      const before = await shown(trial);
      for (const device of ['eth0', 'eth1']) await trial.network().takeAddresses(device);
      return { before, after: await shown(trial) };
    });
    expect(taken.observation).toEqual({ before: [true, true, true, true], after: [false, false, false, false] });
    expect((await cellOf(shown)).observation).toEqual([true, true, true, true]);
  });

  it('puts interfaces into a VRF where the kernel has it, and says what is lacking where it has not', async () => {
    const cell = await runOf(
      async (trial) => {
        const network = trial.network();
        await network.addInterface('new0');
        await network.addVrf('red', ['new0']);
        const [read] = await (await trial.part('server')).do({ op: 'read', path: '/proc/net/dev' });
        return read?.data?.includes(' red:') === true;
      },
      ['VRF'],
    );
    if (hasVrf()) expect(cell.observation).toBe(true);
    else
      expect(cell).toMatchObject({ verdict: 'skipped', reason: 'this kernel has no VRF', enable: 'sudo modprobe vrf' });
  });

  it('has the change of what is not to be changed refused', async () => {
    const write: Operation = { op: 'write', path: '/proc/sys/net/ipv4/ip_nonlocal_bind', data: '1' };
    expect(await cellOf(async (trial) => (await trial.part('server')).do(write))).toMatchObject({
      verdict: 'error',
      reason: "'write' changes the lab: use the trial's network() for it",
    });
    expect(await cellOf(async (trial) => trial.network().set('kernel.hostname', 'x'))).toMatchObject({
      verdict: 'error',
      reason: "'kernel.hostname' is not a setting of a network: it must begin with 'net.'",
    });
    expect(await cellOf(async (trial) => trial.network().addAddress('none0', '192.0.2.1/24'))).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(/^ip addr add 192\.0\.2\.1\/24 dev none0: .*none0/),
    });
  });

  it('has a process without a capability', needs(notRoot), async () => {
    const observed = await seen(
      async (trial) => {
        const whole = await trial.part('whole');
        const lacking = await trial.part('lacking', { without: 'CAP_NET_BIND_SERVICE' });
        const bind = [socket('a'), bindTo('a', '127.0.0.1', 80)];
        return [outcomeOf((await whole.do(...bind)).at(-1)), outcomeOf((await lacking.do(...bind)).at(-1))];
      },
      ['process without a capability'],
    );
    expect(observed).toEqual(['ok', 'EACCES']);
  });

  it('has three users', needs(notRoot), async () => {
    const observed = await seen(
      async (trial) => {
        const bind = async (name: string, otherUser: boolean | 'third') => {
          const part = await trial.part(name, { otherUser });
          const set: Operation = { op: 'setsockopt', on: 'a', option: 'SO_REUSEPORT', value: 1 };
          return outcomeOf((await part.do(socket('a'), set, bindTo('a', '127.0.0.1', trial.port))).at(-1));
        };
        return [await bind('other', true), await bind('third', 'third'), await bind('other again', true)];
      },
      ['second user', 'third user'],
    );
    expect(observed).toEqual(['ok', 'EADDRINUSE', 'ok']);
  });
});

it.each(['changeable network', 'VRF', 'process without a capability'] as const)(
  'a lab without a %s skips, with the reason',
  needs(noNamespaces),
  async (need) => {
    const cell = await runOf(async () => 0, [need], loopbackLab);
    expect(cell.verdict).toBe('skipped');
    expect(cell.reason).toMatch(/^the host lab /);
    expect(cell.enable).not.toBe('');
  },
);
