import { describe, expect, test } from 'vitest';
import type { Advice } from '../../../src/explain/judge.ts';
import { explain } from '../../../src/explain/explain.ts';
import type { Explanation, Wanted } from '../../../src/explain/explanation.ts';
import { verdictOf } from '../../../src/explain/brief.ts';
import { sentenceOf } from '../../../src/explain/sentences.ts';
import type { SystemName } from '../../../src/model/types.ts';
import { Deadline } from '../../../src/process/pace.ts';

/** What each system does: `ok`, or the outcome, with the call that returned it where that is not bind(). */
function outcomes(explanation: Explanation): Record<string, string> {
  return Object.fromEntries(
    explanation.answers.map(({ system, outcomes: all, call, works }) => [
      system,
      works === 'yes' ? 'ok' : `${all.join(' or ')}${call === 'listen' ? ' at listen' : ''}`,
    ]),
  );
}

function only(system: SystemName, ...texts: string[]) {
  const [answer] = explain(texts, { systems: [system] }).answers;
  if (answer === undefined) throw new RangeError(system);
  return answer;
}

const advised = (texts: readonly string[], wanted: Wanted = {}): readonly Advice[] => explain(texts, wanted).advice;

describe('what happens to the last socket', () => {
  test('of a wildcard and an address without options', () => {
    expect(outcomes(explain(['udp 127.0.0.1:53', 'udp 0.0.0.0:53']))).toEqual({
      linux: 'EADDRINUSE',
      darwin: 'EADDRINUSE',
      freebsd: 'EADDRINUSE',
      openbsd: 'EADDRINUSE',
      netbsd: 'EADDRINUSE',
      windows: 'ok',
      gvisor: 'EADDRINUSE',
      wine: 'WSAEADDRINUSE',
    });
  });

  test('of two that share by SO_REUSEADDR, listen() is refused where one listens already', () => {
    const answers = outcomes(explain(['tcp 127.0.0.1:80 reuseaddr bound', 'tcp 127.0.0.1:80 reuseaddr']));
    expect(answers).toMatchObject({ linux: 'ok', darwin: 'EADDRINUSE', windows: 'ok' });
    expect(only('linux', 'tcp 127.0.0.1:80 reuseaddr', 'tcp 127.0.0.1:80 reuseaddr').call).toBe('bind');
    const gvisor = explain([
      'tcp 0.0.0.0:80 reuseaddr bound',
      'tcp 127.0.0.1:80 reuseaddr',
      'tcp 127.0.0.1:80 reuseaddr',
    ]);
    expect(outcomes(gvisor)['gvisor']).toBe('EADDRINUSE');
  });

  test('at listen(), where bind() succeeded', () => {
    const texts = ['tcp 10.0.0.1:80 reuseaddr bound', 'tcp 0.0.0.0:80 reuseaddr bound', 'tcp 0.0.0.0:80 reuseaddr'];
    expect(only('linux', ...texts).works).toBe('yes');
    // When the third socket binds, the second one listens already: its listen() is in the way, and no bind() is.
    const memory = only(
      'linux',
      'tcp 0.0.0.0:80 reuseport bound',
      'tcp 0.0.0.0:80 reuseaddr reuseport',
      'tcp 0.0.0.0:80 reuseport',
    );
    expect(memory.works).toBe('yes');
  });

  test('other ports and protocols never conflict, and that is said', () => {
    const { answers, sockets } = explain(['udp 0.0.0.0:53', 'tcp 0.0.0.0:54', 'tcp 0.0.0.0:53']);
    expect(answers.every(({ works }) => works === 'yes')).toBe(true);
    expect(sockets[0]?.notes.join()).toContain('UDP and TCP sockets never conflict, on any system');
    expect(sockets[1]?.notes.join()).toContain('sockets on different ports never conflict, on any system');
  });

  test('one socket alone', () => {
    expect(Object.values(outcomes(explain(['tcp *:80'])))).toEqual(Array.from({ length: 8 }, () => 'ok'));
  });

  test('an address of 127.0.0.0/8 that not every system has', () => {
    expect(outcomes(explain(['tcp 127.0.0.2:80']))).toMatchObject({
      linux: 'ok',
      darwin: 'EADDRNOTAVAIL',
      windows: 'ok',
    });
  });
});

describe('what is taken for granted', () => {
  test('a TCP socket that is there listens, and that is said; a word for its state is heeded', () => {
    const silent = explain(['tcp 127.0.0.1:80 reuseaddr', 'tcp 127.0.0.1:80 reuseaddr']);
    expect(outcomes(silent)['linux']).toBe('EADDRINUSE');
    expect(silent.sockets[0]?.spelled).toBe('tcp 127.0.0.1:80 reuseaddr listening');
    expect(silent.sockets[0]?.notes.join()).toContain('taken to be listening');
    expect(outcomes(explain(['tcp 127.0.0.1:80 reuseaddr time-wait', 'tcp 127.0.0.1:80 reuseaddr']))['linux']).toBe(
      'ok',
    );
  });

  test('the last socket has no state of its own', () => {
    const { sockets } = explain(['tcp LISTEN 0 1 0.0.0.0:80 0.0.0.0:*', 'tcp 0.0.0.0:80 time-wait']);
    expect(sockets[1]?.spelled).toBe('tcp 0.0.0.0:80');
    expect(sockets[1]?.notes.join()).toContain("not 'time-wait'");
  });

  test('a connection of a wildcard is a local one, and that is said', () => {
    const { sockets, answers } = explain(['udp 0.0.0.0:53 connected', 'udp 127.0.0.2:53'], { systems: ['linux'] });
    expect(sockets[0]?.notes.join()).toContain('connected from 127.0.0.1');
    expect(answers[0]?.works).toBe('yes');
  });

  test('everybody may have a low port, unless it is said who asks', () => {
    expect(outcomes(explain(['tcp 0.0.0.0:80']))['linux']).toBe('ok');
    expect(outcomes(explain(['tcp 0.0.0.0:80 uid=1000']))).toMatchObject({
      linux: 'EACCES',
      darwin: 'ok',
      windows: 'ok',
    });
    expect(outcomes(explain(['tcp 0.0.0.0:80 uid=0']))['linux']).toBe('ok');
  });

  test('what a system does not have is left out there, and that is said', () => {
    const [windows, openbsd] = [
      only('windows', 'udp 0.0.0.0:53 reuseport', 'udp 0.0.0.0:53 reuseport'),
      only('openbsd', 'udp 0.0.0.0:53', 'udp [::]:53 v6only=0'),
    ];
    expect(windows).toMatchObject({ works: 'no', outcomes: ['WSAEADDRINUSE'] });
    expect(windows.notes.join()).toContain('Windows has no SO_REUSEPORT: socket 1 is taken without it');
    expect(openbsd.works).toBe('yes');
    expect(openbsd.notes.join()).toContain('keeps every IPv6 socket to IPv6');
    expect(only('darwin', 'udp 0.0.0.0:53 dev=eth0', 'udp 0.0.0.0:53 dev=lo').notes.join()).toContain(
      'SO_BINDTODEVICE',
    );
    expect(only('linux', 'udp 0.0.0.0:53 dev=eth0', 'udp 0.0.0.0:53 dev=lo').works).toBe('yes');
  });

  test('a :8080 is IPv4 where there are no dual-stack sockets', () => {
    const answer = only('openbsd', 'tcp 0.0.0.0:80', 'tcp :80');
    expect(answer).toMatchObject({ works: 'no', outcomes: ['EADDRINUSE'] });
    expect(answer.notes.join()).toContain('taken for 0.0.0.0');
  });

  test('the version of the kernel', () => {
    const texts = ['tcp [::ffff:0.0.0.0]:80', 'tcp [::ffff:127.0.0.1]:80'];
    expect(explain(texts, { systems: ['linux'], kernel: '6.1.192' }).answers[0]).toMatchObject({
      bind: { outcomes: ['ok'] },
    });
    expect(explain(texts, { systems: ['linux'] }).answers[0]).toMatchObject({ bind: { outcomes: ['EADDRINUSE'] } });
  });
});

describe('what would help', () => {
  const texts = (advice: readonly Advice[]) => advice.map(({ text }) => text);
  const find = (advice: readonly Advice[], text: string) => advice.find((one) => one.text === text);

  test('nothing needs to where it works', () => expect(advised(['udp 127.0.0.1:53', 'udp 127.0.0.1:54'])).toEqual([]));

  test('IPV6_V6ONLY, or the option that only one socket has', () => {
    const advice = advised(['udp 127.0.0.1:53', 'udp [::]:53 v6only=0 reuseaddr']);
    expect(find(advice, 'set IPV6_V6ONLY=1 on socket 2')?.helps).toEqual(['linux', 'gvisor', 'wine']);
    expect(find(advice, 'set SO_REUSEADDR on socket 1')?.helps).toEqual(['linux', 'gvisor', 'wine']);
  });

  test('an option on both, where it takes two changes', () => {
    const advice = advised(['udp 127.0.0.1:53', 'udp 127.0.0.1:53']);
    expect(find(advice, 'set SO_REUSEPORT on both sockets')?.helps).toEqual([
      'linux',
      'darwin',
      'freebsd',
      'openbsd',
      'netbsd',
      'gvisor',
    ]);
    expect(
      advice.find(({ text, helps }) => text === 'set SO_REUSEADDR on both sockets' && helps.includes('windows')),
    ).toBeDefined();
  });

  test('an option on all of three sockets', () => {
    const advice = advised(['tcp *:80', 'tcp 0.0.0.0:80 bound', 'tcp 127.0.0.1:80'], { systems: ['linux', 'windows'] });
    expect(find(advice, 'set SO_REUSEPORT on all sockets')?.helps).toEqual(['linux']);
  });

  test('another address, and for whom', () => {
    const advice = advised(['tcp 0.0.0.0:80', 'tcp 0.0.0.0:80'], { systems: ['windows'] });
    expect(texts(advice)).toContain('bind socket 2 to another IPv4 address of the machine, and to that alone');
  });

  test('another user', () => {
    const advice = advised(['udp 0.0.0.0:5353 uid=1 reuseport', 'udp 0.0.0.0:5353 uid=2 reuseport'], {
      systems: ['linux', 'freebsd'],
    });
    expect(find(advice, 'run socket 2 as uid 1')?.helps).toEqual(['linux', 'freebsd']);
    expect(find(advice, 'run socket 2 as root')?.helps).toEqual(['freebsd']);
  });

  test('another port, but not where the address is what fails', () => {
    const inTheWay = advised(['udp 127.0.0.1:53', 'udp 127.0.0.1:53'], { systems: ['linux'] });
    expect(texts(inTheWay).at(-1)).toBe('give socket 2 another port, from 1024 up');
    const [address, ...others] = advised(['udp 127.0.0.2:53'], { systems: ['darwin'] });
    expect(address?.text).toContain('another IPv4 address');
    expect(texts(others)).toEqual([
      'give the machine the address 127.0.0.2 first (macOS: ifconfig lo0 alias 127.0.0.2)',
      'bind socket 1 to 0.0.0.0, which has every address of the machine',
    ]);
    const privileged = advised(['tcp 0.0.0.0:80 uid=5'], { systems: ['linux'] });
    expect(texts(privileged).slice(0, 2)).toEqual(['run socket 1 as root', 'give socket 1 another port, from 1024 up']);
    expect(texts(privileged)[2]).toMatch(/^allow port 80: give it CAP_NET_BIND_SERVICE/);
  });

  test('an option that is in the way', () => {
    const advice = advised(['tcp 0.0.0.0:80 exclusive', 'tcp 127.0.0.1:80'], { systems: ['windows'] });
    expect(find(advice, 'do not set SO_EXCLUSIVEADDRUSE on socket 1')?.helps).toEqual(['windows']);
  });

  test('where it would no longer work', () => {
    const advice = advised(['udp 0.0.0.0:53', 'udp 127.0.0.1:53 reuseaddr'], { systems: ['linux', 'darwin'] });
    expect(find(advice, 'set SO_REUSEADDR on socket 1')).toMatchObject({ helps: ['linux'], breaks: [] });
    const breaking = advised(['udp 0.0.0.0:53', 'udp [::]:53'], { systems: ['linux', 'windows', 'darwin', 'freebsd'] });
    for (const { helps, breaks } of breaking) expect(helps.filter((system) => breaks.includes(system))).toEqual([]);
  });

  test('whatever is advised helps, when the models are asked again', () => {
    const cases = [
      ['udp 127.0.0.1:53', 'udp 127.0.0.1:53'],
      ['tcp *:80', 'tcp 0.0.0.0:80', 'tcp 127.0.0.1:80 reuseaddr'],
      ['tcp 0.0.0.0:80 uid=1', 'tcp 127.0.0.1:80 uid=2'],
    ];
    const again: readonly (readonly [string[], string[], string])[] = [
      [
        cases[0] ?? [],
        ['udp 127.0.0.1:53 reuseport', 'udp 127.0.0.1:53 reuseport'],
        'set SO_REUSEPORT on both sockets',
      ],
    ];
    for (const one of cases) {
      for (const { helps } of advised(one)) expect(helps.length).toBeGreaterThan(0);
    }
    for (const [before, after, text] of again) {
      for (const system of find(advised(before), text)?.helps ?? []) expect(only(system, ...after).works).toBe('yes');
    }
  });

  test('eight sockets are answered in good time', () => {
    const many = Array.from({ length: 8 }, (_, place) => `tcp ${place % 2 === 0 ? '0.0.0.0' : '*'}:80 reuseaddr`);
    const deadline = new Deadline(10_000);
    expect(advised(many).length).toBeGreaterThan(0);
    expect(deadline.passed).toBe(false);
  });
});

describe('sentences', () => {
  test('name the socket in the way, the call and the rule', () => {
    expect(sentenceOf(only('linux', 'udp 127.0.0.1:53', 'udp 0.0.0.0:53'))).toMatch(
      /^Linux refuses it with EADDRINUSE at bind\(\) because of socket 1\. Two UDP names that overlap/,
    );
    expect(sentenceOf(only('windows', 'udp 127.0.0.1:53', 'udp 0.0.0.0:53'))).toMatch(
      /^Windows lets it bind beside socket 1\. /,
    );
    expect(sentenceOf(only('windows', 'udp 127.0.0.1:53', 'udp [::]:53 v6only=0'))).toMatch(
      /No one has verified this rule yet\.$/,
    );
    expect(sentenceOf(only('wine', 'udp 10.0.0.1:53', 'udp 10.0.0.2:53'))).toMatch(
      /^Wine on Linux answers it with ok or WSAEADDRINUSE/,
    );
  });

  test('tell what decides where overlapping names are let in', () => {
    expect(sentenceOf(only('darwin', 'udp 127.0.0.1:53', 'udp 0.0.0.0:53 reuseaddr'))).toMatch(
      /^macOS lets it bind, although the names overlap\. Only the second socket’s options decide/,
    );
    expect(sentenceOf(only('darwin', 'udp 127.0.0.1:53', 'udp 10.0.0.1:53'))).toMatch(
      /^macOS lets it bind\. The lookup finds no/,
    );
  });

  test('say of all systems at once', () => {
    expect(verdictOf(explain(['tcp :80', 'tcp :81']))).toBe('Socket 2 works on every system.');
    expect(verdictOf(explain(['udp 0.0.0.0:53', 'udp 127.0.0.1:53'], { systems: ['linux', 'windows'] }))).toBe(
      'Socket 2 is refused by Linux with EADDRINUSE, because of socket 1; it works on Windows.',
    );
  });
});
