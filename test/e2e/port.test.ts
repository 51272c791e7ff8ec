import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { AgentProcess } from '../../src/harness/agent-process.ts';
import { agentCommand } from '../../src/lab/agent-command.ts';
import type { PortAnswer } from '../../src/port/report.ts';
import type { Operation } from '../../src/protocol/messages.ts';
import { bindspec, CLI } from '../support/cli.ts';
import { noNamespaces, UNSHARE } from '../support/namespace.ts';
import { installed, needs, notLinux, notRoot } from '../support/needs.ts';
import { until } from '../support/waiting.ts';

const PORT = 4000;
const OWN4 = '10.9.0.2';
const OWN6 = 'fd09::2';
/** A network of its own with an address of each family beside loopback. */
const NETWORK = [
  ...UNSHARE,
  'sh',
  '-c',
  `ip link set lo up && ip addr add ${OWN4}/32 dev lo && ip addr add ${OWN6}/128 dev lo nodad && exec "$0" "$@"`,
];

interface Made {
  readonly type?: 'stream' | 'dgram';
  readonly address: string;
  readonly options?: readonly string[];
  readonly v6only?: boolean;
  readonly device?: string;
  readonly listens?: boolean;
}

function making(
  as: string,
  { type = 'stream', address, options = [], v6only, device, listens = true }: Made,
): Operation[] {
  const set = (option: 'SO_REUSEADDR' | 'SO_REUSEPORT' | 'IPV6_V6ONLY', value: number): Operation => ({
    op: 'setsockopt',
    on: as,
    option,
    value,
  });
  return [
    { op: 'socket', as, family: address.includes(':') ? 'inet6' : 'inet', type },
    ...options.map((option) => set(option as 'SO_REUSEADDR', 1)),
    ...(v6only === undefined ? [] : [set('IPV6_V6ONLY', v6only ? 1 : 0)]),
    ...(device === undefined ? [] : [{ op: 'setsockopt', on: as, option: 'SO_BINDTODEVICE', value: device } as const]),
    { op: 'bind', on: as, address, port: PORT },
    ...(type === 'stream' && listens ? [{ op: 'listen', on: as } as const] : []),
  ];
}

/** Sockets that are there; what the report says of new ones is compared with what the kernel does. */
const SCENES: Readonly<Record<string, readonly Made[]>> = {
  nothing: [],
  'a dual-stack listener, as Node.js makes it': [{ address: '::', v6only: false, options: ['SO_REUSEADDR'] }],
  'two listeners, as nginx makes them': [
    { address: '0.0.0.0', options: ['SO_REUSEADDR'] },
    { address: '::', v6only: true, options: ['SO_REUSEADDR'] },
  ],
  'a listener on one loopback address with a device': [
    { address: '127.0.0.53', device: 'lo', options: ['SO_REUSEADDR'] },
  ],
  'a listener on an own address': [{ address: OWN4 }],
  'a listener on ::1': [{ address: '::1', options: ['SO_REUSEADDR'] }],
  'a mapped name': [{ address: `::ffff:${OWN4}`, v6only: false }],
  'a socket that is bound only': [{ address: '127.0.0.1', options: ['SO_REUSEADDR'], listens: false }],
  'a group with SO_REUSEPORT': [
    { address: '127.0.0.1', options: ['SO_REUSEPORT'] },
    { address: '127.0.0.1', options: ['SO_REUSEPORT'] },
    { address: '127.0.0.1', options: ['SO_REUSEPORT'] },
  ],
  'a resolver on UDP': [{ type: 'dgram', address: '127.0.0.53', device: 'lo' }],
  'a dual-stack socket of UDP': [{ type: 'dgram', address: '::', v6only: false }],
  'UDP with SO_REUSEADDR': [
    { type: 'dgram', address: '0.0.0.0', options: ['SO_REUSEADDR'] },
    { type: 'dgram', address: OWN6, options: ['SO_REUSEADDR'] },
  ],
};

/** Asks about a port from within the network of an agent, and runs what is given there. */
async function inNetwork(
  act: (owner: AgentProcess, ask: (...words: string[]) => Promise<PortAnswer[]>) => Promise<void>,
): Promise<void> {
  const { agent } = await AgentProcess.start({ command: [...NETWORK, ...agentCommand()], title: 'the owner' });
  let asked = 0;
  const ask = async (...words: string[]) => {
    asked += 1;
    const as = `ask${asked}`;
    await agent.ask(
      [{ op: 'spawn', as, command: process.execPath, args: [CLI, 'port', ...words, '--format', 'json'] }],
      true,
    );
    let text = '';
    await until('the command to end', async () => {
      const [output] = await agent.ask([{ op: 'output', on: as }], false);
      text = output?.data ?? '';
      return output?.exit !== undefined;
    });
    return (JSON.parse(text) as { ports: PortAnswer[] }).ports;
  };
  try {
    await act(agent, ask);
  } finally {
    await agent.end();
  }
}

describe('bindspec port', needs(notLinux, noNamespaces), () => {
  test.each(Object.entries(SCENES))('tells what new sockets get beside %s', async (_, sockets) => {
    await inNetwork(async (owner, ask) => {
      const made = sockets.flatMap((socket, place) => making(`s${place}`, socket));
      const results = await owner.ask(made, false);
      expect(results.map(({ outcome }) => outcome)).toEqual(made.map(() => 'ok'));
      const protocol = sockets[0]?.type === 'dgram' ? 'udp' : 'tcp';
      const [report] = await ask(protocol, String(PORT));
      if (report === undefined) throw new Error('there is no report');
      expect(report.held.reduce((sum, { more = 0 }) => sum + 1 + more, 0)).toBe(sockets.length);
      // An ordinary user may not be allowed to ask for the options; then the answers rest on a guess.
      if (report.held.some(({ options }) => options === undefined)) return;
      const names = new Set<string>();
      // Whether a new socket may share depends on its options too.
      const shares = sockets.some(({ options = [] }) => options.includes('SO_REUSEPORT'));
      const sharing = shares ? await ask(protocol, String(PORT), '--with', 'reuseport') : [];
      for (const { names: own, options, outcomes } of [report, ...sharing].flatMap(({ fresh }) => fresh)) {
        for (const name of own) {
          names.add(name);
          const address = name.replaceAll(/[[\]]| v6only/g, '');
          const type = protocol === 'udp' ? 'dgram' : 'stream';
          const v6only = address === '::' ? { v6only: name.endsWith('v6only') } : {};
          const tried = await owner.ask([...making('new', { type, address, options, ...v6only })], true);
          await owner.ask([{ op: 'close', on: 'new' }], false);
          expect([name, options, outcomes]).toEqual([name, options, expect.arrayContaining([tried.at(-1)?.outcome])]);
        }
      }
      expect([...names]).toEqual(
        expect.arrayContaining(['[::]', '[::] v6only', '0.0.0.0', '127.0.0.1', '[::1]', OWN4, `[${OWN6}]`]),
      );
      if (protocol === 'udp') return;
      for (const { to, who } of report.receivers) {
        for (const address of to) {
          const [, reached] = await owner.ask(
            [
              { op: 'socket', as: 'c', family: address.includes(':') ? 'inet6' : 'inet', type: 'stream' },
              { op: 'connect', on: 'c', address, port: PORT, within: 20_000 },
              { op: 'close', on: 'c', reset: true },
            ],
            false,
          );
          const isReached = who?.some((one) => typeof one !== 'string');
          expect([address, reached?.outcome]).toEqual([address, isReached === true ? 'ok' : 'ECONNREFUSED']);
        }
      }
    });
  });

  test('what is left of a connection stops only a socket without SO_REUSEADDR', async () => {
    await inNetwork(async (owner, ask) => {
      await owner.ask(
        [
          ...making('l', { address: '127.0.0.1', options: ['SO_REUSEADDR'] }),
          { op: 'socket', as: 'c', family: 'inet', type: 'stream' },
          { op: 'connect', on: 'c', address: '127.0.0.1', port: PORT, within: 20_000 },
          { op: 'accept', on: 'l', as: 's', within: 20_000 },
          { op: 'close', on: 'l' },
          { op: 'close', on: 's' },
          { op: 'close', on: 'c' },
        ],
        true,
      );
      await until('the connection to have ended', async () => {
        const [report] = await ask('tcp', String(PORT));
        return report?.left.timeWait === 1;
      });
      const [report] = await ask('tcp', String(PORT));
      const outcomes = (isWith: boolean) =>
        report?.fresh.find(({ options, names }) => options.length > 0 === isWith && names.includes('0.0.0.0'))
          ?.outcomes;
      expect(outcomes(true)).toEqual(['ok']);
      expect(outcomes(false)).toEqual(['EADDRINUSE']);
      const tried = await owner.ask(making('plain', { address: '0.0.0.0' }), true);
      expect(tried.at(-1)?.outcome).toBe('EADDRINUSE');
    });
  });

  test('a port of another network is named, and is in no one’s way', needs(notRoot), async () => {
    await inNetwork(async (owner) => {
      await owner.ask(making('l', { address: '0.0.0.0' }), true);
      const { stdout } = await bindspec(['port', 'tcp', String(PORT), '--format', 'json']);
      const [report] = (JSON.parse(stdout) as { ports: PortAnswer[] }).ports;
      const all = report?.elsewhere.flatMap(({ sockets }) =>
        sockets.map(({ local, holders }) => [local.address, holders.length]),
      );
      expect(all).toContainEqual(['0.0.0.0', 1]);
    });
  });

  test(
    'rules of the firewall that lead elsewhere are named',
    needs(notRoot, installed('nft', 'nftables')),
    async () => {
      await inNetwork(async (owner, ask) => {
        const rules = `add table ip t; add chain ip t c { type nat hook prerouting priority -100; }; add rule ip t c tcp dport ${PORT} redirect to :4001`;
        await owner.ask([{ op: 'spawn', as: 'nft', command: 'nft', args: [rules] }], true);
        await until(
          'nft to end',
          async () => (await owner.ask([{ op: 'output', on: 'nft' }], false))[0]?.exit !== undefined,
        );
        const [output] = await owner.ask([{ op: 'output', on: 'nft' }], false);
        expect([output?.exit, output?.data]).toEqual([0, '']);
        const [report] = await ask('tcp', String(PORT));
        expect(report?.firewall).toMatchObject({ unread: [], rules: [{ chain: 'ip t c', to: ':4001' }] });
      });
    },
  );

  describe('--probe', () => {
    const listens = (address: string, port: number, as: string): Operation[] => [
      { op: 'socket', as, family: address.includes(':') ? 'inet6' : 'inet', type: 'stream' },
      { op: 'bind', on: as, address, port },
      { op: 'listen', on: as },
    ];

    test('tells a listener that accepts from one that does not, and from a closed port', async () => {
      await inNetwork(async (owner, ask) => {
        await owner.ask([...making('l', { address: '0.0.0.0' })], true);
        const waits = await ask('tcp', String(PORT), '--probe');
        expect(waits[0]?.probes).toMatchObject([
          { address: '127.0.0.1', reached: 'yes', served: 'open', by: { socket: { inode: 0, state: 'ESTABLISHED' } } },
          { address: '::1', reached: 'refused' },
        ]);
        await owner.ask([{ op: 'serve', on: 'l', name: 'x' }], true);
        const [taken] = await ask('tcp', String(PORT), '--probe');
        expect(taken?.probes?.[0]?.by?.socket.holders).toHaveLength(1);
        // Nothing is left of either.
        await until('the connections to have gone', async () => {
          const [after] = await ask('tcp', String(PORT));
          return after?.left.timeWait === 0 && after.left.orphans === 0 && after.left.connections === 0;
        });
      });
    });

    test('takes a datagram that is not refused for taken', async () => {
      await inNetwork(async (owner, ask) => {
        await owner.ask([...making('u', { type: 'dgram', address: '127.0.0.1' })], true);
        const [report] = await ask('udp', String(PORT), '--probe');
        expect(report?.probes?.map(({ address, reached, served }) => [address, reached, served])).toEqual([
          ['127.0.0.1', 'yes', 'queued'],
          ['::1', 'refused', undefined],
        ]);
      });
    });

    test(
      'finds where a rule leads, which the listener on the port does not show',
      needs(notRoot, installed('nft', 'nftables')),
      async () => {
        await inNetwork(async (owner, ask) => {
          await owner.ask([...making('proxy', { address: '0.0.0.0' }), ...listens('127.0.0.1', 4001, 'server')], true);
          const rules = `add table ip t; add chain ip t c { type nat hook output priority -100; }; add rule ip t c ip daddr 127.0.0.1 tcp dport ${PORT} redirect to :4001`;
          await owner.ask([{ op: 'spawn', as: 'nft', command: 'nft', args: [rules] }], true);
          await until(
            'nft to end',
            async () => (await owner.ask([{ op: 'output', on: 'nft' }], false))[0]?.exit !== undefined,
          );
          const [report] = await ask('tcp', String(PORT), '--probe');
          expect(report?.probes?.[0]).toMatchObject({
            address: '127.0.0.1',
            reached: 'yes',
            by: { socket: { local: { address: '127.0.0.1', port: 4001 } } },
          });
        });
      },
    );
  });

  test('a free port takes one line for each protocol, and nothing is wrong with that', async () => {
    await inNetwork(async (owner) => {
      await owner.ask([{ op: 'spawn', as: 'text', command: process.execPath, args: [CLI, 'port', '4900'] }], true);
      let text = '';
      await until('the command to end', async () => {
        const [output] = await owner.ask([{ op: 'output', on: 'text' }], false);
        text = output?.data ?? '';
        return output?.exit === 0;
      });
      expect(text.split('\n').slice(0, 2)).toEqual([
        'TCP port 4900: no one has it, and a new socket can have it on every address.',
        'UDP port 4900: no one has it, and a new socket can have it on every address.',
      ]);
    });
  });

  test(
    'the plain case takes at most ten lines of 80 columns, also without nft and when it is probed',
    needs(installed('script', 'bsdutils')),
    async () => {
      await inNetwork(async (owner) => {
        await owner.ask(making('l', { address: '::', v6only: false, options: ['SO_REUSEADDR'] }), true);
        const command = `stty cols 80; exec env -i PATH=/nowhere NO_COLOR=1 '${process.execPath}' '${CLI}' port ${PORT} --probe`;
        await owner.ask([{ op: 'spawn', as: 'text', command: 'script', args: ['-qec', command, '/dev/null'] }], true);
        let text = '';
        await until('the command to end', async () => {
          const [output] = await owner.ask([{ op: 'output', on: 'text' }], false);
          text = output?.data ?? '';
          return output?.exit === 0;
        });
        const lines = text.replaceAll('\r', '').trimEnd().split('\n');
        expect(lines.length, text).toBeLessThanOrEqual(10);
        expect(Math.max(...lines.map((line) => line.length)), text).toBeLessThanOrEqual(80);
        expect(text).toContain('↔ Tried at 127.0.0.1 and ::1: connected');
      });
    },
  );
});

test.each([
  [['0'], 'port 0 asks the system to choose one'],
  [['70000'], 'a port is at most 65535'],
  [['nosuchservice'], 'nor the name of a service that bindspec knows'],
  [['udp'], "no port follows 'udp'"],
  [[], 'no port is named'],
  [['80', '--with', 'reusport'], "did you mean 'reuseport'?"],
  [['80', '--format', 'xml'], "unknown format 'xml'"],
])('bindspec port %j gets one line and exit code 2', async (words, message) => {
  const { exitCode, stdout, stderr } = await bindspec(['port', ...words]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain(message);
});
