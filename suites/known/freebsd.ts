import { holds, knownOf } from '../../src/experiment/index.ts';
import loopbackStays from '../wire/loopback-stays.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  keepsV6only,
} from './_shared.ts';

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
]);
