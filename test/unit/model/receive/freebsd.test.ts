import { describe, expect, test } from 'vitest';
import { receive, SETTING } from './sets.ts';

const on = (release: string, protocol: 'udp' | 'tcp', steps: string, sent: string) =>
  receive('freebsd', protocol, steps, sent, { ...SETTING, release });
const udp = (steps: string, sent: string, release = '14.3') => on(release, 'udp', steps, sent);
const tcp = (steps: string, sent: string, release = '14.3') => on(release, 'tcp', steps, sent);

test('R1-connected: before a group', () => {
  expect(udp('bind 127.0.0.1 P; 0 connect X 127.0.0.1; bind 127.0.0.1 L', '127.0.0.1')).toEqual([[0]]);
});

describe('R2-lb-group', () => {
  test('before a specific address', () => {
    expect(udp('bind 0.0.0.0 L; bind 0.0.0.0 L; bind ext1 P', '10.0.0.1')).toEqual([[0], [1]]);
  });

  test('a dual-stack group is none, a V6ONLY one is', () => {
    expect(udp('bind dual L; bind dual L', '::1')).toEqual([[1], [0]]);
    expect(udp('bind :: L; bind :: L', '::1')).toEqual([[0], [1]]);
  });

  test('the option at bind() counts, not a later one', () => {
    expect(udp('bind ext1 P; bind 0.0.0.0 P; 1 set L', '10.0.0.1')).toEqual([[0]]);
    expect(udp('bind ext1 P; bind 0.0.0.0 L; 1 set P', '10.0.0.1')).toEqual([[1]]);
  });

  test('a group that gets a ninth member is made again, and so is the newest', () => {
    const eight = 'bind ::ffff:10.0.0.1 L; bind ext1 L' + '; bind ::ffff:10.0.0.1 L'.repeat(7);
    const nine = `${eight}; bind ::ffff:10.0.0.1 L`;
    expect(udp(eight, '10.0.0.1', '14.3')).toHaveLength(8);
    expect(udp(nine, '10.0.0.1', '14.3')).toEqual([[1]]);
    expect(udp(nine, '10.0.0.1', '15.0')).toEqual([[1]]);
    expect(udp(eight, '10.0.0.1', '13.2')).toEqual([[1]]);
    expect(udp(nine, '10.0.0.1', '13.2')).toHaveLength(9);
  });

  test('up to 14 a group that shrinks to a quarter is made again', () => {
    const nine = 'bind ::ffff:10.0.0.1 L' + '; bind ::ffff:10.0.0.1 L'.repeat(8);
    const left = `${nine}; bind ext1 L; 0 close; 1 close; 2 close; 3 close`;
    expect(udp(left, '10.0.0.1', '14.3')).toHaveLength(5);
    expect(udp(`${left}; 4 close`, '10.0.0.1', '14.3')).toEqual([[9]]);
    expect(udp(`${left}; 4 close`, '10.0.0.1', '15.0')).toHaveLength(4);
  });

  test('of AF_INET and v4-mapped groups on one address the older one is taken, by 13 the newer', () => {
    const steps = 'bind ext1 L; bind ::ffff:10.0.0.1 L';
    expect([udp(steps, '10.0.0.1'), udp(steps, '10.0.0.1', '13.2')]).toEqual([[[0]], [[1]]]);
  });

  test('in 14 a socket that connects again joins that of its local address', () => {
    const steps = 'bind 0.0.0.0 L; 0 connect neighbour ext1; 0 disconnect; 0 connect neighbour ext1';
    expect(udp(steps, '10.0.0.1')).toEqual([[0]]);
    expect(udp(steps, '10.0.0.2')).toEqual(['refused']);
    expect(udp(steps, '10.0.0.1', '15.0')).toEqual(['refused']);
  });
});

describe('R2-lb-group-15', () => {
  test('a connected socket leaves its group', () => {
    const steps = 'bind ext1 L; bind ext1 L; 1 connect neighbour ext1';
    expect([udp(steps, '10.0.0.1'), udp(steps, '10.0.0.1', '15.0')]).toEqual([[[0], [1]], [[0]]]);
  });

  test('a TCP socket takes part once it listens', () => {
    const steps = 'bind ext1 L; bind ext1 L; 0 listen';
    expect([tcp(steps, '10.0.0.1'), tcp(steps, '10.0.0.1', '15.0')]).toEqual([[[0], 'refused'], [[0]]]);
  });

  test('a group that does not listen hides that of the wildcard', () => {
    expect(tcp('bind 0.0.0.0 L; 0 listen; bind ext1 L', '10.0.0.1', '15.0')).toEqual(['refused']);
    expect(tcp('bind 0.0.0.0 L; 0 listen; bind ext1 P', '10.0.0.1', '15.0')).toEqual([[0]]);
  });
});

describe('R3-newest', () => {
  test('on an address the newest, on a wildcard the newest or, under load, the oldest', () => {
    expect(udp('bind 127.0.0.1 P; bind 127.0.0.1 P', '127.0.0.1')).toEqual([[1]]);
    expect(udp('bind 0.0.0.0 P; bind 0.0.0.0 P', '127.0.0.1')).toEqual([[1], [0]]);
    expect(udp('bind mapped P; bind 0.0.0.0 P; bind mapped P', '127.0.0.1')).toEqual([[1]]);
  });

  test('IPV6_V6ONLY is on where no one has set it', () => {
    const port = receive('freebsd', 'udp', 'bind dual', '127.0.0.1', SETTING);
    expect(port).toEqual([[0]]);
    expect(udp('bind ::', '127.0.0.1')).toEqual(['refused']);
  });

  test('a disconnected socket receives nothing', () => {
    expect(udp('bind 127.0.0.1; 0 connect X 127.0.0.1; 0 disconnect', '127.0.0.1')).toEqual(['refused']);
  });
});

test('R3-oldest-13: the oldest wildcard, AF_INET first; a disconnected socket is on it', () => {
  expect(udp('bind 0.0.0.0 P; bind 0.0.0.0 P', '127.0.0.1', '13.2')).toEqual([[0]]);
  expect(udp('bind dual P; bind 0.0.0.0 P', '127.0.0.1', '13.2')).toEqual([[1]]);
  expect(udp('bind ext1; 0 connect X 127.0.0.1; 0 disconnect', '127.0.0.1', '13.2')).toEqual([[0]]);
});

test('R4-bound-resets', () => {
  expect(tcp('bind 127.0.0.1 P; bind 0.0.0.0 P; 1 listen', '127.0.0.1')).toEqual(['refused']);
  expect(tcp('bind 127.0.0.1 P; 0 connect neighbour 127.0.0.1; bind 0.0.0.0 P; 1 listen', '127.0.0.1')).toEqual([[1]]);
  expect(tcp('bind 0.0.0.0; 0 listen; 0 shutdown; 0 connect X 127.0.0.1 => EOPNOTSUPP', '127.0.0.1')).toEqual([[0]]);
});

describe('R5-multicast', () => {
  const joined = 'bind 0.0.0.0 P; 0 join 239.1.2.3 veth';

  test('for IPv4 it asks for a membership', () => {
    expect(udp('bind 0.0.0.0', '239.1.2.3 from neighbour')).toEqual(['silence']);
    expect(udp('bind 0.0.0.0', '224.0.0.1 from neighbour')).toEqual(['silence']);
    expect(udp(joined, '239.1.2.3 from neighbour')).toEqual([[0]]);
  });

  test('a socket that a disconnect took off its port still gets them', () => {
    const steps = `${joined}; 0 connect X 127.0.0.1; 0 disconnect`;
    expect(udp(steps, '239.1.2.3 from neighbour')).toEqual([[0]]);
    expect(udp(steps, '255.255.255.255 from neighbour')).toEqual([[0]]);
    // 15 keeps the local address of the connection, which is not that of the group.
    expect(udp(steps, '239.1.2.3 from neighbour', '15.0')).toEqual(['silence']);
  });

  test('in 15 the order of the lists is not known, where one of them shares nothing', () => {
    const steps = 'bind ext1; bind 0.0.0.0; bind 0.0.0.0 P';
    expect(udp(steps, '10.0.0.255 from neighbour')).toEqual([[1, 2]]);
    const both = `${steps}; 2 connect neighbour ext1; bind 0.0.0.0`;
    expect(udp(both, '10.0.0.255 from neighbour')).toEqual([[3]]);
  });
});

test('R5-multicast6: who has never joined a group takes those of all, at the local address of the group', () => {
  const sent = 'ff15::7 from fd00::9';
  expect(udp('bind :: A; bind ff15::7 A; 1 join ff15::7 veth', sent)).toEqual([[0, 1]]);
  expect(udp('bind ext6 A; bind ff15::7 A; 1 join ff15::7 veth', sent)).toEqual([[1]]);
  expect(udp('bind ::; 0 join ff15::8 veth', sent)).toEqual(['silence']);
});

test('R6-no-one', () => {
  expect(tcp('bind ext1; 0 listen', '127.0.0.1')).toEqual(['refused']);
});
