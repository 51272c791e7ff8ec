import { differs, holds, knownOf } from '../../src/experiment/index.ts';
import noFamily from '../argument/no-family.ts';
import sameFourTuple from '../connect/same-four-tuple.ts';
import toPortZero from '../connect/to-port-zero.ts';
import loopbackStays from '../wire/loopback-stays.ts';
import { checksFamilyThenLength, copiesNames, hasOptionsOfBsd, looksUpDescriptors } from './_arguments.ts';
import { ignoresOwnersOfConnections, meetsConnections, passesOverConnections } from './_restarts.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  keepsV6only,
} from './_shared.ts';

const CALLS = {
  known: 'source',
  cite: [{ source: 'freebsd', where: 'sys/kern/uipc_syscalls.c, getsock and getsockaddr' }],
} as const;
const NAMES = {
  known: 'source',
  cite: [
    {
      source: 'freebsd',
      where:
        'udp_bind and tcp_usr_bind of sys/netinet, udp6_bind and tcp6_usr_bind; sys/kern/uipc_syscalls.c, getsockaddr',
    },
  ],
} as const;
const CONNECTS = {
  known: 'source',
  cite: [{ source: 'freebsd', where: 'sys/netinet/in_pcb.c, in_pcbconnect; sys/netinet6/in6_pcb.c, in6_pcbconnect' }],
} as const;
const CONFLICTS = {
  known: 'source',
  cite: [
    { source: 'freebsd', where: 'sys/netinet/in_pcb.c, in_pcbbind_avail; sys/netinet6/in6_pcb.c, in6_pcbbind_avail' },
  ],
} as const;

export default knownOf('freebsd', [
  ...deliversByName({
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_hash' }],
  }),
  ...refusesClosedPorts({
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/netinet/tcp_input.c, tcp_input; sys/netinet/udp_usrreq.c, udp_ctlinput' }],
  }),
  ...connectedFilters({ known: 'vendor', cite: [{ source: 'freebsd-connect', where: 'DESCRIPTION' }] }),
  ...dropsForeignLoopback({
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/netinet/ip_input.c, ip_input' }],
  }),
  holds(loopbackStays, {
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/netinet/ip_output.c, ip_output' }],
    where: ({ family }) => family === 'inet',
    places: ['loopback'],
  }),
  ...checksTheState({
    known: 'source',
    cite: [
      { source: 'freebsd', where: 'sys/netinet/in_pcb.c, in_pcbbind_setup; sys/kern/uipc_socket.c, pr_listen_notsupp' },
    ],
  }),
  ...keepsV6only({ known: 'source', cite: [{ source: 'freebsd', where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' }] }),
  ...looksUpDescriptors(CALLS),
  ...copiesNames(CALLS),
  ...checksFamilyThenLength(NAMES),
  ...hasOptionsOfBsd(1, ['SO_BINDTODEVICE'], {
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/sys/socket.h, sys/netinet/in.h, sys/netinet6/in6_proto.c, ip6_v6only' }],
  }),
  holds(noFamily, {
    ...NAMES,
    where: ({ address, length, family }) =>
      family === 'inet' ? address === 'loopback' || length === '16' : length === '28',
  }),
  differs(noFamily, {
    ...NAMES,
    where: ({ address, length, family }) =>
      family === 'inet' ? address === 'wildcard' && length === '28' : length === '16',
    expect: ({ family }) => ({ bound: family === 'inet' ? 'EINVAL' : 'EAFNOSUPPORT' }),
    because: 'AF_UNSPEC with 0.0.0.0 is taken for IPv4, and then the length has to be that of IPv4.',
  }),
  differs(toPortZero, {
    ...CONNECTS,
    where: ({ call }) => call === 'connect',
    expect: { called: 'EADDRNOTAVAIL' },
    because: 'connect() refuses port 0 as a port that no one can have.',
  }),
  differs(sameFourTuple, {
    ...CONNECTS,
    where: ({ option }) => option === 'SO_REUSEPORT',
    expect: { same: 'EADDRINUSE' },
    because: 'connect() looks for a socket with the same two names, for UDP as well as for TCP.',
  }),
  ...passesOverConnections(CONFLICTS),
  ...meetsConnections(CONFLICTS),
  ...ignoresOwnersOfConnections(CONFLICTS),
]);
