import { describe, expect, test } from 'vitest';
import type { Reception } from '../../../../src/model/receive/types.ts';
import type { Protocol, SystemName } from '../../../../src/model/types.ts';
import { receive } from './sets.ts';

type Case = readonly [
  name: string,
  protocol: Protocol,
  steps: string,
  sent: string,
  outcomes: readonly Reception[] | undefined,
];

function holds(system: SystemName, cases: readonly Case[]): void {
  test.each(cases)('%s', (_name, protocol, steps, sent, outcomes) => {
    expect(receive(system, protocol, steps, sent)).toEqual(outcomes);
  });
}

describe('OpenBSD', () => {
  holds('openbsd', [
    ['the last bound', 'udp', 'bind 0.0.0.0 P; bind 0.0.0.0 P', '127.0.0.1', [[1]]],
    ['AF_INET6 takes no IPv4', 'udp', 'bind dual', '127.0.0.1', ['refused']],
    [
      'a connected one leaves the address to the other',
      'udp',
      'bind ext1 P; bind ext1 P; 1 connect neighbour ext1',
      '10.0.0.1',
      [[0]],
    ],
    [
      'after a disconnect it is on the wildcard',
      'udp',
      'bind ext1 P; bind ext1 P; 1 connect neighbour ext1; 1 disconnect',
      '10.0.0.2',
      [[1]],
    ],
    ['a bound TCP socket takes the SYN', 'tcp', 'bind 0.0.0.0 P; 0 listen; bind ext1 P', '10.0.0.1', ['no answer']],
    ['a multicast needs no membership of the socket', 'udp', 'bind 0.0.0.0', '239.1.2.3 from neighbour', [[0]]],
    [
      'after a reset it is gone',
      'tcp',
      'bind ext1 P; 0 listen; bind ext1 P; 1 connect X ext1; 1 reset',
      '10.0.0.1',
      [[0]],
    ],
    [
      'a multicast passes over a socket that was shut down',
      'udp',
      'bind 0.0.0.0 P; bind 0.0.0.0 P; 1 shutdown',
      '239.1.2.3 from neighbour',
      [[0]],
    ],
    ['a unicast does not', 'udp', 'bind 0.0.0.0; 0 shutdown', '127.0.0.1', [[0]]],
    ['a group of a link has the scope of the device', 'udp', 'bind ff02::5', 'ff02::5 from fd00::9', ['silence']],
  ]);
});

describe('NetBSD', () => {
  holds('netbsd', [
    [
      'an AF_INET wildcard before a mapped address',
      'udp',
      'bind ::ffff:127.0.0.1 A; bind 0.0.0.0 A',
      '127.0.0.1',
      [[1]],
    ],
    ['then the mapped wildcard before the dual one', 'udp', 'bind mapped A; bind dual A', '127.0.0.1', [[0]]],
    ['the last bound', 'udp', 'bind 127.0.0.1 P; bind 127.0.0.1 P', '127.0.0.1', [[1]]],
    [
      'a disconnected mapped one takes both stacks',
      'udp',
      'bind ::ffff:127.0.0.1; 0 connect X ::ffff:127.0.0.1; 0 disconnect',
      '::1',
      [[0]],
    ],
    ['a broadcast goes to AF_INET', 'udp', 'bind dual A; bind 0.0.0.0 A', '255.255.255.255 from neighbour', [[1]]],
    ['a multicast to both', 'udp', 'bind dual A; bind 0.0.0.0 A', '239.1.2.3 from neighbour', [[0, 1]]],
    ['but not to ::ffff:0.0.0.0', 'udp', 'bind mapped A', '239.1.2.3 from neighbour', ['silence']],
    ['a broadcast to one of AF_INET6', 'udp', 'bind dual A; bind dual AP', '10.0.0.255 from neighbour', [[1]]],
    [
      'an AF_INET wildcard before a connected AF_INET6 socket',
      'udp',
      'bind 0.0.0.0 A; bind dual A; 1 connect X 127.0.0.1',
      '127.0.0.1',
      [[0]],
    ],
    ['an IPv4 packet moves the dual-stack one', 'udp', 'bind dual P; bind :: P', '::1', [[1], [0]]],
    ['the one that sent last', 'udp', 'bind 127.0.0.1 P; bind 127.0.0.1 P; 0 send', '127.0.0.1', [[0]]],
    ['a bound TCP socket takes the SYN', 'tcp', 'bind 0.0.0.0 P; 0 listen; bind ext1 P', '10.0.0.1', ['no answer']],
    [
      'a connected one does not',
      'tcp',
      'bind ext1 P; 0 listen; bind ext1 P; 1 connect X ext1',
      '10.0.0.1 from Y',
      [[0]],
    ],
    ['IPV6_V6ONLY is on by default', 'udp', 'bind v6', '127.0.0.1', ['refused']],
  ]);
});

describe('gVisor', () => {
  holds('gvisor', [
    ['AF_INET and dual-stack are one set', 'udp', 'bind 0.0.0.0 P; bind dual P', '127.0.0.1', [[1], [0]]],
    ['with SO_REUSEADDR the last registered', 'udp', 'bind 0.0.0.0 A; bind 0.0.0.0 AP', '127.0.0.1', [[1]]],
    [
      'a connected wildcard hears its peer at every address, before one on that address',
      'udp',
      'bind 0.0.0.0 A; bind ext1 A; 0 connect X 127.0.0.1',
      '10.0.0.1',
      [[0]],
    ],
    ['a tie to another device hides the wildcard', 'udp', 'bind ext1 A @lo; bind 0.0.0.0 A', '10.0.0.1', ['refused']],
    ['a late tie does nothing', 'udp', 'bind 0.0.0.0; 0 tie lo', '10.0.0.1', [[0]]],
    ['membership is not looked at', 'udp', 'bind 0.0.0.0 A; bind dual A', '239.1.2.3 from neighbour', [[0, 1]]],
    ['an IPv4 group cannot be joined by AF_INET6', 'udp', 'bind dual; 0 join 239.1.2.3', '127.0.0.1', [[0]]],
    ['a listener that was shut down refuses', 'tcp', 'bind 0.0.0.0; 0 listen; 0 shutdown', '127.0.0.1', ['refused']],
    [
      'and keeps its share of the connections',
      'tcp',
      'bind 0.0.0.0 P; bind 0.0.0.0 P; 0 listen; 1 listen; 0 shutdown',
      '127.0.0.1',
      [[1], 'refused'],
    ],
    ['what comes in by another device is dropped', 'udp', 'bind 0.0.0.0', '127.0.0.1 from neighbour', ['silence']],
    ['over TCP too', 'tcp', 'bind 0.0.0.0; 0 listen', '127.0.0.1 from neighbour', ['no answer']],
    ['TCP: only listeners', 'tcp', 'bind 127.0.0.1 P; bind 0.0.0.0 P; 1 listen', '127.0.0.1', [[1]]],
  ]);
});

describe('Windows', () => {
  holds('windows', [
    ['the more specific', 'tcp', 'bind 0.0.0.0; bind 127.0.0.1; 0 listen; 1 listen', '127.0.0.1', [[1]]],
    ['the first listener', 'tcp', 'bind 127.0.0.1 A; bind 127.0.0.1 A; 0 listen; 1 listen', '127.0.0.1', [[0]]],
    [
      'one that does not listen is passed over',
      'tcp',
      'bind 127.0.0.1 A; bind 127.0.0.1 A; 1 listen',
      '127.0.0.1',
      [[1]],
    ],
    ['UDP duplicates are not known about', 'udp', 'bind 127.0.0.1 A; bind 127.0.0.1 A', '127.0.0.1', undefined],
  ]);
});

describe('Wine', () => {
  holds('wine', [
    ['an address of an interface is its wildcard', 'udp', 'bind ext1', '10.0.0.2', [[0]]],
    [
      '127.0.0.1 is itself, and the error may not be heard',
      'udp',
      'bind 127.0.0.1',
      '10.0.0.1',
      ['refused', 'silence'],
    ],
    [
      'a socket on a name that no interface has gets the address of the route by connect()',
      'udp',
      'bind 127.0.0.2 A; bind ext1 A; 0 connect X 127.0.0.2',
      '127.0.0.1 from X',
      [[0]],
    ],
    [
      'and is not found by the name that it was bound to',
      'udp',
      'bind 127.0.0.2 A; bind ext1 A; 0 connect X 127.0.0.2',
      '127.0.0.2 from X',
      ['refused', 'silence'],
    ],
    [
      'what goes from one interface to another may be lost',
      'udp',
      'bind 127.0.0.1',
      '127.0.0.1 from ext1',
      [[0], 'silence'],
    ],
    ['TCP is as on Linux', 'tcp', 'bind 0.0.0.0; bind 127.0.0.1; 0 listen; 1 listen', '127.0.0.1', [[1]]],
  ]);
});
