import { anyOf, differs, type Fact } from '../../src/experiment/index.ts';
import disconnectedMember from '../connected/disconnected-member.ts';
import lastByWayOfAnother from '../connected/last-by-way-of-another.ts';
import placeholder from '../connected/placeholder.ts';
import reconnected from '../connected/reconnected.ts';
import samePeer from '../connected/same-peer.ts';
import starvingMember from '../connected/starving-member.ts';
import tie from '../device/tie.ts';
import unwanted from '../multicast/unwanted.ts';

/** Kernels without the list of connected UDP sockets by their four-tuples. */
const NO_FOUR_TUPLES = {
  versions: [{ before: '6.13' }],
  known: 'source',
  cite: [{ source: 'linux-net', where: 'udp.c; commits 78c91ae2c6de and 1b29a730ef8b of 6.13' }],
} as const;

const FOUND_BY_SCORE = {
  ...NO_FOUR_TUPLES,
  because:
    'Before 6.13 a connected UDP socket is found by its score alone, so that of two with one peer the newest in the list of the address receives.',
} as const;

/** 6.18.44 and 7.2 have the older way. What changed it is not known. */
const FOUND_BY_NEW_PEER = {
  versions: [{ from: '7.3' }],
  because:
    'A UDP socket that connects a second time is found by its new peer: 7.2 does not do so, and which commit changed it is not known.',
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'ipv4/udp.c, udp_lib_rehash; seen on 7.3.4, and not on 7.2' }],
} as const;

/** Who receives on other kernels, where that differs. */
export const olderReceivers: readonly Fact[] = [
  differs(disconnectedMember, {
    ...NO_FOUR_TUPLES,
    where: ({ name }) => name.endsWith('loopback'),
    expect: { receives: { crowd: 'first or second or third' } },
    because:
      'Before 6.13 a UDP socket on an address does not leave its group when it connects, so that it is a member as before once it has disconnected.',
  }),
  differs(starvingMember, {
    ...NO_FOUR_TUPLES,
    where: ({ name }) => name === 'inet-loopback',
    expect: { receives: { crowd: 'first or third' } },
    because:
      'Before 6.13 a UDP socket on an address does not leave its group when it connects, so that one that joins later joins the others.',
  }),
  differs(lastByWayOfAnother, {
    ...FOUND_BY_SCORE,
    where: ({ last, before }) => (last === 'first') === (before === 'nothing'),
    expect: { receives: { fromPeer: 'second' } },
  }),
  differs(samePeer, {
    ...FOUND_BY_SCORE,
    where: ({ from, connects }) => from === 'machine' && connects === 'second-first',
    expect: { receives: { fromPeer: 'second' } },
  }),
  differs(reconnected, {
    ...FOUND_BY_SCORE,
    where: ({ connects, family }) => connects === 'by-way-of-another' && family === 'inet',
    expect: { receives: { fromPeer: 'connected' } },
  }),
  differs(lastByWayOfAnother, {
    ...FOUND_BY_NEW_PEER,
    where: ({ before }) => before === 'another-peer',
    expect: ({ last }) => ({ receives: { fromPeer: last } }),
  }),
  differs(reconnected, {
    ...FOUND_BY_NEW_PEER,
    where: ({ connects, family }) => connects === 'by-way-of-another' && family === 'inet',
    expect: { receives: { fromPeer: 'connected' } },
  }),
  differs(placeholder, {
    // The first stable updates that have the search, and 6.14.
    versions: [
      { before: '6.1.129' },
      { from: '6.2', before: '6.6.76' },
      { from: '6.7', before: '6.12.13' },
      { from: '6.13', before: '6.13.2' },
    ],
    where: ({ port, to }) => port === 'of-the-peer' && to === '127.0.0.6',
    expect: { receives: { overIPv4: 'refused' } },
    because:
      'These kernels do not look among all UDP sockets of the port for one that is in no list of the destination’s address.',
    known: 'source',
    cite: [{ source: 'linux-net', where: 'udp.c; commit a502ea6fa94b of 6.14 and its stable updates' }],
  }),
  differs(tie, {
    versions: [{ before: '5.10.73' }],
    where: ({ tied, bound }) => bound === 'tied-first' || tied === 'dual',
    expect: { receives: { byItsDevice: 'untied' } },
    because: 'From 5.0 until 5.15 a tie to a device did not count in the score.',
    known: 'source',
    cite: [{ source: 'linux-net', where: 'udp.c, compute_score; commit 8d6c414cd2fb of 5.15, in 5.10.73' }],
  }),
  differs(unwanted, {
    versions: [{ before: '6.18' }],
    where: ({ from, beside }) => from === 'neighbour' && beside === 'nothing',
    expect: { receives: { multicast: anyOf(['willing', 'unwilling']) } },
    because: 'Which kernels before 6.18 let the group choose who takes such a multicast is not known.',
    known: 'source',
    cite: [{ source: 'linux-net', where: 'udp.c, __udp4_lib_mcast_demux_lookup; commit 08842c43d016' }],
  }),
];
