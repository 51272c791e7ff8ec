import { differs, holds, knownOf } from '../../src/experiment/index.ts';
import sendToNoOne from '../argument/send-to-no-one.ts';
import v6onlyWhen from '../argument/v6only-when.ts';
import toPortZero from '../connect/to-port-zero.ts';
import {
  checksFamilyThenLength,
  copiesNames,
  hasOptionsOfBsd,
  knowsNoFamily,
  looksUpDescriptors,
} from './_arguments.ts';
import { guardsOwners, meetsConnections, meetsTimeWait, passesOverConnections } from './_restarts.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  checksTheDestination,
} from './_shared.ts';

const CALLS = {
  known: 'source',
  cite: [{ source: 'openbsd', where: 'sys/kern/uipc_syscalls.c, getsock and sockargs' }],
} as const;
const NAMES = {
  known: 'source',
  cite: [{ source: 'openbsd', where: 'sys/netinet/in_pcb.c, in_nam2sin; sys/netinet6/in6_pcb.c, in6_nam2sin6' }],
} as const;
const DUAL = {
  known: 'source',
  cite: [{ source: 'openbsd', where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' }],
} as const;
const SENDS = {
  known: 'source',
  cite: [{ source: 'openbsd', where: 'sys/netinet/udp_usrreq.c, udp_output' }],
} as const;
const CONFLICTS = {
  known: 'source',
  cite: [
    {
      source: 'openbsd',
      where: 'sys/netinet/in_pcb.c, in_pcbaddrisavail_lock; sys/netinet6/in6_pcb.c, in6_pcbaddrisavail_lock',
    },
  ],
} as const;

export default knownOf('openbsd', [
  ...deliversByName({
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_listen' }],
  }),
  ...refusesClosedPorts({
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/tcp_input.c, tcp_input; sys/netinet/udp_usrreq.c, udp_ctlinput' }],
  }),
  ...connectedFilters({ known: 'vendor', cite: [{ source: 'openbsd-connect', where: 'DESCRIPTION' }] }),
  ...dropsForeignLoopback({
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/ip_input.c, ipv4_check' }],
  }),
  ...checksTheState({
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/in_pcb.c, in_pcbbind; sys/kern/uipc_socket.c, solisten' }],
  }),
  ...checksTheDestination(['inet'], {
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/in_pcb.c, in_pcbconnect' }],
  }),
  ...looksUpDescriptors(CALLS),
  ...copiesNames(CALLS),
  ...checksFamilyThenLength(NAMES),
  ...knowsNoFamily(NAMES),
  ...hasOptionsOfBsd(1, ['SO_BINDTODEVICE'], {
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/sys/socket.h, sys/netinet/in.h, sys/netinet6/ip6_output.c' }],
  }),
  differs(v6onlyWhen, {
    ...DUAL,
    where: ({ state }) => state === 'new',
    expect: { set: 'EINVAL', value: 1 },
    because: 'OpenBSD has no sockets for both families.',
  }),
  holds(v6onlyWhen, { ...DUAL, where: ({ state }) => state !== 'new' }),
  differs(toPortZero, {
    ...SENDS,
    where: ({ call }) => call === 'sendto',
    expect: { called: 'EADDRNOTAVAIL' },
    because: 'sendto() refuses port 0 as a port that no one can have.',
  }),
  differs(sendToNoOne, {
    ...SENDS,
    where: ({ state, protocol }) => protocol === 'udp' && (state === 'new' || state === 'bound'),
    expect: { sent: 'ENOTCONN' },
    because: 'A datagram without a destination on a socket without a peer is refused as not connected.',
  }),
  ...passesOverConnections(CONFLICTS),
  ...meetsConnections(CONFLICTS),
  ...meetsTimeWait(CONFLICTS),
  ...guardsOwners(['inet'], CONFLICTS),
]);
