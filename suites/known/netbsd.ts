import { knownOf } from '../../src/experiment/index.ts';
import { connectedFilters, deliversByName, checksTheDestination, checksTheState } from './_shared.ts';

export default knownOf('netbsd', [
  ...deliversByName({
    known: 'source',
    cite: [{ source: 'netbsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_bind' }],
  }),
  ...connectedFilters({ known: 'vendor', cite: [{ source: 'netbsd-connect', where: 'DESCRIPTION' }] }),
  ...checksTheState({
    known: 'source',
    cite: [{ source: 'netbsd', where: 'sys/netinet/in_pcb.c, in_pcbbind; sys/netinet/udp_usrreq.c, udp_listen' }],
  }),
  ...checksTheDestination(['inet'], {
    known: 'source',
    cite: [{ source: 'netbsd', where: 'sys/netinet/in_pcb.c, in_pcbconnect' }],
  }),
]);
