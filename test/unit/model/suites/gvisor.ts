import type { Suite } from './suite.ts';

const BOTH = ['linux', 'gvisor'] as const;
const IN_USE = ' => EADDRINUSE';

/** The pairs of a listener and a connector of SocketInetLoopbackTestValues, by their names. */
const PAIRS = `V4Any V4Any, V4Any V4Loopback, V4Any V4MappedAny, V4Any V4MappedLoopback, V4Loopback V4Any,
V4Loopback V4Loopback, V4Loopback V4MappedLoopback, V4MappedAny V4Any, V4MappedAny V4Loopback,
V4MappedAny V4MappedAny, V4MappedAny V4MappedLoopback, V4MappedLoopback V4Any, V4MappedLoopback V4Loopback,
V4MappedLoopback V4MappedLoopback, V6Any V4Any, V6Any V4Loopback, V6Any V4MappedAny, V6Any V4MappedLoopback,
V6Any V6Any, V6Any V6Loopback, V6Loopback V6Any, V6Loopback V6Loopback`
  .split(',')
  .map((pair) => pair.trim().split(' '));

const NAMES: Readonly<Record<string, string>> = {
  V4Any: '0.0.0.0',
  V4Loopback: '127.0.0.1',
  V4MappedAny: '::ffff:0.0.0.0 dual',
  V4MappedLoopback: '::ffff:127.0.0.1 dual',
  V6Any: ':: dual',
  V6Loopback: '::1 dual',
};

/** The name that a client of each kind has once it is connected: what getsockname() returns, to which a second one is bound. */
function connected(connector: string): { readonly wild: string; readonly local: string; readonly name: string } {
  if (connector.startsWith('V6')) return { wild: ':: dual', local: '::1', name: '::1 dual' };
  return connector.includes('Mapped')
    ? { wild: ':: dual', local: '127.0.0.1', name: '::ffff:127.0.0.1 dual' }
    : { wild: '0.0.0.0', local: '127.0.0.1', name: '127.0.0.1' };
}

/** The tests of a closed connection, on the port of its client and on that of its server. */
function closed(): string {
  return PAIRS.flatMap(([listener = '', connector = '']) => {
    const { wild, local, name } = connected(connector);
    const own = NAMES[listener] ?? '';
    const place = (test: string) => `socket_inet_loopback_isolated.cc, ${test}, ${listener} ${connector} | tcp |`;
    const client = `1 autobind ${local} ${wild} to=${local}`;
    const server = (letter: string) =>
      `1 bind ${own}${letter}; 1 listen; 2 accept ${local} from=1; 1 close; 2 close leaves=time-wait`;
    return [
      `${place('TCPActiveCloseTimeWaitTest')} ${client}; 1 close leaves=time-wait; 2 bind ${name}${IN_USE}`,
      `${place('TCPActiveCloseTimeWaitReuseTest')} ${client}; 1 close leaves=time-wait; 2 bind ${name} A${IN_USE}`,
      `${place('TCPPassiveCloseNoTimeWaitTest, client')} ${client}; 1 peer-close; 1 close; 2 bind ${name}`,
      `${place('TCPPassiveCloseNoTimeWaitTest, server')} ${server('')}; 3 bind ${own}${IN_USE}`,
      `${place('TCPPassiveCloseNoTimeWaitReuseTest, client')} ${client}; 1 peer-close; 1 close; 2 bind ${name} A; 2 connect ${local} to=${local}`,
      `${place('TCPPassiveCloseNoTimeWaitReuseTest, server')} ${server(' A')}; 3 bind ${own} A; 3 listen`,
      `${place('TCPFinWait2Test')} ${client}; 1 close leaves=fin-wait-2; 2 bind ${name}${IN_USE}; 1 close; 2 bind ${name}; 2 connect ${local} to=${local}`,
      `${place('TCPLinger2TimeoutAfterClose')} ${client}; 1 close leaves=fin-wait-2; 1 close; 2 bind ${name}; 2 connect ${local} to=${local}`,
      `${place('TCPConnectionReuseAddrConflicts')} ${client.replace(wild, `${wild} A`)}; 2 bind ${name} A; 2 connect ${local} to=${local} => EADDRNOTAVAIL`,
    ];
  }).join('\n');
}

/** The tests of TCP and of UDP; `LISTEN` stands for a listen() that only TCP has. */
const MULTI_PROTOCOL = `
V4MappedLoopbackOnlyReservesV4 | 1 bind ::ffff:127.0.0.1 dual; 2 bind ::1 dual; 3 bind 127.0.0.1${IN_USE}
V4MappedAnyOnlyReservesV4 | 1 bind ::ffff:0.0.0.0 dual; 2 bind ::1 dual; 3 bind 127.0.0.1${IN_USE}
DualStackV6AnyReservesEverything | 1 bind :: dual; 2 bind ::1 dual${IN_USE}; 3 bind ::ffff:127.0.0.1 dual${IN_USE}; 4 bind 127.0.0.1${IN_USE}
V6OnlyV6AnyReservesV6 | 1 bind :: v6only; 2 bind ::1 dual${IN_USE}; 3 bind ::ffff:127.0.0.1 dual
V6EphemeralPortReserved | 1 autobind ::1 :: dual to=::1; 2 bind ::1 dual${IN_USE}; 3 bind ::ffff:127.0.0.1 dual
V4MappedEphemeralPortReserved | 1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1; 2 bind ::ffff:127.0.0.1 dual${IN_USE}; 3 bind 127.0.0.1${IN_USE}; 4 bind :: dual${IN_USE}; 5 bind ::1 dual
V4EphemeralPortReserved | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 2 bind 127.0.0.1${IN_USE}; 3 bind ::ffff:127.0.0.1 dual${IN_USE}; 4 bind :: dual${IN_USE}; 5 bind ::1 dual
V4EphemeralPortReservedReuseAddr | 1 autobind 127.0.0.1 0.0.0.0 A to=127.0.0.1; 2 bind 127.0.0.1 A
V4MappedEphemeralPortReservedReuseAddr | 1 autobind 127.0.0.1 :: dual A to=::ffff:127.0.0.1; 2 bind ::ffff:127.0.0.1 dual A
V6EphemeralPortReservedReuseAddr | 1 autobind ::1 :: dual A to=::1; 2 bind ::1 dual A
PortReuseTwoSockets, 0 0 | 1 bind 127.0.0.1; LISTEN2 bind 127.0.0.1${IN_USE}
PortReuseTwoSockets, 0 1 | 1 bind 127.0.0.1; LISTEN2 bind 127.0.0.1 P${IN_USE}
PortReuseTwoSockets, 1 0 | 1 bind 127.0.0.1 P; LISTEN2 bind 127.0.0.1${IN_USE}; 3 bind 127.0.0.1 P; 3 close; 4 bind 127.0.0.1${IN_USE}; 5 bind 127.0.0.1 P
NoReusePortFollowingReusePort | 1 bind 127.0.0.1 P; 1 close; 2 bind 127.0.0.1
BindToDeviceReusePort | 1 bind 127.0.0.1 P dev=lo; 2 bind 127.0.0.1 P dev=lo`;

/** BindToDeviceSequenceTest: what is bound to 127.0.0.1, as options and device; `x` after it says that it is in use. */
const DEVICES = `
BindTwiceWithDeviceFails | -3, -3x
BindToDevice | -1, -2
BindToDeviceAndThenWithoutDevice | -123, -0x
BindWithoutDevice | -0, -123x, P123x, -0x, P0x
BindWithDevice | -123, -123x, P123x, -0x, P0x, P456, -789, -0x, P0x
BindWithReuse | P0, -123x, P123, -0x, P0
BindingWithReuseAndDevice | P123, -123x, P123, -0x, P456, P0, P789, -999x
MixingReuseAndNotReuseByBindingToDevice | P123, -456, P789, -999
CannotBindTo0AfterMixingReuseAndNotReuse | P123, -456, P0x
BindAndRelease | P123, P0, -345x, P789, close 2, -345
BindTwiceWithReuseOnce | -123, P0x
BindWithReuseAddr | A0, -123x, A123, -0x, A0
CannotBindTo0AfterMixingReuseAddrAndNotReuseAddr | P123, -456, A0x
BindReuseAddrReusePortThenReusePort | AP0, P0, A0x
BindReuseAddrReusePortThenReuseAddr | AP0, A0, P0x
BindDoubleReuseAddrReusePortThenReusePort | AP0, AP0, P0, A0x
BindDoubleReuseAddrReusePortThenReuseAddr | AP0, AP0, A0, P0x
BindReusePortThenReuseAddrReusePort | P0, AP0, A0x
BindReuseAddrThenReuseAddr | A0, P0x
BindAndReleaseDifferentDevice | -3, -3x, device 1 2, close 1, -3`;

function devices(): string {
  return DEVICES.trim()
    .split('\n')
    .flatMap((line) => {
      const [test = '', steps = ''] = line.split('|').map((part) => part.trim());
      let socket = 0;
      const said = steps.split(',').map((word) => {
        const [op = '', one = '', two = ''] = word.trim().split(' ');
        if (op === 'close') return `${one} close`;
        if (op === 'device') return `${one} set dev=eth${two}`;
        socket += 1;
        const [, letters = '', device = '', used = ''] = /^(-|[AP]+)(\d+)(x?)$/.exec(op) ?? [];
        return `${socket} bind 127.0.0.1 ${letters}${device === '0' ? '' : ` dev=eth${device}`}${used === '' ? '' : IN_USE}`;
      });
      return (['udp', 'tcp'] as const).map(
        (protocol) => `socket_bind_to_device_sequence.cc, ${test} | ${protocol} | ${said.join('; ')}`,
      );
    })
    .join('\n');
}

function multiProtocol(): string {
  return MULTI_PROTOCOL.trim()
    .split('\n')
    .flatMap((line) => {
      const [test = '', steps = ''] = line.split('|').map((part) => part.trim());
      return (['tcp', 'udp'] as const).map(
        (protocol) =>
          `socket_inet_loopback.cc, ${test} | ${protocol} | ${steps.replace('LISTEN', protocol === 'tcp' ? '1 listen; ' : '')}`,
      );
    })
    .join('\n');
}

/** DualStackSocketTest: every order of bind, connect and sendto on one IPv6 UDP socket, with the same address. */
function dualStack(): string {
  const orders = ['bcs', 'bsc', 'cbs', 'csb', 'sbc', 'scb'];
  const addresses = ['V4MappedLoopback', 'V6Any', 'V6Loopback'];
  return addresses
    .flatMap((address) =>
      orders.map((order) => {
        const { local } = connected(address);
        const name = NAMES[address] ?? '';
        const to = name.split(' ')[0] ?? '';
        let isBound = false;
        const steps = order.split('').map((letter) => {
          const first = !isBound;
          isBound = true;
          if (letter === 'b') return `1 bind ${name}${first ? '' : ' => EINVAL'}`;
          if (letter === 'c') return first ? `1 autobind ${local} :: dual to=${to}` : `1 connect ${local} to=${to}`;
          return first ? `1 autosend :: dual to=${to}` : `1 send to=${to}`;
        });
        return `socket_inet_loopback.cc, AddressOperations, ${address} ${order} | udp | ${steps.join('; ')}`;
      }),
    )
    .join('\n');
}

/** UdpSocketTest, of both families: L is the loopback address, and W the wildcard. */
const UDP_SOCKET = `
Bind | 1 bind L; 1 bind L => EINVAL
BindInUse | 1 bind L; 2 bind L${IN_USE}
Connect | 1 autobind L W to=L; 1 bind W => EINVAL; 1 connect L to=L toport=10
ConnectAnyWithPort | 1 autobind L W to=W; 1 disconnect
DisconnectAfterBind | 1 bind L; 1 connect L to=L; 1 disconnect; 2 bind L${IN_USE}
BindToAnyConnnectToLocalhost | 1 bind W; 1 connect L to=L
DisconnectAfterBindToAny | 1 bind W; 1 connect L to=L; 1 disconnect; 2 bind W${IN_USE}
Disconnect | 1 bind W; 1 connect L to=L; 1 disconnect; 1 connect L to=L; 1 disconnect; 2 bind W${IN_USE}
ReceiveAfterDisconnect | 1 autobind L W to=L; 1 disconnect
SendToAddressOtherThanConnected | 1 autobind L W to=L; 1 send to=W toport=10
SendNotConnected | 1 autosend W to=L; 1 bind L => EINVAL`;

function udpSocket(): string {
  return UDP_SOCKET.trim()
    .split('\n')
    .flatMap((line) => {
      const [test = '', steps = ''] = line.split('|').map((part) => part.trim());
      return [
        ['127.0.0.1', '0.0.0.0', ''],
        ['::1', '::', ' dual'],
      ].map(([local, wild, dual]) => {
        const named = steps
          .replace(/(bind|autosend) ([LW])/g, (_, op, name) => `${op} ${name === 'L' ? local : wild}${dual}`)
          .replace(/autobind L W/g, `autobind ${local} ${wild}${dual}`)
          .replace(/connect L/g, `connect ${local}`)
          .replace(/to=L/g, `to=${local}`)
          .replace(/to=W/g, `to=${wild}`);
        return `udp_socket.cc, ${test}, ${local} | udp | ${named}`;
      });
    })
    .join('\n');
}

/** test/syscalls/linux of gVisor, which passes on Linux as well. */
export const gvisor: readonly Suite[] = [
  {
    name: 'gVisor, test/syscalls/linux',
    systems: BOTH,
    sequences: `
socket_inet_loopback_nogotsan.cc, TCPBindAvoidsOtherBoundPortsReuseAddr | tcp | 1 bind 127.0.0.1 A; 2 bind 127.0.0.1 A chosen${IN_USE}
socket_inet_loopback_nogotsan.cc, UDPBindMayBindOtherBoundPortsReuseAddr | udp | 1 bind 127.0.0.1 A; 2 bind 127.0.0.1 A chosen
socket_inet_loopback_isolated.cc, DualStackV6AnyCloseAndBindAgain | tcp | 1 bind :: dual; 1 connect ::1 to=::1; 1 close leaves=fin-wait-2; 2 bind 127.0.0.1
socket_inet_loopback.cc, V6EphemeralPortReserved | udp | 1 autobind ::1 :: dual to=::1; 2 bind 0.0.0.0${IN_USE}; 3 bind ::ffff:127.0.0.1 dual
socket_inet_loopback_isolated.cc, DualStackV6AnyBindAgain | tcp | 1 bind :: dual; 1 connect ::1 to=::1; 2 bind 127.0.0.1
${udpSocket()}
${closed()}
${multiProtocol()}
${devices()}
${dualStack()}`,
  },
  {
    name: 'gVisor, test/syscalls/linux, what it skips on gVisor',
    systems: ['linux'],
    sequences: `
socket_bind_to_device_sequence.cc, BindReuseAddrThenReuseAddrReusePortThenReuseAddr | udp | 1 bind S A; 2 bind S AP; 3 bind S P
socket_bind_to_device_sequence.cc, BindReuseAddrThenReuseAddrReusePortThenReuseAddr | tcp | 1 bind S A; 2 bind S AP; 3 bind S P
socket_inet_loopback.cc, V6EphemeralPortReserved | tcp | 1 autobind ::1 :: dual to=::1; 2 bind 0.0.0.0${IN_USE}
udp_socket.cc, ConnectAnyZero | udp | 1 autobind 127.0.0.1 0.0.0.0 to=0.0.0.0 toport=0; 1 disconnect`,
  },
];
