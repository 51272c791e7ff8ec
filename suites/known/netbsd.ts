import { knownOf } from '../../src/experiment/index.ts';
import { checksFamilyThenLength, copiesNames, knowsNoFamily, looksUpDescriptors } from './_arguments.ts';
import { passesOverConnections } from './_restarts.ts';
import { checksTheDestination, checksTheState, connectedFilters, deliversByName, keepsV6only } from './_shared.ts';

const NAMES = {
  known: 'source',
  cite: [
    {
      source: 'netbsd',
      where: 'sys/kern/uipc_socket.c, sobind; sys/netinet/in_pcb.c and sys/netinet6/in6_pcb.c, bind',
    },
  ],
} as const;

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
  ...looksUpDescriptors({
    known: 'source',
    cite: [{ source: 'netbsd', where: 'sys/kern/kern_descrip.c, fd_getsock' }],
  }),
  ...copiesNames({ known: 'source', cite: [{ source: 'netbsd', where: 'sys/kern/uipc_syscalls.c, sockargs' }] }),
  ...checksFamilyThenLength(NAMES),
  ...knowsNoFamily(NAMES),
  ...keepsV6only({ known: 'source', cite: [{ source: 'netbsd', where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' }] }),
  ...passesOverConnections({
    known: 'source',
    cite: [
      { source: 'netbsd', where: 'sys/netinet/in_pcb.c, inpcb_bind_port; sys/netinet6/in6_pcb.c, in6pcb_bind_port' },
    ],
  }),
]);
