import { describe, expect, test } from 'vitest';
import { receive, SETTING } from './sets.ts';

const udp = (steps: string, sent: string) => receive('darwin', 'udp', steps, sent);
const tcp = (steps: string, sent: string) => receive('darwin', 'tcp', steps, sent);

test('R1-connected: before all others', () => {
  expect(udp('bind 127.0.0.1 P; 0 connect X 127.0.0.1; bind 127.0.0.1 P', '127.0.0.1')).toEqual([[0]]);
  expect(udp('bind 127.0.0.1 P; 0 connect X 127.0.0.1; bind 127.0.0.1 P', '127.0.0.1 from Y')).toEqual([[1]]);
});

describe('R2-newest-on-address', () => {
  test('the newest takes everything, before a wildcard', () => {
    expect(udp('bind 127.0.0.1 P; bind 127.0.0.1 P', '127.0.0.1')).toEqual([[1]]);
    expect(udp('bind 127.0.0.1; bind 0.0.0.0 P', '127.0.0.1')).toEqual([[0]]);
  });

  test('a connect() that fails leaves an unconnected socket where it was', () => {
    const steps = 'bind 127.0.0.1 P; bind 127.0.0.1 P; 0 connect X 127.0.0.1 => EADDRINUSE';
    expect(udp(steps, '127.0.0.1')).toEqual([[1]]);
  });
});

describe('R3-oldest-wildcard', () => {
  test('the oldest, AF_INET before dual-stack', () => {
    expect(udp('bind 0.0.0.0 P; bind 0.0.0.0 P', '127.0.0.1')).toEqual([[0]]);
    expect(udp('bind dual A; bind 0.0.0.0 A', '127.0.0.1')).toEqual([[1]]);
  });

  test('a disconnect leads to the wildcard, and counts as new', () => {
    const steps = 'bind 127.0.0.1 P; bind 0.0.0.0 P; 0 connect X 127.0.0.1; 0 disconnect';
    expect(udp(steps, '127.0.0.1')).toEqual([[1]]);
  });

  test('a dual-stack socket keeps the stack that it connected in', () => {
    expect(udp('bind dual; 0 connect ::1 ::1; 0 disconnect', '127.0.0.1')).toEqual(['refused']);
    expect(tcp('bind dual; 0 connect ::1 ::1 => EHOSTUNREACH', '127.0.0.1')).toEqual(['refused']);
  });
});

describe('R4-bound-takes-the-syn', () => {
  test('and hides a listener on the wildcard', () => {
    expect(tcp('bind 127.0.0.1', '127.0.0.1')).toEqual(['no answer']);
    expect(tcp('bind 0.0.0.0 P; 0 listen; bind 127.0.0.1 P', '127.0.0.1')).toEqual(['no answer']);
  });

  test('a connected socket does not, and neither does one whose connection was reset', () => {
    expect(tcp('bind 127.0.0.1; 0 connect neighbour 127.0.0.1', '127.0.0.1')).toEqual(['refused']);
    expect(tcp('bind 127.0.0.1; 0 connect neighbour 127.0.0.1; 0 reset', '127.0.0.1')).toEqual(['refused']);
  });

  test('shutdown() and connect() do not end a listener', () => {
    expect(tcp('bind 0.0.0.0; 0 listen; 0 shutdown', '127.0.0.1')).toEqual([[0]]);
    expect(tcp('bind 0.0.0.0; 0 listen; 0 connect X 127.0.0.1 => EOPNOTSUPP', '127.0.0.1')).toEqual([[0]]);
  });
});

describe('R5-multicast', () => {
  test('it ends with the first that shares nothing', () => {
    const steps = 'bind 0.0.0.0; bind 0.0.0.0 P; 0 join 239.1.2.3 veth; 1 join 239.1.2.3 veth';
    expect(udp(steps, '239.1.2.3 from neighbour')).toEqual([[0, 1]]);
    expect(udp(`${steps}; bind 0.0.0.0 P; 1 clear P`, '255.255.255.255 from neighbour')).toEqual([[1, 2]]);
  });

  test('for IPv4 it asks for a membership on the device, except for 224.0.0.1', () => {
    expect(udp('bind 0.0.0.0', '239.1.2.3 from neighbour')).toEqual(['silence']);
    expect(udp('bind 0.0.0.0; 0 join 239.1.2.3 lo', '239.1.2.3 from neighbour')).toEqual(['silence']);
    expect(udp('bind 0.0.0.0', '224.0.0.1 from neighbour')).toEqual([[0]]);
    expect(udp('bind 0.0.0.0', '255.255.255.255 from neighbour')).toEqual([[0]]);
  });
});

describe('R5-multicast6', () => {
  const sent = 'ff15::7 from fd00::9';

  test('who has never joined a group takes those of all, once someone is a member', () => {
    expect(udp('bind ext6; bind ff15::8 A; 0 join ff15::7 veth', sent)).toEqual([[0, 1]]);
    expect(udp('bind ext6', sent)).toEqual([[0], 'silence']);
  });

  test('who has left its group takes none', () => {
    expect(udp('bind ext6; 0 join ff15::7 veth; 0 leave ff15::7 veth', sent)).toEqual(['silence']);
    expect(udp('bind ext6; 0 join ff15::7 veth; 0 join ff15::7 lo; 0 leave ff15::7 lo', sent)).toEqual([[0]]);
  });
});

test('R6-no-one', () => {
  expect(tcp('bind ext1; 0 listen', '127.0.0.1')).toEqual(['refused']);
  expect(receive('darwin', 'udp', 'bind 127.0.0.1; 0 close', '127.0.0.1', SETTING)).toEqual(['refused']);
});
