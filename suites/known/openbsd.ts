import { knownOf } from '../../src/experiment/index.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  checksTheDestination,
} from './_shared.ts';

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
]);
