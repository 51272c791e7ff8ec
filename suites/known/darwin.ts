import { knownOf } from '../../src/experiment/index.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  checksTheDestination,
  keepsV6only,
} from './_shared.ts';

export default knownOf('darwin', [
  ...deliversByName({
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/netinet/in_pcb.c, in_pcblookup_hash_locked' }],
  }),
  ...refusesClosedPorts({
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/netinet/tcp_input.c, tcp_input; bsd/netinet/udp_usrreq.c, udp_ctlinput' }],
  }),
  ...connectedFilters({ known: 'vendor', cite: [{ source: 'xnu', where: 'bsd/man/man2/connect.2' }] }),
  ...dropsForeignLoopback({ known: 'source', cite: [{ source: 'xnu', where: 'bsd/netinet/ip_input.c' }] }),
  ...checksTheState({
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/netinet/in_pcb.c, in_pcbbind; bsd/kern/uipc_socket2.c, pru_listen_notsupp' }],
  }),
  ...keepsV6only({ known: 'source', cite: [{ source: 'xnu', where: 'bsd/netinet6/ip6_output.c, ip6_ctloutput' }] }),
  ...checksTheDestination(['inet', 'inet6'], {
    known: 'source',
    cite: [
      {
        source: 'xnu',
        where:
          'bsd/netinet/in_pcb.c, in_pcbladdr and in_pcbconnect; bsd/netinet6/in6_pcb.c, in6_pcbladdr and in6_pcbconnect',
      },
    ],
  }),
]);
