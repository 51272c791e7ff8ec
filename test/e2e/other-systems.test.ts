import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindspec, folder } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { isRoot, needs } from '../support/needs.ts';
import { patient } from '../support/waiting.ts';

/** A machine with one external IPv4 address, as a Mac on a hosted runner, in a namespace. */
const MACHINE = [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  '--net',
  'sh',
  '-c',
  'ip link set lo up && ip link add en0 type veth peer name far && ip link set far up && ip link set en0 addrgenmode none up && ip addr add 203.0.113.5/24 dev en0 && exec "$0" "$@"',
];
const PLATFORM = pathToFileURL(path.resolve('test/fakes/platform.mjs')).href;

/** Has the command take this machine for one of another system; the agents make this one's calls. */
const on = (system: string) => ({
  before: MACHINE,
  env: { TEST_PLATFORM: system, NODE_OPTIONS: `--import=${PLATFORM}` },
  own: false,
});

const RUN = [
  'run',
  ...patient(),
  'conflict/same-address',
  'conflict/names',
  'wire',
  'reach/external-from-neighbour',
  '--jobs',
  '1',
  '--no-reports',
];
/** As much as shows that the lab is the one that was asked for. */
const IN_HOST_LAB = ['run', 'conflict/same-address/on:loopback', '--no-reports', '--lab', 'host'];
const OTHERS: readonly (readonly string[])[] = [
  ['matrix', '--protocol', 'udp', '--state', 'bound', '--uid', 'same', '--jobs', '1', '--no-reports'],
  ['explore', '--sequences', '20', '--seed', '1', '--jobs', '1', '--no-reports'],
  ['explain', 'udp 127.0.0.1:2000', '--here'],
];

describe('the first command on another system', needs(noNamespaces), () => {
  test.each([
    ['darwin', 'sudo', [RUN, ...OTHERS]],
    ['freebsd', 'sudo', [RUN]],
    ['openbsd', 'doas', [RUN]],
  ] as readonly [string, string, readonly (readonly string[])[]][])(
    '%s: works in the host lab, and no hint leads back to it',
    async (system, root, commands) => {
      for (const words of [...commands, IN_HOST_LAB]) {
        const { exitCode, stdout, stderr } = await bindspec(words, on(system));
        expect(exitCode, `${words[0]}: ${stderr}`).toBe(0);
        expect(stdout + stderr).not.toMatch(/--lab host|npx bindspec \w+ --lab netns/);
        expect(stderr).toBe(
          words === IN_HOST_LAB ? '' : 'bindspec: bindspec uses the host lab: only Linux has network namespaces',
        );
      }
      const { stdout } = await bindspec(['doctor'], on(system));
      const host = stdout.slice(stdout.indexOf('host lab'), stdout.indexOf('Other network stacks'));
      expect(host).not.toContain('--lab host');
      for (const line of [
        `${root} ifconfig lo0 inet 127.0.0.$n netmask 255.255.255.255 alias; done`,
        `${root} ifconfig en0 inet 192.0.2.130 netmask 255.255.255.255 alias`,
        `${root} ifconfig en0 inet6 fd00:5::130 prefixlen 64 alias`,
      ]) {
        expect(host).toContain(line);
      }
    },
  );

  test('the netns lab is not available there, which names the one that is', async () => {
    const { exitCode, stderr } = await bindspec(['run', '--lab', 'netns', '--no-reports'], on('darwin'));
    expect(stderr).toBe(
      'bindspec: the netns lab is not available: only Linux has network namespaces, and this is darwin; run it on Linux, or use --lab host',
    );
    expect(exitCode).toBe(2);
  });
});

describe('--interface', needs(noNamespaces), () => {
  const WITH_TUNNEL = [
    ...MACHINE.slice(0, -1),
    `${MACHINE.at(-1)?.replace('exec', 'ip link add utun4 type veth peer name peer && ip link set peer up && ip link set utun4 addrgenmode none up && ip addr add 100.64.1.2/32 dev utun4 && exec')}`,
  ];
  const words = ['run', 'conflict/same-address/on:external', '--no-reports', '--format', 'json'];
  const labOf = (stdout: string) => (JSON.parse(stdout) as { lab: { addresses: { inet: object } } }).lab;

  test('names the interface whose addresses are used, where another would be', async () => {
    const plain = await bindspec([...words, '--lab', 'host'], { before: WITH_TUNNEL });
    expect(labOf(plain.stdout).addresses.inet).toMatchObject({ external: '203.0.113.5' });
    const named = await bindspec([...words, '--interface', 'utun4'], { before: WITH_TUNNEL });
    expect(named.stderr).toBe('');
    expect(labOf(named.stdout)).toMatchObject({
      lab: 'host',
      namedInterface: 'utun4',
      addresses: { inet: { external: '100.64.1.2' } },
    });
  });

  test('that is not there, or of another lab, is reported in one line', async () => {
    const wrong = await bindspec([...words, '--interface', 'en9'], { before: WITH_TUNNEL });
    expect(wrong.stderr).toBe(
      "bindspec: the host lab is not available: the interface 'en9' is not here; name one of en0, utun4 with --interface",
    );
    const other = await bindspec([...words, '--interface', 'en0', '--lab', 'netns']);
    expect(other.stderr).toMatch(/^bindspec: --interface is for the host lab: .*[^\n]$/);
    expect([wrong.exitCode, other.exitCode]).toEqual([2, 2]);
  });

  test('is in the command that does a failure again', async () => {
    const reports = folder();
    const broken = [
      ...WITH_TUNNEL.slice(0, -1),
      `${WITH_TUNNEL.at(-1)?.replace('exec', 'ip addr del 127.0.0.1/8 dev lo && exec')}`,
    ];
    const id = 'conflict/same-address/on:loopback/protocol:udp/family:inet';
    const { stdout } = await bindspec(['run', id, '--interface', 'en0', '--reports', reports], { before: broken });
    expect(stdout).toContain(`npx bindspec run ${id} --lab host --interface en0 --no-reports`);
  });
});
