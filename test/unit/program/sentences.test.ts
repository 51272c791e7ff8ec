import { describe, expect, test } from 'vitest';
import { sentencesOf } from '../../../src/program/sentences.ts';
import type { ProgramObservation } from '../../../src/record/program.ts';

type First = ProgramObservation['first'];

const socket: First['sockets'][number] = {
  protocol: 'tcp',
  family: 'inet6',
  address: '::1',
  port: 5173,
  scope: 'loopback',
  role: 'service',
  processes: ['node'],
  users: ['me'],
  creator: 'me',
  count: 1,
};
const start: First['start'] = { outcome: 'up', exit: null, daemon: false, printed: [], urls: [] };
const first: First = { start, sockets: [socket] };

const attempt = (from: 'machine' | 'neighbour', to: string, reached: 'yes' | 'refused') => ({
  from,
  protocol: 'tcp' as const,
  to,
  address: to,
  port: 5173,
  reached,
});
const onIPv6Loopback = [
  attempt('machine', '127.0.0.1', 'refused'),
  attempt('machine', '::1', 'yes'),
  attempt('neighbour', 'lan', 'refused'),
];

function says(observation: Partial<ProgramObservation>): string[] {
  return sentencesOf({ first, ended: false, ...observation });
}

describe('what is worth knowing', () => {
  test('of a server on ::1 alone', () => {
    expect(says({ reach: onIPv6Loopback })).toContain(
      'http://127.0.0.1:5173 is refused: it listens on IPv6 only, on ::1.',
    );
  });

  test('of one that the LAN reaches', () => {
    expect(says({ reach: [attempt('neighbour', 'lan', 'yes')] })).toContain('Anyone on the LAN reaches tcp 5173.');
    expect(says({ reach: [{ ...attempt('neighbour', 'lan', 'yes'), served: 'closed' }] })).toContain(
      'It accepts connections from the LAN to tcp 5173, and closes them at once.',
    );
  });

  test('of one that prints what is not so', () => {
    const urls = ['http://localhost:3000/'];
    expect(says({ first: { ...first, start: { ...start, urls } } })).toContain(
      'It prints http://localhost:3000/, and has no socket on port 3000.',
    );
  });

  test.for([
    { outcome: 'missing' as const, printed: ['no such file'], says: 'It could not be started: no such file.' },
    { outcome: 'silent' as const, printed: [], says: 'It runs, and opened no internet socket, and printed nothing.' },
    { outcome: 'ended' as const, printed: ['bye'], says: 'It ended with exit code 0 and no socket, and said: bye.' },
    { outcome: 'failed' as const, printed: ['x'], says: 'It does not start: it ended with exit code 3, and said: x.' },
  ])('of one that is not up: $outcome', ({ outcome, printed, says: sentence }) => {
    const run = { start: { ...start, outcome, exit: 3, printed }, sockets: [] };
    expect(says({ first: run })).toEqual([sentence]);
  });

  test.for([
    ['EACCES', 'bind 0.0.0.0:80', 'returned EACCES (a port below 1024 needs root or CAP_NET_BIND_SERVICE); it ended'],
    ['EACCES', 'bind 0.0.0.0:8080', 'returned EACCES; it ended with exit code 1'],
    ['EADDRNOTAVAIL', 'bind 10.1.2.3:80', 'returned EADDRNOTAVAIL (it has a network of its own;'],
  ] as const)('of one whose call returned %s: %s', ([name, call, told]) => {
    const error = { name, call, certain: true };
    const run = { start: { ...start, outcome: 'failed' as const, exit: 1, error }, sockets: [] };
    expect(says({ first: run })[0]).toContain(`It does not start: ${call} ${told}`);
  });

  test('of a second instance', () => {
    const second = { files: 'own' as const, run: first, ports: [], shared: ['tcp [::1]:5173'], firstLost: false };
    const connections = { first: 20, second: 20, none: 0 };
    expect(says({ second: [{ ...second, outcome: 'shares', connections }] })).toContain(
      'A second instance shares tcp [::1]:5173 silently, and each gets a part of the connections.',
    );
    const refused = { ...second, shared: [], outcome: 'refused' as const };
    const prints = (url: string) => ({
      ...refused,
      outcome: 'silent' as const,
      run: { start: { ...start, outcome: 'silent' as const, urls: [url] }, sockets: [] },
    });
    expect(says({ second: [prints('http://localhost:5173/')] }).join(' ')).toContain('though it does not listen');
    expect(says({ second: [prints('https://example.org/')] }).join(' ')).not.toContain('though it does not listen');
    const kept = { ...refused, files: 'same' as const, outcome: 'refused before bind' as const };
    expect(says({ second: [kept, refused] })).toContain(
      'A second instance is kept away by its files, not by the port.',
    );
  });

  test('of a restart', () => {
    const states = { TIME_WAIT: 1 };
    expect(says({ restart: [{ clients: true, states, outcome: 'EADDRINUSE', lasts: 59 }] })).toContain(
      'Killed with clients connected, it does not start again for up to 59 s: EADDRINUSE.',
    );
  });
});
