import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explainOn } from '../../src/cli/explain-here.ts';
import { UserError } from '../../src/cli/exit.ts';
import { explain as explainSockets } from '../../src/explain/explain.ts';
import { readWanted } from '../../src/explain/wanted.ts';
import { netns } from '../../src/lab/netns.ts';
import { Floor } from '../../src/runner/explore/floor.ts';
import { bindspec } from '../support/cli.ts';
import { AGENT, noNamespaces } from '../support/namespace.ts';
import { needs, notRoot, installed } from '../support/needs.ts';

interface Json {
  sockets: { spelled: string; notes: string[] }[];
  answers: { system: string; works: string; rule: { id: string; source: { where: string } } }[];
  advice: { text: string; helps: string[] }[];
  here?: { bind: string; listen?: string; agrees: boolean; notes: string[]; lab: string };
}

const explain = (...words: string[]) => bindspec(['explain', ...words]);

async function json(...words: string[]): Promise<Json & { exitCode: number | undefined }> {
  const { stdout, exitCode } = await explain(...words, '--format', 'json');
  return { ...(JSON.parse(stdout) as Json), exitCode };
}

/** Checks a screen against a file of `golden`; UPDATE_GOLDEN=1 writes it instead, for a person to review. */
function expectScreen(name: string, actual: string): void {
  const file = new URL(`golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

describe('what is printed', () => {
  test('of two UDP sockets, on every system', async () => {
    const { stdout, exitCode, stderr } = await explain('udp 127.0.0.1:53', 'udp [::]:53 v6only=0 reuseaddr');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectScreen('explain-udp.txt', stdout);
    const page = readFileSync(new URL('../../docs/explain.md', import.meta.url), 'utf8');
    expect(page, 'the screen in docs/explain.md').toContain(`\`\`\`text\n${stdout}\n\`\`\``);
  });

  test('of lines of ss, on some systems', async () => {
    const { stdout } = await explain(
      'tcp LISTEN 0 128 *:80 *:*',
      'tcp 127.0.0.1:80 reuseaddr',
      '--system',
      'linux,macos,Windows',
    );
    expectScreen('explain-ss.txt', stdout);
  });

  // A terminal of a size of its own is what `script` makes.
  test(
    'is no wider than 80 columns on a terminal of 80, or 120 on a wide one',
    needs(installed('script', 'bsdutils')),
    async () => {
      for (const [columns, most] of [
        [80, 80],
        [300, 120],
      ] as const) {
        const words = `'tcp LISTEN 0 9 *:80 *:*' 'tcp 10.0.0.1:80 uid=3' 'tcp [::]:80 v6only=0 reuseaddr' --system linux,macos,freebsd,windows,wine`;
        const command = `script -qec "stty cols ${columns}; '$0' '$1' explain ${words}" /dev/null`;
        const { stdout } = await bindspec([], { before: ['sh', '-c', command] });
        const lines = stdout.split(/\r?\n/);
        expect(lines.length).toBeGreaterThan(30);
        // The line that is to be copied stays one line.
        const wrapped = lines.filter((line) => !line.startsWith('  bindspec explore --replay '));
        for (const line of wrapped) expect(line.length, line).toBeLessThanOrEqual(most);
      }
    },
  );

  test('the answer of the models, and why it can’t be done here, for an address that no lab has', async () => {
    const { stdout, stderr, exitCode } = await bindspec([
      'explain',
      '--here',
      'tcp [fe80::1%eth0]:8080',
      '--system',
      'linux',
    ]);
    expect(stdout).toMatch(/^Socket 1 alone works on Linux\./);
    expect(stderr).toMatch(/can't be done|unknown|not available|no lab/);
    expect(exitCode).toBe(2);
  });

  test('as data', async () => {
    const { sockets, answers, advice, exitCode } = await json('udp 127.0.0.1:53', 'udp *:53', '--kernel', '6.1.0');
    expect(exitCode).toBe(0);
    expect(sockets.map(({ spelled }) => spelled)).toEqual(['udp 127.0.0.1:53', 'udp [::]:53 v6only=0']);
    expect(answers).toHaveLength(8);
    expect(answers[0]).toMatchObject({ system: 'linux', works: 'no', rule: { id: 'linux/udp-conflict' } });
    expect(advice.map(({ text }) => text)).toContain('set IPV6_V6ONLY=1 on socket 2');
  });
});

describe('wrong usage is one line, and exit 2', () => {
  const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
    [['udp 127.0.0.1:53 foo'], /'foo' at position 18 can't be read; understood are reuseaddr/],
    [[''], /the text is empty; name a socket/],
    [['tcp :80', '--system', 'plan9'], /unknown system 'plan9'; it is one of linux, darwin/],
    [['tcp :80', '--kernel', 'six'], /'six' is not a version of the Linux kernel/],
    [[], /name the sockets, for example: bindspec explain :3000/],
    [['tcp :80', '--setting', 'bindv6only=x'], /'bindv6only=x' can't be read: bindv6only is 0 or 1/],
    [['tcp :80', '--release', '14.3'], /'14.3' is not a release of a system; write it as in --release freebsd=14.3/],
  ];
  for (const [words, message] of WRONG) {
    test(words.join(' ') || 'no socket', async () => {
      const { exitCode, stdout, stderr } = await explain(...words);
      expect(stderr).toMatch(message);
      expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    });
  }
});

// Binds only in the network namespaces that the lab makes for it.
describe('--here, in the netns lab', needs(noNamespaces), () => {
  let floor: Floor;
  /** A port of its own for each test, because a closed connection holds its port for a while. */
  let port = 1100;

  beforeAll(async () => {
    floor = await Floor.open(netns, { fresh: false, agentCommand: [process.execPath, AGENT] });
  });
  afterAll(() => floor.close());
  beforeEach(() => {
    port += 1;
  });

  /** What happens in one lab for all tests, as the command has it happen in one of its own; PORT stands for a port. */
  const here = async (...sockets: string[]) => {
    const texts = sockets.map((socket) => socket.replaceAll('PORT', `${port}`));
    return explainOn(floor, explainSockets(texts, readWanted({ system: 'linux' })));
  };

  test('agrees with the model, and both are shown', async () => {
    const { stdout, exitCode } = await explain('udp 127.0.0.1:53', 'udp 0.0.0.0:53', '--here', '--lab', 'netns');
    expect(stdout).toMatch(/observed {3}bind EADDRINUSE\n {2}the model {2}bind EADDRINUSE\n {2}✓ they agree/);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['bound', { bind: 'ok', listen: 'ok' }],
    ['listening', { bind: 'EADDRINUSE' }],
    ['connected', { bind: 'ok', listen: 'ok' }],
    ['accepted', { bind: 'ok', listen: 'ok' }],
    ['close-wait', { bind: 'ok', listen: 'ok' }],
    ['fin-wait-2', { bind: 'ok', listen: 'ok' }],
    ['time-wait', { bind: 'ok', listen: 'ok' }],
    ['shut-down', { bind: 'ok', listen: 'ok' }],
  ])('a first socket that is %s', async (state, expected) => {
    const sockets = [`tcp *:PORT reuseaddr ${state} local=::1`, 'tcp [::1]:PORT reuseaddr'];
    expect(await here(...sockets)).toMatchObject({ ...expected, agrees: true });
  });

  test('what a closed connection leaves holds its address, unless both have the option', async () => {
    expect(await here('tcp 127.0.0.1:PORT time-wait', 'tcp 127.0.0.1:PORT reuseaddr')).toMatchObject({
      bind: 'EADDRINUSE',
      agrees: true,
    });
  });

  test('a connected UDP socket no longer holds the wildcard', async () => {
    expect(await here('udp 0.0.0.0:PORT connected', 'udp 127.0.0.2:PORT')).toMatchObject({ bind: 'ok', agrees: true });
    expect(await here('udp 0.0.0.0:PORT connected', 'udp 127.0.0.1:PORT')).toMatchObject({
      bind: 'EADDRINUSE',
      agrees: true,
    });
  });

  test('an address that the lab does not have is done with one that it has', async () => {
    const mapped = await here('tcp 10.9.8.7:PORT', 'tcp [::1]:PORT', 'tcp 203.0.113.1:PORT');
    expect(mapped).toMatchObject({ bind: 'ok', agrees: true });
    expect(mapped?.notes).toEqual([
      '10.9.8.7 is done with 192.168.5.130, which the lab has',
      '203.0.113.1 is done with 192.168.6.130, which the lab has',
    ]);
  });

  test('sockets of two users are those of two users', needs(notRoot), async () => {
    const shared = ['udp 0.0.0.0:PORT reuseport uid=7', 'udp 0.0.0.0:PORT reuseport uid=8'];
    expect(await here(...shared)).toMatchObject({ bind: 'EADDRINUSE', agrees: true });
    expect(await here('udp 0.0.0.0:PORT reuseport uid=7', 'udp 0.0.0.0:PORT reuseport uid=7')).toMatchObject({
      bind: 'ok',
    });
  });

  test('who is said to be no root is none', needs(notRoot), async () => {
    expect(await here('tcp 0.0.0.0:80 uid=33')).toMatchObject({ bind: 'EACCES', agrees: true });
    expect(await here('tcp 0.0.0.0:80')).toMatchObject({ bind: 'ok', listen: 'ok', agrees: true });
  });

  test('devices of the lab', async () => {
    expect(await here('udp 0.0.0.0:PORT dev=lo', 'udp 0.0.0.0:PORT dev=eth0')).toMatchObject({
      bind: 'ok',
      agrees: true,
    });
    expect(await here('udp 0.0.0.0%lo:PORT', 'udp 0.0.0.0:PORT')).toMatchObject({
      bind: 'EADDRINUSE',
    });
  });

  test.each([
    [['tcp 10.0.0.1:PORT', 'tcp 10.0.0.2:PORT', 'tcp 10.0.0.3:PORT'], /no address that could stand for 10\.0\.0\.3/, 2],
    [['tcp [fe80::1%eth0]:PORT'], /no address that could stand for fe80::1/, 2],
    [['udp 0.0.0.0:PORT exclusive', 'udp 0.0.0.0:PORT'], /SO_EXCLUSIVEADDRUSE.* not available here/, 2],
    [
      ['udp 0.0.0.0:PORT', 'udp 0.0.0.0:PORT', 'udp 0.0.0.0:PORT'],
      /socket 2.* can't be put there: bind returned EADDRINUSE, as the model says too/,
      2,
    ],
    [['tcp 127.0.0.1:PORT fin-wait-1', 'tcp 127.0.0.1:PORT'], /passes too fast/, 2],
    [['udp :PORT uid=1', 'udp :PORT uid=2', 'udp :PORT uid=3'], /two users/, 2],
  ])('what can not be done is reported in one line: %s', async (sockets, message, exitCode) => {
    const failure = await here(...sockets).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ message: expect.stringMatching(message) as string, exitCode });
    expect((failure as UserError).message).not.toContain('\n');
  });

  test('what can not be done here has the answer of the models, and the reason', async () => {
    const { exitCode, stdout, stderr } = await explain('tcp 169.254.1.1:80', '--here', '--lab', 'netns');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^Socket 1 alone works on every system\./);
    expect(stderr).toMatch(/^bindspec: .*no address that could stand for 169\.254\.1\.1[^\n]*$/);
  });

  test('who receives is tried too, at every address and from where it is asked for', async () => {
    const tried = await here('udp 0.0.0.0:PORT reuseaddr', 'udp 127.0.0.1:PORT reuseaddr');
    expect(tried).toMatchObject({ bind: 'ok', agrees: true });
    expect(tried.received.map(({ to, who }) => `${to}: ${who}`)).toEqual([
      '127.0.0.1: socket 2',
      expect.stringMatching(/^other IPv4 addresses \(192\.168\.\d\.130\): socket 1$/),
    ]);
    const group = await here('udp 0.0.0.0:PORT reuseport', 'udp 0.0.0.0:PORT reuseport');
    expect(group.agrees).toBe(true);
    for (const { who, predicted } of group.received) expect(predicted).toContain(who);
    const nobody = await here('tcp 127.0.0.1:PORT bound', 'tcp [::1]:PORT');
    expect(nobody.received.map(({ to, who }) => `${to}: ${who}`)).toEqual([
      '127.0.0.1: no one, the sender is refused',
      '::1: socket 2',
    ]);
  });

  test('a group, a device that the lab does not have, and a low port that is allowed', async () => {
    expect(await here('udp 239.1.2.3:PORT reuseaddr', 'udp 0.0.0.0:PORT reuseaddr')).toMatchObject({ agrees: true });
    const tied = await here('udp 0.0.0.0:PORT dev=wlan7', 'udp 0.0.0.0:PORT dev=lo');
    expect(tied).toMatchObject({ bind: 'ok', agrees: true });
    expect(tied.notes.join()).toContain('the device wlan7 is done with eth0, which the lab has');
  });

  test('the settings of the machine are read, and count for the answer too', async () => {
    const words = ["'tcp [::]:80 uid=7'", "'tcp 0.0.0.0:80 uid=7'", '--here', '--lab', 'host', '--system', 'linux'];
    const settings = 'echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; echo 1 >/proc/sys/net/ipv6/bindv6only';
    const command = `ip link set lo up; ${settings}; exec "$0" "$1" explain ${words.join(' ')}`;
    const before = ['unshare', ...(process.getuid?.() === 0 ? ['-n'] : ['-rn']), 'sh', '-c', command];
    const { stdout, exitCode } = await bindspec([], { before });
    expect(stdout).toContain('Settings of the machine: net.ipv6.bindv6only=1, net.ipv4.ip_unprivileged_port_start=0.');
    expect(stdout).toMatch(/^Socket 2 works on Linux/);
    expect(stdout).toContain('✓ they agree');
    expect(exitCode).toBe(0);
  });

  test(
    'a low port that the process may not bind, though it is root',
    needs(notRoot, installed('setpriv', 'util-linux')),
    async () => {
      const words = ['explain', 'tcp 127.0.0.1:80', '--here', '--lab', 'host', '--system', 'linux'];
      const without = ['--inh-caps=-net_bind_service', '--bounding-set=-net_bind_service'];
      const command = `ip link set lo up; exec setpriv ${without.join(' ')} "$0" "$@"`;
      const { stdout, exitCode } = await bindspec(words, { before: ['unshare', '-n', 'sh', '-c', command] });
      expect(stdout).toContain('Settings of the machine: privileged=0.');
      expect(stdout).toMatch(/^ {2}observed {3}bind EACCES\n {2}the model {2}bind EACCES\n {2}✓ they agree/m);
      expect(exitCode).toBe(0);
    },
  );

  test('is data too', async () => {
    const sockets = ['tcp *:80 reuseaddr close-wait local=::1', 'tcp [::1]:80 reuseaddr'];
    const told = await json(...sockets, '--here', '--lab', 'netns', '--system', 'linux');
    expect(told).toMatchObject({ exitCode: 0, here: { bind: 'ok', listen: 'ok', agrees: true, lab: 'netns' } });
  });
});
