import { describe, expect, test } from 'vitest';
import { againstList, againstPlace, BadExpectation, readExpected } from '../../../src/program/expected.ts';
import {
  difference,
  grouped,
  movedTo,
  programSocket,
  settleRoles,
  socketInWords,
} from '../../../src/program/sockets.ts';
import type { HeldSocket } from '../../../src/sockets/held.ts';

const facts = {
  chance: { from: 32_768, to: 60_999 },
  lan: ['192.168.5.130'],
  userName: (uid: number) => (uid === 0 ? 'root' : 'www-data'),
  isOwn: (port: number) => port === 40_000,
};

function held(more: Partial<HeldSocket>): HeldSocket {
  return {
    protocol: 'tcp',
    family: 'inet',
    local: { address: '0.0.0.0', port: 80 },
    peer: { address: '0.0.0.0', port: 0 },
    state: 'LISTEN',
    inode: 1,
    uid: 0,
    received: 0,
    queued: 0,
    holders: [{ pid: 1, descriptor: 3, program: 'nginx', command: [], uid: 33, network: '', pids: '' }],
    ...more,
  };
}

const recorded = (more: Partial<HeldSocket>) => programSocket(held(more), facts);

describe('a socket', () => {
  test('has its maker and its holder apart', () => {
    expect(recorded({})).toMatchObject({
      creator: 'root',
      users: ['www-data'],
      processes: ['nginx'],
      scope: 'wildcard',
    });
  });

  test('shows the options that are on, and dual-stack as a fact of its own', () => {
    const local = { address: '::', port: 80 };
    const options = { SO_REUSEADDR: 1, SO_REUSEPORT: 0, SO_BINDTODEVICE: '', IPV6_V6ONLY: 1 };
    const socket = recorded({ family: 'inet6', local, options, v6only: true, backlog: 511 });
    expect(socket).toMatchObject({ options: { SO_REUSEADDR: 1 }, dual: false, backlog: 511 });
    expect(socketInWords(socket)).toBe('tcp [::]:80 v6only');
  });

  test.for([
    { local: { address: '127.0.0.1', port: 80 }, scope: 'loopback', role: 'service' },
    { local: { address: '127.0.1.1', port: 80 }, scope: 'loopback', role: 'service' },
    { local: { address: '::ffff:127.0.0.1', port: 80 }, scope: 'loopback', role: 'service' },
    { local: { address: '192.168.5.130', port: 80 }, scope: 'lan', role: 'service' },
    { local: { address: 'fe80::1234', port: 80 }, scope: 'lan', role: 'service' },
    { local: { address: '224.0.0.251', port: 5353 }, scope: 'multicast', role: 'service' },
    { local: { address: '0.0.0.0', port: 45_123 }, scope: 'wildcard', role: 'chance' },
    { local: { address: '0.0.0.0', port: 40_000 }, scope: 'wildcard', role: 'service' },
  ])('$local: $scope, $role', ({ local, scope, role }) => {
    expect(recorded({ local })).toMatchObject({ scope, role });
  });

  test('that is connected is a client, and a raw one has no port', () => {
    const connected = recorded({ protocol: 'udp', state: 'ESTABLISHED', peer: { address: '::1', port: 53 } });
    expect(connected).toMatchObject({ role: 'client', peer: '[::1]:53' });
    expect(recorded({ protocol: 'raw', local: { address: '0.0.0.0', port: 1 } })).toMatchObject({
      port: null,
      role: 'helper',
    });
  });

  test('with a random link-local address has none of its digits', () => {
    expect(recorded({ family: 'inet6', local: { address: 'fe80::a1b2', port: 80 } }).address).toBe('fe80::%lan');
  });
});

test('sockets that differ in nothing are one with a count', () => {
  expect(grouped([recorded({ inode: 1 }), recorded({ inode: 2 })])).toMatchObject([{ count: 2 }]);
});

test('a port of chance that comes again was not chosen by the kernel', () => {
  const one = recorded({ local: { address: '0.0.0.0', port: 45_123 } });
  expect(settleRoles([one], [one])).toMatchObject([{ role: 'service' }]);
  expect(settleRoles([one], [recorded({ local: { address: '0.0.0.0', port: 45_124 } })])).toMatchObject([
    { role: 'chance' },
  ]);
});

test('two runs differ by their services', () => {
  const [inet, other] = [recorded({}), recorded({ local: { address: '0.0.0.0', port: 81 } })];
  expect(difference([inet], [other])).toEqual({ missing: ['tcp 0.0.0.0:80'], extra: ['tcp 0.0.0.0:81'] });
});

describe('a list of what is expected', () => {
  const six = recorded({ family: 'inet6', local: { address: '::', port: 80 }, v6only: true });

  test('has remarks, and may leave open whether it is dual-stack', () => {
    const list = readExpected('# web\ntcp 0.0.0.0:80 reuseaddr reuseport  # IPv4\n\ntcp [::]:80\n');
    expect(againstList([recorded({}), six], list, 'f')).toEqual({ what: 'f', missing: [], extra: [] });
    const dual = readExpected('tcp 0.0.0.0:80\ntcp [::]:80 dual');
    expect(againstList([recorded({}), six], dual, 'f')).toMatchObject({
      missing: ['tcp [::]:80 dual'],
      extra: ['tcp [::]:80 v6only'],
    });
  });

  test.for([
    'tcp',
    'tcp 80',
    'tcp 0.0.0.0:99999',
    'tcp 1.2.3.400:80',
    'sctp 0.0.0.0:80',
    'tcp 0.0.0.0',
    'tcp 0.0.0.0:80 v6onyl',
    'tcp ::80',
    'raw 0.0.0.0:4',
  ])('%s names no socket', (line) => {
    expect(() => readExpected(`tcp 0.0.0.0:1\n${line}`)).toThrow(BadExpectation);
    expect(() => readExpected(`tcp 0.0.0.0:1\n${line}`)).toThrow(/^line 2: /);
  });

  test('is not needed to ask for one place', () => {
    const local = recorded({ local: { address: '127.0.0.1', port: 80 } });
    expect(againstPlace([local], 'loopback')).toMatchObject({ missing: [], extra: [] });
    expect(againstPlace([local, six], 'loopback')).toMatchObject({ extra: ['tcp [::]:80 v6only'] });
    expect(againstPlace([local, six], 'lan')).toMatchObject({ extra: ['tcp 127.0.0.1:80'] });
    expect(againstPlace([], 'loopback')).toMatchObject({ missing: ['a socket on loopback'] });
  });
});

describe('what a run has in place of services that it lacks', () => {
  const at = (address: string, port: number) =>
    recorded({ local: { address, port }, family: address.includes(':') ? 'inet6' : 'inet', v6only: false });

  test.for([
    { before: [at('::1', 80)], after: [at('127.0.0.1', 80)], moved: 'other address' },
    { before: [at('::', 80)], after: [at('0.0.0.0', 80)], moved: 'other address' },
    { before: [at('::', 80), at('::', 81)], after: [at('::', 81)], moved: 'partly' },
    { before: [at('::', 80), at('::', 81)], after: [at('::', 81), at('::', 82)], moved: 'other port' },
    { before: [at('::', 80)], after: [at('::', 81)], moved: 'other port' },
    { before: [at('::', 80)], after: [at('::', 45_000)], moved: 'other port' },
  ])('$moved', ({ before, after, moved }) => {
    expect(movedTo(before, after)).toBe(moved);
  });
});
