import { differs, knownOf } from '../../src/experiment/index.ts';
import mappedNames from '../conflict/mapped-names.ts';
import lostQueue from '../lost/queue.ts';
import reload from '../lost/reload.ts';
import defaults from '../option/defaults.ts';
import toggled from '../option/toggled.ts';
import ownRange from '../port-zero/own-range.ts';
import processor from '../group/processor.ts';
import wildcardOverMany from '../conflict/wildcard-over-many.ts';
import { olderReceivers } from './_linux-receivers.ts';

/** The option is of 6.3, and the 6.1 series has got it as well: 6.1.192 has it. */
const NO_OWN_RANGE = {
  versions: [{ before: '6.1' }],
  because: 'IP_LOCAL_PORT_RANGE came with Linux 6.3, and later to 6.1.',
  known: 'vendor',
  cite: [{ source: 'man-ip', where: 'IP_LOCAL_PORT_RANGE; not on 5.10.262, seen on 6.1.192' }],
} as const;

const ANY_MEMBER = 'first or second';

/** Debian's 5.10.262 has the setting, and its listeners leave their connections to no one all the same. */
const UNMOVED = {
  versions: [{ before: '5.14' }],
  because:
    'These kernels do not move the connections of a listener to another of its group; that came with Linux 5.14.',
  known: 'vendor',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_migrate_req; seen on 5.10.262' }],
} as const;

/** Kernels that behave differently from the newest ones. Every experiment says what is right on the newest ones. */
export default knownOf('linux', [
  ...olderReceivers,
  differs(mappedNames, {
    versions: [
      { from: '6.1.168', before: '6.2' },
      { from: '6.6.131', before: '6.7' },
    ],
    where: ({ first, second, protocol }) =>
      first === 'mapped-wildcard' && second === 'mapped-loopback' && protocol === 'tcp',
    expect: { second: 'ok', call: 'listen' },
    because:
      'These stable updates took over the search for specific v4-mapped addresses by their bucket without what goes with it in 6.8, so that it does not find a socket on ::ffff:0.0.0.0.',
    known: 'source',
    cite: [{ source: 'linux-6.1.168', where: 'inet_bind2_bucket_match_addr_any; seen on 6.1.192' }],
  }),
  differs(wildcardOverMany, {
    versions: [
      { before: '6.1.168' },
      { from: '6.2', before: '6.6.131' },
      { from: '6.7', before: '6.12.80' },
      { from: '6.13', before: '6.18.21' },
      { from: '6.19', before: '6.19.11' },
    ],
    where: ({ holders }) => Number(holders) > 10,
    expect: { wildcard: 'ok' },
    because:
      'Beyond ten sockets these kernels look for a wildcard among the other wildcards only, and overlook the sockets on specific addresses (CVE-2026-31503).',
    known: 'observed',
    cite: [{ source: 'cve-2026-31503', where: 'affected versions; seen on 5.10.223 and 6.12.43' }],
  }),
  differs(ownRange, {
    ...NO_OWN_RANGE,
    expect: { set: 'ENOPROTOOPT', bound: 'ok', inRange: { oneOf: [true, false] } },
  }),
  differs(defaults, {
    ...NO_OWN_RANGE,
    where: ({ option }) => option === 'IP_LOCAL_PORT_RANGE',
    expect: { read: 'ENOPROTOOPT', value: null },
  }),
  differs(toggled, {
    versions: [{ before: '6.8' }],
    where: ({ option, change, state, protocol }) =>
      option === 'SO_REUSEADDR' && change === 'on-to-off' && state === 'bound' && protocol === 'tcp',
    expect: { second: 'ok' },
    because: 'These kernels remember of a TCP port that SO_REUSEADDR was on, and ask its sockets only otherwise.',
    known: 'source',
    cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_get_port, fastreuse; seen on 5.10.262 and 6.1.192' }],
  }),
  differs(processor, {
    // The first stable updates that have the search, and 6.2.
    versions: [{ before: '5.15.86' }, { from: '5.16', before: '6.0.16' }, { from: '6.1', before: '6.1.2' }],
    where: ({ option }) => option === 'SO_REUSEPORT',
    expect: {
      neither: ANY_MEMBER,
      'first here': ANY_MEMBER,
      'second here': ANY_MEMBER,
      'each its own': ANY_MEMBER,
      'both elsewhere': ANY_MEMBER,
    },
    because: 'These kernels choose in a SO_REUSEPORT group by the hash alone, and overlook SO_INCOMING_CPU.',
    known: 'source',
    cite: [{ source: 'linux-net', where: 'core/sock_reuseport.c; commit b261eda84ec1 of 6.2; seen on 5.10.262' }],
  }),
  differs(lostQueue, {
    ...UNMOVED,
    where: ({ beside }) => beside === 'a-member-and-migration',
    expect: { reset: 'some', accepted: 'some' },
  }),
  differs(reload, {
    ...UNMOVED,
    where: ({ ending, migration }) => migration === 'on' && ending !== 'drained',
    expect: { new: 'some', lost: 'some' },
  }),
]);
