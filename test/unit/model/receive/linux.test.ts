import { describe, expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import type { Operation, Peer } from '../../../../src/model/types.ts';
import { linuxReceiveRules } from '../../../../src/model/receive/linux-rules.ts';
import type { Reception } from '../../../../src/model/receive/types.ts';
import { receive, SETTING } from './sets.ts';

const on = (kernel: string) => ({ ...SETTING, kernel });

/** Sockets in the order in which they were bound, what is sent, and everything that may happen; observed on 6.18. */
const UDP: readonly (readonly [name: string, steps: string, sent: string, outcomes: readonly Reception[]])[] = [
  ['a specific address before the wildcard', 'bind 127.0.0.1 A; bind 0.0.0.0 A', '127.0.0.1', [[0]]],
  ['the wildcard gets the rest', 'bind 127.0.0.1 A; bind 0.0.0.0 A', '10.0.0.1', [[1]]],
  ['the last bound of equals', 'bind 127.0.0.1 A; bind 127.0.0.1 A; bind 127.0.0.1 A', '127.0.0.1', [[2]]],
  ['the one before when it is closed', 'bind 127.0.0.1 A; bind 127.0.0.1 A; 1 close', '127.0.0.1', [[0]]],
  ['AF_INET before dual-stack', 'bind 0.0.0.0 A; bind dual A', '127.0.0.1', [[0]]],
  ['dual-stack for IPv6', 'bind 0.0.0.0 A; bind dual A', '::1', [[1]]],
  ['::ffff:0.0.0.0 takes no IPv6', 'bind 0.0.0.0 A; bind mapped A', '::1', ['refused']],
  ['dual-stack and ::ffff:0.0.0.0: the last', 'bind dual A; bind mapped A', '127.0.0.1', [[1]]],
  ['a group of SO_REUSEPORT', 'bind 0.0.0.0 P; bind 0.0.0.0 P', '10.0.0.1', [[0], [1]]],
  ['SO_REUSEPORT on AF_INET6 goes to the tail', 'bind dual A; bind dual AP', '127.0.0.1', [[0]]],
  ['two groups at the tail', 'bind dual P; bind mapped P', '127.0.0.1', [[0]]],
  ['one without SO_REUSEPORT and one with', 'bind 0.0.0.0 A; bind 0.0.0.0 AP', '10.0.0.1', [[1]]],
  ['groups of two owners', 'bind 127.0.0.1 AP uid=1; bind 127.0.0.1 AP uid=2', '127.0.0.1', [[1]]],
  ['a tie to the device beats order', 'bind 0.0.0.0 A @veth; bind 0.0.0.0 A', '10.0.0.1', [[0]]],
  ['a tie to another device', 'bind 0.0.0.0 A @veth; bind 0.0.0.0 A', '127.0.0.1', [[1]]],
  ['a tie beats the family', 'bind dual A @veth; bind 0.0.0.0 A', '10.0.0.1', [[0]]],
  ['a group that is met first ends the walk', 'bind 0.0.0.0 P @veth; bind 0.0.0.0 P', '10.0.0.1', [[1]]],
  ['and reversed', 'bind 0.0.0.0 P; bind 0.0.0.0 P @veth', '10.0.0.1', [[1]]],
  ['a sender on the machine counts for veth', 'bind 0.0.0.0 @lo; bind 0.0.0.0 @veth', '10.0.0.1 from 10.0.0.1', [[1]]],
  ['a tie to lo hides no wildcard', 'bind 10.0.0.1 A @lo; bind 0.0.0.0 A', '10.0.0.1', [[1]]],
  ['the peer of a connected one', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 connect X 127.0.0.1', '127.0.0.1', [[1]]],
  ['others than the peer', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 connect X 127.0.0.1', '127.0.0.1 from Y', [[0]]],
  [
    'a member starves after another connected',
    'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 connect X 127.0.0.1; bind 127.0.0.1 P',
    '127.0.0.1 from Y',
    [[2]],
  ],
  [
    'a disconnect does not lead back to the group',
    'bind 127.0.0.1 P; bind 127.0.0.1 P; bind 127.0.0.1 P; 2 connect X 127.0.0.1; 2 disconnect',
    '127.0.0.1',
    [[2]],
  ],
  [
    'nor on a wildcard',
    'bind 0.0.0.0 P; bind 0.0.0.0 P; 1 connect X 127.0.0.1; 1 disconnect',
    '127.0.0.1 from Y',
    [[1]],
  ],
  [
    'the last connected of two to one peer',
    'bind 127.0.0.1 A; bind 127.0.0.1 A; 1 connect X 127.0.0.1; 0 connect X 127.0.0.1',
    '127.0.0.1',
    [[0]],
  ],
  [
    'a peer on another machine: the head of the list',
    'bind ext1 A; bind ext1 A; 1 connect neighbour ext1; 0 connect neighbour ext1',
    '10.0.0.1 from neighbour',
    [[1]],
  ],
  [
    'a second connect is not listed under its peer',
    'bind 127.0.0.1 P; 0 connect X 127.0.0.1; 0 connect Y 127.0.0.1; bind 127.0.0.1 P',
    '127.0.0.1 from Y',
    [[1]],
  ],
  [
    'the first connected, where the other connected elsewhere before',
    'bind 127.0.0.1 A; bind 127.0.0.1 A; 1 connect X 127.0.0.1; 0 connect Y 127.0.0.1; 0 connect X 127.0.0.1',
    '127.0.0.1',
    [[1]],
  ],
  [
    'a connected one hides nothing',
    'bind 0.0.0.0 A; bind 127.0.0.1 A; 1 connect X 127.0.0.1',
    '127.0.0.1 from Y',
    [[0]],
  ],
  ['SO_REUSEPORT cleared', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 clear P', '127.0.0.1', [[1]]],
  ['SO_REUSEPORT of the older cleared', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 0 clear P', '127.0.0.1', [[0], [1]]],
  ['SO_REUSEPORT set late', 'bind 127.0.0.1 A; bind 127.0.0.1 A; 0 set P; 1 set P', '127.0.0.1', [[1]]],
  ['SO_REUSEPORT set before the next', 'bind 127.0.0.1 A; 0 set P; bind 127.0.0.1 AP', '127.0.0.1', [[0], [1]]],
  [
    'a disconnect lifts the tie',
    'bind 0.0.0.0 A @lo; bind 0.0.0.0 A; 0 connect X 127.0.0.1; 0 disconnect',
    '10.0.0.1',
    [[0]],
  ],
  ['the placeholder of IPv4', 'bind dual; 0 connect ::1 ::1', '127.0.0.6 from X', [[0]]],
  ['an IPv6 peer is remembered', 'bind dual; 0 connect ::1 ::1; 0 disconnect', 'fd00::1 from fd00::1', ['refused']],
  ['an IPv4 peer too', 'bind dual; 0 connect X ::ffff:127.0.0.1; 0 disconnect', '::1', ['refused']],
  ['and IPv4 is received', 'bind dual; 0 connect X ::ffff:127.0.0.1; 0 disconnect', '10.0.0.1', [[0]]],
  [
    '::ffff:0.0.0.0 stays at its address',
    'bind mapped; 0 connect X ::ffff:127.0.0.1; 0 disconnect',
    '10.0.0.1',
    ['refused'],
  ],
];

test.each(UDP)('UDP: %s', (_name, steps, sent, outcomes) => {
  expect(receive('linux', 'udp', steps, sent, on('6.18.44'))).toEqual(outcomes);
});

const TCP: readonly (readonly [name: string, steps: string, sent: string, outcomes: readonly Reception[]])[] = [
  ['one that does not listen is not there', 'bind 127.0.0.1 A; bind 0.0.0.0 A; 1 listen', '127.0.0.1', [[1]]],
  ['the last to listen', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 listen; 0 listen; 0 clear P', '127.0.0.1', [[0]]],
  ['a group shares', 'bind 0.0.0.0 P; bind 0.0.0.0 P; 0 listen; 1 listen', '10.0.0.1', [[0], [1]]],
  [
    'a member that is tied late',
    'bind 127.0.0.1 P; bind 127.0.0.1 P; 0 listen; 1 listen; 1 tie veth',
    '127.0.0.1',
    [[0], 'no answer', 'reset'],
  ],
  ['no way back by the device', 'bind 0.0.0.0 @veth; 0 listen', '10.0.0.1', ['no answer']],
  ['by lo there is one', 'bind 0.0.0.0 @lo; 0 listen', '127.0.0.1 from 10.0.0.1', [[0]]],
  ['::1 to another address gets no reset', 'bind 0.0.0.0; 0 listen', 'ext6 from ::1', ['no answer']],
  ['a reset', 'bind 0.0.0.0', '127.0.0.1', ['refused']],
];

test.each(TCP)('TCP: %s', (_name, steps, sent, outcomes) => {
  expect(receive('linux', 'tcp', steps, sent, on('6.18.44'))).toEqual(outcomes);
});

describe('broadcast and multicast', () => {
  const cases: readonly (readonly [steps: string, sent: string, outcomes: readonly Reception[]])[] = [
    ['bind 0.0.0.0 A; bind dual A; bind ext1 A', '255.255.255.255 from neighbour', [[0, 1]]],
    ['bind 10.0.0.255 A; bind 0.0.0.0 A', '10.0.0.255 from neighbour', [[0, 1]]],
    ['bind ext1 A', '10.0.0.255 from neighbour', ['silence']],
    ['bind 0.0.0.0 A; bind dual A; bind 239.1.2.3 A', '239.1.2.3 from neighbour', [[0, 2]]],
    ['bind 0.0.0.0 A; bind dual A; 0 clear M; 1 join 239.1.2.3 veth', '239.1.2.3 from neighbour', [[1]]],
    ['bind 0.0.0.0 A; 0 clear M; 0 join 239.1.2.3 lo', '239.1.2.3 from neighbour', ['silence']],
    ['bind 0.0.0.0 P; bind 0.0.0.0 P; 1 clear M', '239.1.2.3 from neighbour', [[0], [1]]],
    ['bind 0.0.0.0 P; bind 0.0.0.0 P; 1 clear M', '239.1.2.3 from 10.0.0.1', [[0]]],
  ];
  test.each(cases)('%s: %s', (steps, sent, outcomes) => {
    expect(receive('linux', 'udp', steps, sent, on('6.18.44'))).toEqual(outcomes);
  });
});

describe('R16-reconnected-member', () => {
  const cases: readonly (readonly [name: string, steps: string, outcomes: readonly Reception[]])[] = [
    [
      'one that connects again stays in the group that was made with it, which the next socket joins by it',
      'bind ext6 P; 0 connect neighbour6 ext6; bind ext6 P; 0 connect ::1 ext6; bind ext6 P',
      [[1], [2]],
    ],
    [
      'one that connects for the first time leaves its group: the next socket makes one with it alone',
      'bind ext6 P; bind ext6 P; 0 connect neighbour6 ext6; bind ext6 P',
      [[1]],
    ],
    [
      'so does one that was disconnected between, as it stays filed under its first peer',
      'bind ext6 P; 0 connect neighbour6 ext6; 0 disconnect; bind ext6 P; 0 connect ::1 ext6; bind ext6 P',
      [[1], [2]],
    ],
  ];
  test.each(cases)('%s', (_name, steps, outcomes) => {
    expect(receive('linux', 'udp', steps, 'ext6 from fd00::99', on('6.18.44'))).toEqual(outcomes);
  });

  test('before 6.13 every connected socket stays in its group', () => {
    const steps = 'bind ext6 P; bind ext6 P; 0 connect neighbour6 ext6; bind ext6 P';
    expect(receive('linux', 'udp', steps, 'ext6 from fd00::99', on('6.12.1'))).toEqual([[1], [2]]);
  });
});

describe('older kernels', () => {
  const steps = 'bind 127.0.0.1 A; bind 127.0.0.1 A; 1 connect X 127.0.0.1; 0 connect X 127.0.0.1';

  test('before 6.13 no list of four-tuples: the last bound of two with one peer', () => {
    // Socket 0 has received on this processor, perhaps, since it was connected; then it has a point more.
    expect(receive('linux', 'udp', steps, '127.0.0.1', on('6.12.1'))).toEqual([[1], [0]]);
  });

  test('a point for the processor decides only where scores do, and only between equals', () => {
    expect(receive('linux', 'udp', steps, '127.0.0.1', on('6.18.44'))).toEqual([[0]]);
    const placeholder = 'bind dual A; bind dual A; 0 connect ::1 ::1; 1 connect ::1 ::1';
    expect(receive('linux', 'udp', placeholder, '127.0.0.6 from X', on('6.18.44'))).toEqual([[1], [0]]);
    const wildcard = 'bind 0.0.0.0 A; bind 127.0.0.1 A; 0 connect X 127.0.0.1; 0 disconnect';
    expect(receive('linux', 'udp', wildcard, '127.0.0.1', on('6.18.44'))).toEqual([[1]]);
  });

  test('R3-best-score: several sockets may have the point of the processor', () => {
    // Only if both 0 and 2 have it, 2 keeps the group of 1 from ending the walk, and 0 is better than 2.
    const sockets = 'bind 127.0.0.1 A; bind 127.0.0.1 AP; bind ::ffff:127.0.0.1 A';
    const left = `${sockets}; 0 connect X 127.0.0.1; 2 connect Y 127.0.0.1; 0 disconnect; 2 disconnect`;
    expect(receive('linux', 'udp', left, '127.0.0.1', on('6.18.44'))).toEqual([[1], [2], [0]]);
  });

  test('before 6.13 a connected member stays in its group', () => {
    const group = 'bind 127.0.0.1 P; bind 127.0.0.1 P; 1 connect X 127.0.0.1; bind 127.0.0.1 P';
    expect(receive('linux', 'udp', group, '127.0.0.1 from Y', on('6.1.100'))).toEqual([[0], [2]]);
  });

  test('before 6.14 no one hears the placeholder', () => {
    expect(receive('linux', 'udp', 'bind dual; 0 connect ::1 ::1', '127.0.0.6 from X', on('6.13.1'))).toEqual([
      'refused',
    ]);
  });

  test.each([
    ['5.10.262', ['refused']],
    ['6.1.128', ['refused']],
    ['6.1.192', [[0]]],
    ['6.11.9', ['refused']],
    ['6.12.13', [[0]]],
  ])('on %s the placeholder is heard or not', (kernel, outcomes) => {
    const placeholder = 'bind dual; 0 connect ::1 ::1';
    expect(receive('linux', 'udp', placeholder, '127.0.0.6 from X', on(kernel))).toEqual(outcomes);
  });

  test.each([
    ['5.4.0', [[1]]],
    ['5.10.72', [[1]]],
    ['5.10.73', [[0]]],
    ['5.15.0', [[0]]],
  ])('on %s a tie decides or does not', (kernel, outcomes) => {
    expect(receive('linux', 'udp', 'bind 0.0.0.0 A @veth; bind 0.0.0.0 A', '10.0.0.1', on(kernel))).toEqual(outcomes);
  });
});

test('every rule says why, in prose with a source', () => {
  for (const { prose, source } of linuxReceiveRules.rules) {
    expect(prose).toMatch(/\.$/);
    expect(source.where).not.toBe('');
  }
});

describe('what a socket keeps of its former peers', () => {
  const setting = { host: { addresses: ['10.0.0.1', 'fd00::1'], devices: { veth: ['10.0.0.1', 'fd00::1'] } } };
  const names = { protocol: 'udp', port: 20_000 } as const;
  /** Who receives after these operations. */
  const after = (operations: readonly Operation[], from: Peer, to: string) => {
    let port = models.linux.simulate(setting);
    for (const operation of operations) port = port.step(operation, 'ok').after;
    return port.receivers({ protocol: 'udp', from, to: { address: to } });
  };
  const four = { address: '10.0.0.9', port: 1031 };
  const six = { address: 'fd00::9', port: 1031 };
  const dual = (socket: number): Operation => ({
    op: 'bind',
    socket,
    ...names,
    family: 'inet6',
    address: '::',
    v6only: false,
  });
  const connect = (to: Peer, local: string): Operation => ({ op: 'connect', socket: 1, to, local });

  test('R15-stale-route: a dual-stack socket that had an IPv4 peer may lose everything of its IPv6 peer', () => {
    const disconnect = { op: 'disconnect', socket: 1 } as const;
    const both = [connect(four, '::ffff:10.0.0.1'), disconnect, connect(six, 'fd00::1')];
    expect(after([dual(1), ...both], six, 'fd00::1')).toEqual({
      outcomes: [[1], 'silence'],
      rule: 'linux/R15-stale-route',
    });
    const turned = [connect(six, 'fd00::1'), disconnect, connect(four, '::ffff:10.0.0.1')];
    expect(after([dual(1), ...turned], four, '10.0.0.1')?.outcomes).toEqual([[1]]);
    expect(after([dual(1), connect(six, 'fd00::1')], six, 'fd00::1')?.outcomes).toEqual([[1]]);
  });

  test('R15-stale-route: and so may one that heard an IPv4 group', () => {
    const join = { op: 'join', socket: 1, group: '239.1.2.3', device: 'veth' } as const;
    expect(after([dual(1), join, connect(six, 'fd00::1')], six, 'fd00::1')?.outcomes).toEqual([[1], 'silence']);
  });

  test('R15-stale-route: and so may one that heard an IPv4 group before, or is with one that hears it in a group of SO_REUSEPORT', () => {
    const join = { op: 'join', socket: 1, group: '239.1.2.3', device: 'veth' } as const;
    const left = [dual(1), join, { ...join, op: 'leave' } as const, connect(six, 'fd00::1')];
    expect(after(left, six, 'fd00::1')?.outcomes).toEqual([[1], 'silence']);
    const member = (socket: number): Operation => ({ ...dual(socket), options: { reuseport: true } }) as Operation;
    const joined = [member(1), member(2), { ...join, socket: 2 }, connect(six, 'fd00::1')];
    expect(after(joined, six, 'fd00::1')?.outcomes).toEqual([[1], 'silence']);
    const later = [member(2), { ...join, socket: 2 }, member(1), connect(six, 'fd00::1')];
    expect(after(later, six, 'fd00::1')?.outcomes).toEqual([[1], 'silence']);
    const alone = [dual(1), member(2), { ...join, socket: 2 }, connect(six, 'fd00::1')];
    expect(after(alone, six, 'fd00::1')?.outcomes).toEqual([[1]]);
  });

  test('R3-best-score: the processor on which a peer was heard decides between equals, also after a disconnect', () => {
    const bind = (socket: number): Operation => ({
      op: 'bind',
      socket,
      ...names,
      family: 'inet',
      address: '127.0.0.1',
      options: { reuseaddr: true },
    });
    const steps = [
      bind(1),
      bind(2),
      connect({ address: '127.0.0.1', port: 9 }, '127.0.0.1'),
      { op: 'disconnect', socket: 1 } as const,
    ];
    expect(after(steps, { address: '127.0.0.1', port: 10 }, '127.0.0.1')?.outcomes).toEqual([[2], [1]]);
  });
});
