import { differs, holds, knownOf } from '../../src/experiment/index.ts';
import formOfName from '../argument/form-of-name.ts';
import listen from '../argument/listen.ts';
import noFamily from '../argument/no-family.ts';
import noName from '../argument/no-name.ts';
import inState from '../connect/in-state.ts';
import { hasOptionsOfBsd, looksUpDescriptors } from './_arguments.ts';
import { guardsOwners, meetsConnections, meetsTimeWait, passesOverConnections } from './_restarts.ts';
import {
  connectedFilters,
  deliversByName,
  dropsForeignLoopback,
  refusesClosedPorts,
  checksTheState,
  checksTheDestination,
  keepsV6only,
} from './_shared.ts';

const NAMES = {
  known: 'source',
  cite: [
    {
      source: 'xnu',
      where:
        'udp_bind and tcp_usr_bind of bsd/netinet, in_pcbbind; udp6_bind of bsd/netinet6, tcp6_usr_bind, in6_pcbbind',
    },
  ],
} as const;
/** Where bind() of a name in another form returns something else than on Linux. */
function isOtherForm({ form, protocol, family }: { form: string; protocol: string; family: string }): boolean {
  if (form === 'other-family') return protocol === 'udp' && family === 'inet';
  return form === 'other-family-short' ? protocol === 'tcp' : form === 'without-scope' || form === 'twelve-bytes-more';
}
/** The same for a name of AF_UNSPEC. */
function isOtherFamily({
  address,
  length,
  protocol,
  family,
}: Record<'address' | 'length' | 'protocol' | 'family', string>) {
  return family === 'inet' ? address === 'loopback' || length === '28' : protocol === 'tcp' && length === '16';
}
const STATES = {
  known: 'source',
  cite: [{ source: 'xnu', where: 'bsd/kern/uipc_socket.c, solisten and soconnectlock' }],
} as const;
const CONFLICTS = {
  known: 'source',
  cite: [{ source: 'xnu', where: 'bsd/netinet/in_pcb.c, in_pcbbind; bsd/netinet6/in6_pcb.c, in6_pcbbind' }],
} as const;

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
  ...looksUpDescriptors({ known: 'source', cite: [{ source: 'xnu', where: 'bsd/kern/kern_descrip.c, file_socket' }] }),
  differs(noName, {
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/kern/uipc_syscalls.c, bind' }],
    where: ({ call }) => call === 'bind',
    expect: { called: 'EDESTADDRREQ' },
    because: 'bind() asks first whether there is a name at all.',
  }),
  ...hasOptionsOfBsd(0, [], {
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/sys/socket.h, bsd/netinet/in.h, bsd/netinet6/in6_proto.c, ip6_v6only' }],
  }),
  holds(formOfName, { ...NAMES, where: (cell) => cell.call === 'bind' && !isOtherForm(cell) }),
  differs(formOfName, {
    ...NAMES,
    where: (cell) => cell.call === 'bind' && isOtherForm(cell),
    expect: ({ form }) => ({ called: form === 'other-family-short' ? 'EAFNOSUPPORT' : 'EINVAL' }),
    because:
      'bind() takes a name only with the very length of its family; UDP asks for the length first, TCP for the family.',
  }),
  holds(noFamily, { ...NAMES, where: (cell) => !isOtherFamily(cell) }),
  differs(noFamily, {
    ...NAMES,
    where: isOtherFamily,
    expect: ({ length, family }) => ({
      bound: family === 'inet6' ? 'EAFNOSUPPORT' : length === '16' ? 'ok' : 'EINVAL',
    }),
    because: 'An IPv4 socket takes AF_UNSPEC for IPv4, whatever the address, and the length has to be that of IPv4.',
  }),
  holds(listen, {
    ...STATES,
    where: ({ state, protocol }) =>
      protocol === 'tcp' && ['new', 'bound', 'listening', 'connected', 'unbound-connected', 'accepted'].includes(state),
    places: ['listened'],
  }),
  differs(inState, {
    ...STATES,
    where: ({ state }) => state === 'listening',
    expect: { connected: 'EOPNOTSUPP' },
    because: 'A listener can not connect.',
  }),
  ...passesOverConnections(CONFLICTS),
  ...meetsConnections(CONFLICTS),
  ...meetsTimeWait(CONFLICTS),
  ...guardsOwners(['inet', 'inet6'], CONFLICTS),
]);
