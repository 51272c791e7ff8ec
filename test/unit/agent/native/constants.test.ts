import os from 'node:os';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { constantsFor, type SystemConstants } from '../../../../src/agent/native/constants.ts';
import { errnoNames } from '../../../../src/agent/native/errno.ts';
import { controlsIn, destinationIn } from '../../../../src/agent/native/control.ts';
import { MSGHDR } from '../../../../src/agent/native/message-header.ts';
import type { MessageFlag } from '../../../../src/protocol/messages.ts';
import { encodeSockaddr } from '../../../../src/agent/native/sockaddr.ts';
import { cValues } from '../../../support/headers/c.ts';
import { goConstants, goStructure, noGoHeaders } from '../../../support/headers/go.ts';
import { noRustHeaders, rustConstants } from '../../../support/headers/rust.ts';
import { needs, noCompiler, type Lack } from '../../../support/needs.ts';

type System = 'linux' | 'darwin' | 'freebsd' | 'openbsd';

const PLATFORMS: readonly (readonly [System, string])[] = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['linux', 'riscv64'],
  ['linux', 'loong64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['freebsd', 'x64'],
  ['freebsd', 'arm64'],
  ['openbsd', 'x64'],
  ['openbsd', 'arm64'],
];

/** The names in the headers of the numbers that our constants have no name for. */
const NAMES: Record<System, { destination: readonly string[]; tcpState: string; states: (state: string) => string }> = {
  linux: {
    destination: ['IP_PKTINFO', 'IPV6_PKTINFO'],
    tcpState: 'TCP_INFO',
    // No package has the kernel's numbers under other names than these, which are for BPF programs.
    states: (state) => `BPF_TCP_${state.replace('CLOSED', 'CLOSE').replace(/_(?=[12]$)/, '')}`,
  },
  darwin: {
    destination: ['IP_RECVDSTADDR', 'IPV6_PKTINFO', 'IP_PKTINFO'],
    tcpState: 'TCP_CONNECTION_INFO',
    states: bsdState,
  },
  freebsd: { destination: ['IP_RECVDSTADDR', 'IPV6_PKTINFO'], tcpState: 'TCP_INFO', states: bsdState },
  openbsd: { destination: ['IP_RECVDSTADDR', 'IPV6_PKTINFO'], tcpState: 'TCP_INFO', states: bsdState },
};

function bsdState(state: string): string {
  return `TCPS_${state.replace('SYN_RECV', 'SYN_RECEIVED')}`;
}

interface Cited {
  number: number;
  source: string;
}

const FSM = 'netinet/tcp_fsm.h, which XNU, FreeBSD and OpenBSD have alike from 4.4BSD';
const STATES: Readonly<Record<string, Cited>> = {
  TCPS_CLOSED: { number: 0, source: FSM },
  TCPS_LISTEN: { number: 1, source: FSM },
  TCPS_SYN_SENT: { number: 2, source: FSM },
  TCPS_SYN_RECEIVED: { number: 3, source: FSM },
  TCPS_ESTABLISHED: { number: 4, source: FSM },
  TCPS_CLOSE_WAIT: { number: 5, source: FSM },
  TCPS_FIN_WAIT_1: { number: 6, source: FSM },
  TCPS_CLOSING: { number: 7, source: FSM },
  TCPS_LAST_ACK: { number: 8, source: FSM },
  TCPS_FIN_WAIT_2: { number: 9, source: FSM },
  TCPS_TIME_WAIT: { number: 10, source: FSM },
};

/** The constants that no package has, and where they were read. */
const CITED: Record<System, Readonly<Record<string, Cited>>> = {
  linux: { IP_LOCAL_PORT_RANGE: { number: 51, source: 'include/uapi/linux/in.h, since 6.3' } },
  darwin: STATES,
  freebsd: STATES,
  openbsd: {
    ...STATES,
    SO_DOMAIN: { number: 0x1024, source: 'sys/sys/socket.h' },
    SO_PROTOCOL: { number: 0x1025, source: 'sys/sys/socket.h' },
    TCP_INFO: { number: 9, source: 'sys/netinet/tcp.h; tcp_ctloutput() in tcp_usrreq.c 1.211 answers to it' },
  },
};

const LEVELS: Readonly<Record<string, string>> = {
  SO: 'SOL_SOCKET',
  IP: 'IPPROTO_IP',
  IPV6: 'IPPROTO_IPV6',
  TCP: 'IPPROTO_TCP',
};

/** Every number of a system's constants under its name in the headers; several names with `|` between them are one number. */
function named(system: System, constants: SystemConstants): [name: string, number: number][] {
  const { sockaddr, socketFlags, destination, source, options, SO_LINGER, tcpState, errno } = constants;
  const names = NAMES[system];
  const withLevel = (name: string, number: number, level: number): [string, number][] => [
    [name, number],
    [LEVELS[name.split('_')[0] ?? ''] ?? name, level],
  ];
  return [
    ...[...Object.entries(constants), ...Object.entries(sockaddr)].filter(isNamed),
    ...(socketFlags === null ? [] : [['SOCK_CLOEXEC|SOCK_NONBLOCK', socketFlags] as [string, number]]),
    ...Object.entries(options).flatMap(([name, option]) =>
      option === null ? [] : withLevel(name, option.number, option.level),
    ),
    ...withLevel('SO_LINGER', SO_LINGER.number, SO_LINGER.level),
    ...destination.flatMap(({ type, level }, index) => withLevel(names.destination[index] ?? '', type, level)),
    ...withLevel(names.tcpState, tcpState.number, tcpState.level),
    ...tcpState.names.flatMap((state, number): [string, number][] =>
      state === 'UNKNOWN' ? [] : [[names.states(state), number]],
    ),
    ...Object.entries(constants.messageFlags).filter((entry): entry is [MessageFlag, number] => entry[1] !== null),
    ...withLevel(system === 'linux' || system === 'darwin' ? 'IP_PKTINFO' : 'IP_SENDSRCADDR', source.inet.type, 0),
    ...withLevel('IPV6_PKTINFO', source.inet6.type, source.inet6.level),
    ...Object.entries(errno),
  ];
}

/** Whether it is a number under the name that the headers give it, rather than one of our own. */
function isNamed(entry: [string, unknown]): entry is [string, number] {
  return /^[A-Z]/.test(entry[0]) && typeof entry[1] === 'number';
}

/** The value that a source has for a name, or undefined. */
function valueIn(source: ReadonlyMap<string, number>, name: string): number | undefined {
  const parts = name.split('|').map((part) => source.get(part));
  return parts.reduce((all, part) => (all === undefined || part === undefined ? undefined : all | part));
}

describe.each(PLATFORMS)('the constants of %s on %s', (system, architecture) => {
  const constants = constantsFor(system, architecture);
  const all = named(system, constants);

  it('are those of the headers', needs(noGoHeaders, noRustHeaders), () => {
    const sources = [goConstants(system, architecture), rustConstants(system, architecture)];
    const cited = CITED[system];
    const expected = all.map(([name]) => {
      const values = sources.map((source) => valueIn(source, name)).filter((value) => value !== undefined);
      const [value = cited[name]?.number, other = value] = values;
      return [name, value === other ? (value ?? 'in no source') : `${value} or ${other}`];
    });
    expect(all).toEqual(expected);
  });

  it('say how a socket name is laid out', needs(noGoHeaders, noRustHeaders), () => {
    const { sockaddr } = constants;
    const inet = goStructure(system, architecture, 'RawSockaddrInet4');
    const inet6 = goStructure(system, architecture, 'RawSockaddrInet6');
    expect(sockaddr.lengthByte).toBe(inet.has('Len'));
    const name = { address: '192.168.5.130', port: 0x0424 };
    const name6 = { address: 'fd00:5::130', port: 0x0424, scope: 0x0102_0304 };
    const four = encodeSockaddr(sockaddr, 'inet', name);
    const six = encodeSockaddr(sockaddr, 'inet6', name6);
    const reads = (fields: ReturnType<typeof goStructure>, field: string, bytes: Buffer) => {
      const { at = 0, size = 0 } = fields.get(field) ?? {};
      return bytes.subarray(at, at + size).toString('hex');
    };
    const host = (number: number, fields: typeof inet) =>
      fields.get('Family')?.size === 1 ? hex(number, 1) : hex(number, 2).match(/../g)?.toReversed().join('');
    expect(reads(inet, 'Family', four)).toBe(host(sockaddr.AF_INET, inet));
    expect(reads(inet, 'Port', four)).toBe('0424');
    expect(reads(inet, 'Addr', four)).toBe('c0a80582');
    expect(reads(inet6, 'Family', six)).toBe(host(sockaddr.AF_INET6, inet6));
    expect(reads(inet6, 'Port', six)).toBe('0424');
    expect(reads(inet6, 'Addr', six)).toBe('fd000005000000000000000000000130');
    expect(reads(inet6, 'Scope_id', six)).toBe('04030201');
    expect(four).toHaveLength(endOf(inet));
    expect(six).toHaveLength(endOf(inet6));
    if (sockaddr.lengthByte) expect([reads(inet, 'Len', four), reads(inet6, 'Len', six)]).toEqual(['10', '1c']);
  });

  it('say how a message and its control messages are laid out', needs(noGoHeaders, noRustHeaders), () => {
    const msghdr = goStructure(system, architecture, 'Msghdr');
    const at = Object.fromEntries([...msghdr].map(([name, field]) => [name.toLowerCase(), field.at]));
    expect(at).toMatchObject({ ...MSGHDR, flags: constants.msgFlagsAt });
    const cmsghdr = goStructure(system, architecture, 'Cmsghdr');
    const { cmsgLength, cmsgAlign } = constants;
    expect([cmsghdr.get('Len')?.size, cmsghdr.get('Level')?.at, cmsghdr.get('Type')?.at]).toEqual([
      cmsgLength,
      cmsgLength,
      cmsgLength + 4,
    ]);
    // IP_RECVDSTADDR delivers only an in_addr.
    const offsets = NAMES[system].destination.map((name) => {
      if (name === 'IP_RECVDSTADDR') return 0;
      const structure = name === 'IP_PKTINFO' ? 'Inet4Pktinfo' : 'Inet6Pktinfo';
      return goStructure(system, architecture, structure).get('Addr')?.at;
    });
    expect(constants.destination.map(({ offset }) => offset)).toEqual(offsets);
    // Linux aligns them to a size_t. Only its C headers say so; see below.
    if (system === 'linux') return;
    const rust = rustConstants(system, architecture);
    expect(cmsgAlign).toBe((rust.get('_ALIGNBYTES') ?? rust.get('__DARWIN_ALIGNBYTES32') ?? Number.NaN) + 1);
  });

  it('find the destination of a datagram among its control messages', () => {
    const { cmsgAlign, cmsgLength, destination } = constants;
    const header = Math.ceil((cmsgLength + 8) / cmsgAlign) * cmsgAlign;
    const message = (level: number, type: number, data: Buffer) => {
      const bytes = Buffer.alloc(Math.ceil((header + data.length) / cmsgAlign) * cmsgAlign);
      bytes.writeUInt32LE(header + data.length, 0);
      bytes.writeInt32LE(level, cmsgLength);
      bytes.writeInt32LE(type, cmsgLength + 4);
      data.copy(bytes, header);
      return bytes;
    };
    const other = message(7, 99, Buffer.from([1, 2, 3]));
    for (const { level, type, family, offset } of destination) {
      const address = family === 'inet' ? 'c0a80582' : 'fd000005000000000000000000000130';
      const data = Buffer.from(`${'00'.repeat(offset)}${address}`, 'hex');
      const control = Buffer.concat([other, message(level, type, data), Buffer.alloc(64)]);
      const end = control.length - 64;
      expect(destinationIn(constants, controlsIn(constants, control, end))?.to).toBe(
        family === 'inet' ? '192.168.5.130' : 'fd00:5::130',
      );
      expect(destinationIn(constants, controlsIn(constants, control, other.length))).toBeNull();
    }
  });

  it('name errors as the manual pages of bind and connect do, one name a number', () => {
    const names = errnoNames(constants.errno, {});
    expect(names.size).toBe(Object.keys(constants.errno).length);
    expect(names.get(constants.errno.EAGAIN)).toBe('EAGAIN');
    expect(names.get(constants.errno.EOPNOTSUPP)).toBe('EOPNOTSUPP');
  });
});

const noSystem: Lack | null =
  process.platform in NAMES
    ? null
    : { need: 'system', reason: `there are no constants of ${process.platform} here`, enable: null };
/** Names that the C headers of this system may lack: the kernel's own names, and private ones. */
const NOT_IN_C = /^(BPF_|TCPS_|SO_REUSESHAREUID$|IP_LOCAL_PORT_RANGE$)/;

describe('the constants of the system that this runs on', () => {
  it('are those of its C headers', needs(noSystem, noCompiler), async () => {
    const constants = constantsFor(process.platform, process.arch);
    const all = named(process.platform as System, constants).map(
      ([name, number]) => [name.replaceAll('|', ' | '), number] as const,
    );
    const layout = {
      'offsetof(struct msghdr, msg_name)': MSGHDR.name,
      'offsetof(struct msghdr, msg_namelen)': MSGHDR.namelen,
      'offsetof(struct msghdr, msg_iov)': MSGHDR.iov,
      'offsetof(struct msghdr, msg_iovlen)': MSGHDR.iovlen,
      'offsetof(struct msghdr, msg_control)': MSGHDR.control,
      'offsetof(struct msghdr, msg_controllen)': MSGHDR.controllen,
      'offsetof(struct msghdr, msg_flags)': constants.msgFlagsAt,
      'offsetof(struct cmsghdr, cmsg_level)': constants.cmsgLength,
      'CMSG_SPACE(1) - CMSG_SPACE(0)': constants.cmsgAlign,
      'sizeof(struct sockaddr_in)': 16,
      'sizeof(struct sockaddr_in6)': 28,
      'offsetof(struct sockaddr_in, sin_addr)': 4,
      'offsetof(struct sockaddr_in6, sin6_addr)': 8,
      'offsetof(struct sockaddr_in6, sin6_scope_id)': 24,
    };
    const wanted = new Map<string, number>([...all, ...Object.entries(layout)]);
    const values = await cValues([...wanted.keys()]);
    for (const name of wanted.keys()) if (!values.has(name) && NOT_IN_C.test(name)) wanted.delete(name);
    expect(values).toEqual(wanted);
  });

  it("agree with Node's own numbers of errors", needs(noSystem), () => {
    const constants = constantsFor(process.platform, process.arch);
    const node: Readonly<Record<string, number>> = os.constants.errno;
    const both = Object.entries(constants.errno).filter(([name]) => node[name] !== undefined);
    expect(both.length).toBeGreaterThan(30);
    expect(both).toEqual(both.map(([name]) => [name, node[name]]));
  });
});

it('the system has the first word on the name of an error, and Node on those that the system leaves out', () => {
  const names = errnoNames({ EAGAIN: 11, ESHUTDOWN: 108 }, { ENOENT: 2, EWOULDBLOCK: 11 });
  expect([...names].toSorted(([a], [b]) => a - b)).toEqual([
    [2, 'ENOENT'],
    [11, 'EAGAIN'],
    [108, 'ESHUTDOWN'],
  ]);
});

it('there are none for NetBSD, and it is said why', () => {
  expect(() => constantsFor('netbsd', 'x64')).toThrow('koffi, which makes the system calls, comes without a build');
});

function hex(number: number, bytes: number): string {
  return number.toString(16).padStart(bytes * 2, '0');
}

function endOf(fields: ReturnType<typeof goStructure>): number {
  return Math.max(...[...fields.values()].map(({ at, size }) => at + size));
}
