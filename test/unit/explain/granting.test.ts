import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { readSettings } from '../../../src/explain/reader/settings.ts';
import type { SystemName } from '../../../src/model/types.ts';

const asked = (text: string | readonly string[], settings: readonly string[] = [], systems?: readonly SystemName[]) =>
  explain(typeof text === 'string' ? [text] : text, {
    settings: readSettings(settings),
    ...(systems === undefined ? {} : { systems }),
  });
const texts = (...question: Parameters<typeof asked>) => asked(...question).advice.map(({ text }) => text);

describe('another port', () => {
  const pair = ['tcp 0.0.0.0:80', 'tcp 0.0.0.0:80'] as const;
  const port = (...question: Parameters<typeof asked>) =>
    texts(...question).find((text) => text.includes('another port'));

  test('is one that needs no privilege there', () => {
    expect(port(pair, [], ['linux'])).toBe('give socket 2 another port, from 1024 up');
    expect(port(pair, ['ip_unprivileged_port_start=50000'], ['linux'])).toBe(
      'give socket 2 another port, from 50000 up',
    );
    expect(port(pair, ['ip_unprivileged_port_start=0'], ['linux'])).toBe('give socket 2 another port');
    expect(port(pair, ['ip_unprivileged_port_start=50000'], ['linux', 'netbsd'])).toBe(
      'give socket 2 another port, from 50000 up (Linux), or from 1024 up (NetBSD)',
    );
    expect(port(pair, ['privileged=1'], ['linux'])).toBe('give socket 2 another port');
    expect(port(['tcp :80 uid=0', 'tcp :80 uid=0'], [], ['freebsd'])).toBe('give socket 2 another port');
  });

  test('is one that Windows does not exclude, and needs no privilege there', () => {
    expect(port(pair, [], ['windows'])).toBe('give socket 2 another port');
    // The usual stand-in for another port is in the excluded range, and another one is found.
    expect(port(pair, ['excluded=40000-41000'], ['windows'])).toBe(
      'give socket 2 another port, outside of the excluded ranges (40000-41000)',
    );
  });
});

describe('a port that is not permitted', () => {
  test('EACCES and WSAEACCES have reasons of their own', () => {
    const unix = asked('tcp 0.0.0.0:80 uid=1000', [], ['linux', 'freebsd']);
    expect(unix.answer.join(' ')).toMatch(/refused by Linux and FreeBSD with EACCES.*CAP_NET_BIND_SERVICE/);
    const windows = asked('tcp 0.0.0.0:50051', ['excluded=50000-50059'], ['windows']);
    expect(windows.answer.join(' ')).toMatch(/refused by Windows with WSAEACCES.*outside of the excluded ranges/);
    expect(windows.advice.map(({ text }) => text).join()).not.toMatch(/root|CAP_NET|unprivileged/);
    const both = asked(['tcp 0.0.0.0:80', 'tcp 0.0.0.0:80 uid=1000'], ['excluded=80'], ['linux', 'windows']);
    expect(both.answer[0]).toContain('WSAEACCES');
  });

  test('what helps names what the systems have, and not what is set already', () => {
    expect(texts('tcp 0.0.0.0:80 uid=1000', [], ['linux'])).toContain(
      'allow port 80: give it CAP_NET_BIND_SERVICE, set net.ipv4.ip_unprivileged_port_start=80 or run it as root',
    );
    expect(texts('tcp 0.0.0.0:80 uid=1000', [], ['freebsd'])).toContain(
      'allow port 80: set net.inet.ip.portrange.reservedhigh=79 or run it as root',
    );
    const denied = 'listen tcp 0.0.0.0:80: bind: permission denied';
    const set = texts(denied, ['ip_unprivileged_port_start=80']);
    expect(set).toContain('allow port 80: set net.inet.ip.portrange.reservedhigh=79 (FreeBSD) or run it as root');
    expect(asked(denied, ['ip_unprivileged_port_start=80'], ['linux']).answer.join(' ')).toBe(
      'Not permitted: the rules of ports do not explain it; look at SELinux, AppArmor and the sandbox.',
    );
    expect(asked(denied, [], ['linux']).answer.join(' ')).not.toMatch(/Windows|FreeBSD/);
  });

  test('an address that is missing needs what the asked systems have', () => {
    const bindAny = (system: SystemName) =>
      texts('tcp 10.9.9.9:8080', ['addresses=127.0.0.1'], [system]).find((text) => text.includes('before the address'));
    expect(bindAny('linux')).toMatch(/^set IP_FREEBIND on socket 1/);
    expect(bindAny('freebsd')).toMatch(/^set IP_BINDANY on socket 1/);
    expect(bindAny('openbsd')).toMatch(/^set SO_BINDANY on socket 1/);
    expect(bindAny('windows')).toBeUndefined();
    const { answer, find } = asked('tcp 10.9.9.9:8080', ['addresses=127.0.0.1'], ['windows']);
    expect(answer.join(' ')).not.toContain('IP_FREEBIND');
    // No other socket is in the way, so none is looked for.
    expect(find).toEqual([]);
  });
});

test('the reserved ports that are set already stay', () => {
  const { sockets } = asked('tcp 0.0.0.0:40000', [
    'ip_local_port_range=32768-60999',
    'ip_local_reserved_ports=8080,50000-50010',
  ]);
  expect(sockets[0]?.notes.join()).toContain('set net.ipv4.ip_local_reserved_ports=8080,50000-50010,40000');
});
