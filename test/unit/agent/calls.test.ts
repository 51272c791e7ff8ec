import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { constantsFor } from '../../../src/agent/native/constants.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import type { Operation, OperationName, Result } from '../../../src/protocol/messages.ts';
import type { GroupMembership, GroupSource, OptionName, OptionSetting } from '../../../src/protocol/options.ts';
import { paced } from '../../../src/process/pace.ts';
import { AGENT, LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { needs, noStrace } from '../../support/needs.ts';

/** How long to wait for an event that should happen, in milliseconds. */
const LONG = paced(10_000);

const number = (value: number) => ({ value });
const group: GroupMembership = { group: '239.1.2.3', interface: '127.0.0.1' };
const source: GroupSource = { group: '232.1.2.3', interface: '127.0.0.1', source: '127.0.0.9' };
const group6: GroupMembership = { group: 'ff01::1:2', interface: 1 };

/** A value for every option, so that the compiler requires one here for a new option of the protocol too. */
const VALUES = {
  SO_ACCEPTCONN: number(1),
  SO_BINDANY: number(1),
  SO_BINDTODEVICE: { value: 'lo' },
  SO_BROADCAST: number(1),
  SO_DOMAIN: number(1),
  SO_DONTROUTE: number(1),
  SO_ERROR: number(0),
  SO_EXCLUSIVEADDRUSE: number(1),
  SO_INCOMING_CPU: number(0),
  SO_KEEPALIVE: number(1),
  SO_LINGER: { value: { on: true, seconds: 5 } },
  SO_MARK: number(7),
  SO_PROTOCOL: number(6),
  SO_RCVBUF: number(4096),
  SO_RCVTIMEO: number(1500),
  SO_REUSEADDR: number(1),
  SO_REUSEPORT: number(1),
  SO_REUSEPORT_LB: number(1),
  SO_REUSESHAREUID: number(1),
  SO_SNDBUF: number(4096),
  SO_SNDTIMEO: number(2500),
  SO_TYPE: number(1),
  IP_ADD_MEMBERSHIP: { value: group },
  IP_ADD_SOURCE_MEMBERSHIP: { value: source },
  IP_BINDANY: number(1),
  IP_BIND_ADDRESS_NO_PORT: number(1),
  IP_BLOCK_SOURCE: { value: source },
  IP_BOUND_IF: number(1),
  IP_DROP_MEMBERSHIP: { value: group },
  IP_FREEBIND: number(1),
  IP_LOCAL_PORT_RANGE: number(40_000 + 41_000 * 65_536),
  IP_MTU: number(1500),
  IP_MTU_DISCOVER: number(2),
  IP_MULTICAST_ALL: number(0),
  IP_MULTICAST_IF: { value: '127.0.0.1' },
  IP_MULTICAST_LOOP: number(0),
  IP_MULTICAST_TTL: number(3),
  IP_PKTINFO: number(1),
  IP_PORTRANGE: number(1),
  IP_RECVDSTADDR: number(1),
  IP_RECVERR: number(1),
  IP_TRANSPARENT: number(1),
  IP_TTL: number(9),
  IP_UNICAST_IF: number(1),
  IPV6_BINDANY: number(1),
  IPV6_BOUND_IF: number(1),
  IPV6_FREEBIND: number(1),
  IPV6_JOIN_GROUP: { value: group6 },
  IPV6_LEAVE_GROUP: { value: group6 },
  IPV6_MTU: number(1280),
  IPV6_MTU_DISCOVER: number(2),
  IPV6_MULTICAST_ALL: number(0),
  IPV6_MULTICAST_HOPS: number(3),
  IPV6_MULTICAST_IF: number(1),
  IPV6_MULTICAST_LOOP: number(0),
  IPV6_PORTRANGE: number(1),
  IPV6_RECVERR: number(1),
  IPV6_RECVPKTINFO: number(1),
  IPV6_TRANSPARENT: number(1),
  IPV6_UNICAST_HOPS: number(9),
  IPV6_UNICAST_IF: number(1),
  IPV6_V6ONLY: number(1),
  TCP_DEFER_ACCEPT: number(1),
  TCP_FASTOPEN: number(4),
  TCP_LINGER2: number(5),
  TCP_QUICKACK: number(1),
  TCP_NODELAY: number(1),
  SIO_UDP_CONNRESET: number(0),
} satisfies { [Name in OptionName]: { value: ValueOf<Name, OptionSetting> } };
type ValueOf<Name, Setting> = Setting extends { option: infer Options; value: infer Value }
  ? Name extends Options
    ? Value
    : never
  : never;
const OPTIONS = Object.keys(VALUES) as OptionName[];

const udp = (as: string): Operation => ({ op: 'socket', as, family: 'inet', type: 'dgram' });
const tcp = (as: string): Operation => ({ op: 'socket', as, family: 'inet', type: 'stream' });
const bind = (on: string, port: number): Operation => ({ op: 'bind', on, address: '127.0.0.1', port });
const connect = (on: string, port: number): Operation => ({
  op: 'connect',
  on,
  address: '127.0.0.1',
  port,
  within: LONG,
});
const listener: Operation[] = [tcp('l'), bind('l', 4001), { op: 'listen', on: 'l' }];
const connected: Operation[] = [...listener, tcp('c'), connect('c', 4001)];
const heard: Operation[] = [
  udp('a'),
  bind('a', 4001),
  udp('b'),
  { op: 'send', on: 'b', data: 'x', to: { address: '127.0.0.1', port: 4001 } },
];
const started: Operation = { op: 'spawn', as: 'p', command: 'sleep', args: ['3600'] };
const bound = { family: 'inet', type: 'stream', options: [['SO_REUSEADDR', 1]], bind: '127.0.0.1', listen: 1 } as const;
const batch: Operation = {
  op: 'batch',
  as: 'ls',
  kinds: [{ ...bound, options: [['SO_REUSEADDR', 1]] }],
  sockets: [0, 4002, 0, 4003],
};
const callers: Operation = {
  op: 'batch',
  as: 'cs',
  kinds: [{ family: 'inet', type: 'stream', options: [], connect: { address: '127.0.0.1' } }],
  sockets: [0, 4002, 0, 4003],
};

interface Called {
  /** The operations that have to be done before. */
  before?: Operation[];
  asks: Operation[];
  /** How often each call is made, by the beginning of strace's line. */
  makes: readonly (readonly [call: RegExp, times: number])[];
}

/** The calls that each operation makes; the compiler requires an entry for a new operation of the protocol too. */
const CALLED: Record<Exclude<OperationName, 'die'>, Called> = {
  socket: {
    asks: [udp('a'), { op: 'socket', as: 'b', family: 'inet6', type: 'stream' }],
    makes: [
      [/^socket\(AF_INET, SOCK_DGRAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK, /, 1],
      [/^socket\(AF_INET6, SOCK_STREAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK, /, 1],
    ],
  },
  'stand-in': {
    asks: [
      { op: 'stand-in', as: 'a', of: 'file' },
      { op: 'stand-in', as: 'b', of: 'nothing' },
      bind('b', 4001),
      { ...connect('a', 4001), form: { nowhere: true } } as Operation,
    ],
    makes: [
      [/^openat\(.*"\/dev\/null", O_RDWR/, 1],
      [/^bind\(-1, .*htons\(4001\).* = -1 EBADF/, 1],
      [/^connect\(\d+, NULL, 16\) += -1 EFAULT/, 1],
    ],
  },
  setsockopt: {
    before: [udp('a')],
    asks: [
      { op: 'setsockopt', on: 'a', option: 'SO_REUSEADDR', value: 1 },
      { op: 'setsockopt', on: 'a', option: 'SO_LINGER', value: { on: true, seconds: 7 } },
      { op: 'setsockopt', on: 'a', option: 'SO_RCVTIMEO', value: 1500 },
      { op: 'setsockopt', on: 'a', option: 'IP_ADD_MEMBERSHIP', value: group },
      { op: 'setsockopt', on: 'a', option: 'SO_BINDTODEVICE', value: 'lo' },
      { op: 'setsockopt', on: 'a', option: 'SO_EXCLUSIVEADDRUSE', value: 1 },
    ],
    makes: [
      [/^setsockopt\(\d+, SOL_SOCKET, SO_REUSEADDR, \[1\], 4\)/, 1],
      [/^setsockopt\(\d+, SOL_SOCKET, SO_LINGER, \{l_onoff=1, l_linger=7\}, 8\)/, 1],
      [
        /^setsockopt\(\d+, SOL_SOCKET, SO_RCVTIMEO\w*, .*\\1\\0\\0\\0\\0\\0\\0\\0 \\241\\7|^setsockopt\(\d+, SOL_SOCKET, SO_RCVTIMEO\w*, .*16\)/,
        1,
      ],
      [/^setsockopt\(\d+, SOL_IP, IP_ADD_MEMBERSHIP, \{imr_multiaddr=.*239\.1\.2\.3.*127\.0\.0\.1/, 1],
      [/^setsockopt\(\d+, SOL_SOCKET, SO_BINDTODEVICE, "lo\\0", 3\)/, 1],
      [/^setsockopt\(/, 5],
    ],
  },
  getsockopt: {
    before: [udp('a')],
    asks: [
      { op: 'getsockopt', on: 'a', option: 'SO_TYPE' },
      { op: 'getsockopt', on: 'a', option: 'SO_EXCLUSIVEADDRUSE' },
    ],
    makes: [
      [/^getsockopt\(\d+, SOL_SOCKET, SO_TYPE, \[2\]/, 1],
      [/^getsockopt\(/, 1],
    ],
  },
  bind: { before: [udp('a')], asks: [bind('a', 4001)], makes: [[/^bind\(\d+, .*htons\(4001\).*"127\.0\.0\.1"/, 1]] },
  listen: {
    before: [tcp('l'), bind('l', 4001)],
    asks: [{ op: 'listen', on: 'l', backlog: 3 }],
    makes: [[/^listen\(\d+, 3\)/, 1]],
  },
  accept: {
    before: connected,
    asks: [{ op: 'accept', on: 'l', as: 's', within: LONG }],
    makes: [
      [/^accept4\(.*SOCK_CLOEXEC\|SOCK_NONBLOCK\) = \d/, 1],
      [/^getpeername\(/, 1],
    ],
  },
  connect: {
    before: [...listener, tcp('c')],
    asks: [connect('c', 4001)],
    makes: [
      [/^connect\(\d+, .*htons\(4001\)/, 1],
      [/^getsockopt\(\d+, SOL_SOCKET, SO_ERROR, \[0\]/, 1],
    ],
  },
  disconnect: {
    before: [udp('a'), connect('a', 4001)],
    asks: [{ op: 'disconnect', on: 'a' }],
    makes: [[/^connect\(\d+, \{sa_family=AF_UNSPEC/, 1]],
  },
  send: {
    before: [udp('a'), connect('a', 4001)],
    asks: [
      { op: 'send', on: 'a', data: 'one' },
      { op: 'send', on: 'a', data: 'two', to: { address: '127.0.0.1', port: 4002 } },
      { op: 'send', on: 'a', data: 'six', from: { address: '127.0.0.1' }, flags: ['MSG_DONTROUTE'] },
    ],
    makes: [
      [/^sendto\(\d+, "one", 3, MSG_NOSIGNAL, NULL, 0\)/, 1],
      [/^sendto\(\d+, "two", 3, MSG_NOSIGNAL, .*htons\(4002\)/, 1],
      [/^sendmsg\(\d+, .*"six".*IP_PKTINFO.*MSG_DONTROUTE\|MSG_NOSIGNAL/, 1],
    ],
  },
  recv: {
    before: heard,
    asks: [
      { op: 'recv', on: 'a', within: LONG, flags: ['MSG_PEEK'] },
      { op: 'recv', on: 'a', within: LONG },
    ],
    makes: [
      [/^recvmsg\(\d+, .*, MSG_PEEK\) = 1$/, 1],
      [/^recvmsg\(\d+, .*, 0\) = 1$/, 1],
    ],
  },
  burst: {
    asks: [{ op: 'burst', family: 'inet', to: { address: '127.0.0.1', port: 4009 }, count: 3, from: '127.0.0.2' }],
    makes: [
      [/^socket\(AF_INET, SOCK_DGRAM/, 3],
      [/^bind\(\d+, .*htons\(0\).*"127\.0\.0\.2"/, 3],
      [/^sendto\(\d+, "x", 1, MSG_NOSIGNAL, .*htons\(4009\)/, 3],
      [/^close\(/, 3],
    ],
  },
  drain: {
    before: heard,
    asks: [{ op: 'drain', on: 'a' }],
    makes: [
      [/^recv(from|msg)\(\d+, .* = 1$/, 1],
      [/^recv(from|msg)\(\d+, .*EAGAIN/, 1],
    ],
  },
  'probe-send': {
    asks: [
      {
        op: 'probe-send',
        sources: [{ address: '127.0.0.2', port: 4006 }],
        targets: ['127.0.0.1'],
        ports: [4002, 4003],
        probes: [0, 0, 0, 2],
        mark: 7,
      },
    ],
    makes: [
      [/^bind\(\d+, .*htons\(4006\).*"127\.0\.0\.2"/, 1],
      [/^connect\(\d+, .*htons\(400[23]\).*"127\.0\.0\.1"/, 2],
      [/^sendto\(\d+, "[\\]7\\0\\0\\0", 4, MSG_NOSIGNAL, NULL, 0\)/, 1],
      [/^recvfrom\(\d+, .* = -1 ECONNREFUSED/, 2],
    ],
  },
  'probe-drain': {
    before: [
      {
        op: 'batch',
        as: 'us',
        kinds: [{ family: 'inet', type: 'dgram', options: [], bind: '127.0.0.1' }],
        sockets: [0, 4002],
      },
      {
        op: 'probe-send',
        sources: [{ address: '127.0.0.1', port: 0 }],
        targets: ['127.0.0.1'],
        ports: [4002],
        probes: [0, 0, 0, 1],
        mark: 1,
      },
    ],
    asks: [{ op: 'probe-drain', on: 'us' }],
    makes: [
      [/^recvfrom\(\d+, "[\\]1\\0\\0\\0", 4, 0, NULL, NULL\) = 4$/, 1],
      [/^recvfrom\(\d+, .* = -1 EAGAIN/, 1],
    ],
  },
  'probe-connect': {
    before: [batch],
    asks: [
      {
        op: 'probe-connect',
        as: 'ps',
        sources: [{ address: '127.0.0.2', port: 0 }],
        targets: ['127.0.0.1'],
        ports: [4002],
        probes: [0, 0, 0, 1],
        open: 4003,
        within: LONG,
      },
    ],
    makes: [
      [/^setsockopt\(\d+, SOL_IP, IP_BIND_ADDRESS_NO_PORT, \[1\], 4\)/, 1],
      [/^bind\(\d+, .*htons\(0\).*"127\.0\.0\.2"/, 1],
      [/^connect\(\d+, .*htons\(4002\)/, 1],
      [/^poll\(\[\{fd=\d+, events=POLLIN\|POLLOUT\}\], 1, 0\) = 1 .*revents=POLLOUT/, 1],
      [/^getsockname\(/, 1],
    ],
  },
  'probe-answer': {
    before: [batch, callers],
    asks: [{ op: 'probe-answer', on: 'ls' }],
    makes: [
      [/^accept4\(\d+, \{sa_family=AF_INET, .*SOCK_CLOEXEC\|SOCK_NONBLOCK\) = \d/, 2],
      [/^setsockopt\(\d+, SOL_SOCKET, SO_LINGER, \{l_onoff=1, l_linger=0\}, 8\)/, 2],
    ],
  },
  'probe-settle': {
    before: [
      batch,
      {
        op: 'probe-connect',
        as: 'ps',
        sources: [{ address: '127.0.0.1', port: 0 }],
        targets: ['127.0.0.1'],
        ports: [4002],
        probes: [0, 0, 0, 1],
        open: 4003,
        within: LONG,
      },
    ],
    asks: [{ op: 'probe-settle', on: 'ps', ask: [0] }],
    makes: [
      [/^getsockopt\(\d+, SOL_SOCKET, SO_ERROR, \[0\]/, 1],
      [/^connect\(\d+, \{sa_family=AF_UNSPEC, .* = 0$/, 1],
    ],
  },
  dup: { before: [udp('a')], asks: [{ op: 'dup', on: 'a', as: 'b' }], makes: [[/^dup\(\d+\) += \d+$/, 1]] },
  give: {
    before: [udp('a')],
    asks: [{ op: 'give', on: 'a', name: 'no-one-takes', within: 0 }],
    makes: [[/^sendmsg\(.*sun_path=@"no-one-takes".*SCM_RIGHTS.* = -1 ECONNREFUSED/, 1]],
  },
  take: {
    before: [],
    asks: [{ op: 'take', as: 'b', name: 'no-one-gives', within: 1 }],
    makes: [[/^bind\(\d+, \{sa_family=AF_UNIX, sun_path=@"no-one-gives"/, 1]],
  },
  descriptor: { before: [udp('a')], asks: [{ op: 'descriptor', on: 'a' }], makes: [] },
  fetch: {
    asks: [{ op: 'fetch', as: 'a', pid: process.pid, descriptor: 9999 }],
    // In the agent's own namespace, perhaps no process has the number; then the operation ends after this call.
    makes: [[/^pidfd_open\(/, 1]],
  },
  inspect: {
    asks: [{ op: 'inspect', pid: process.pid, descriptor: 9999, inode: 1, options: ['SO_REUSEADDR'] }],
    // As for fetch.
    makes: [[/^pidfd_open\(/, 1]],
  },
  'kernel-sockets': {
    asks: [{ op: 'kernel-sockets', protocol: 'udp', family: 'inet', port: 53 }],
    makes: [
      [/^socket\(AF_NETLINK, SOCK_RAW\|SOCK_CLOEXEC, NETLINK_SOCK_DIAG\)/, 1],
      [/^close\(\d+\) += 0/, 1],
    ],
  },
  resolve: { asks: [{ op: 'resolve', name: 'localhost' }], makes: [[/^openat\(.*"\/etc\/hosts"/, 1]] },
  interface: { asks: [{ op: 'interface', device: 'lo' }], makes: [[/^ioctl\(\d+, SIOCGIFINDEX, \{ifr_name="lo"/, 1]] },
  write: {
    asks: [{ op: 'write', path: '/proc/sys/net/ipv4/ip_unprivileged_port_start', data: '80' }],
    makes: [[/^openat\(.*ip_unprivileged_port_start", O_WRONLY/, 1]],
  },
  getsockname: { before: [udp('a')], asks: [{ op: 'getsockname', on: 'a' }], makes: [[/^getsockname\(/, 1]] },
  getpeername: { before: [udp('a')], asks: [{ op: 'getpeername', on: 'a' }], makes: [[/^getpeername\(/, 1]] },
  shutdown: {
    before: connected,
    asks: [{ op: 'shutdown', on: 'c', how: 'write' }],
    makes: [[/^shutdown\(\d+, SHUT_WR\)/, 1]],
  },
  close: {
    before: [...connected, udp('a')],
    asks: [
      { op: 'close', on: 'a' },
      { op: 'close', on: 'c', reset: true },
    ],
    makes: [
      [/^close\(\d+\) += 0/, 2],
      [/^setsockopt\(\d+, SOL_SOCKET, SO_LINGER, \{l_onoff=1, l_linger=0\}, 8\)/, 1],
    ],
  },
  poll: {
    before: heard,
    asks: [{ op: 'poll', on: ['a'], within: LONG }],
    // This is how libuv itself waits; some of its versions do not make a call for each descriptor.
    makes: [[/^recvmsg\(/, 0]],
  },
  serve: {
    before: [udp('a'), bind('a', 4001), udp('b')],
    asks: [
      { op: 'serve', on: 'a', name: 'a' },
      { op: 'send', on: 'b', data: 'xyz', to: { address: '127.0.0.1', port: 4001 } },
      { op: 'recv', on: 'b', within: LONG },
    ],
    makes: [
      [/^recvmsg\(\d+, .* = 3$/, 1],
      [/^sendto\(\d+, "a: Your data was 3 bytes"/, 1],
    ],
  },
  served: {
    before: [udp('a'), bind('a', 4001), { op: 'serve', on: 'a', name: 'a' }],
    asks: [{ op: 'served', on: 'a' }],
    makes: [],
  },
  spawn: { asks: [started], makes: [[/^(clone3?|v?fork)\(/, 1]] },
  output: { before: [started], asks: [{ op: 'output', on: 'p' }], makes: [] },
  kill: { before: [started], asks: [{ op: 'kill', on: 'p' }], makes: [[/^kill\(\d+, SIGKILL\) += 0/, 1]] },
  read: { asks: [{ op: 'read', path: '/proc/net/udp' }], makes: [[/^openat\(.*"\/proc\/net\/udp"/, 1]] },
  batch: {
    asks: [batch],
    makes: [
      [/^socket\(/, 2],
      [/^setsockopt\(\d+, SOL_SOCKET, SO_REUSEADDR, \[1\], 4\)/, 2],
      [/^bind\(/, 2],
      [/^listen\(\d+, 1\)/, 2],
    ],
  },
  'batch-accept': {
    before: [batch, callers],
    asks: [{ op: 'batch-accept', on: 'ls', within: LONG }],
    makes: [
      [/^accept4\(.* = \d+$/, 2],
      [/^close\(/, 2],
    ],
  },
  'batch-take': {
    before: connected,
    asks: [{ op: 'batch-take', on: 'l', as: 't', count: 1, within: LONG }],
    makes: [[/^accept4\(.* = \d+$/, 1]],
  },
  'batch-await': {
    before: [batch, callers],
    asks: [{ op: 'batch-await', on: 'cs', state: 'ESTABLISHED', within: LONG }],
    makes: [[/^getsockopt\(\d+, SOL_TCP, TCP_INFO, /, 2]],
  },
  'batch-close': { before: [batch], asks: [{ op: 'batch-close', on: 'ls', how: 'close' }], makes: [[/^close\(/, 2]] },
  reset: {
    before: [udp('a'), udp('b')],
    asks: [{ op: 'reset' }],
    makes: [
      [/^close\(\d+\) += 0/, 2],
      // The operation looks at every descriptor that may be open.
      [/^getsockname\(0, /, 1],
    ],
  },
};

const TRACED = 'trace=%network,openat,close,kill,clone,clone3,fork,vfork,dup,ioctl,poll,ppoll,pidfd_open,pidfd_getfd';

/**
 * Runs an agent under strace and has it do operations in groups. Returns the outcomes of each group, and the lines of the
 * calls that the agent made meanwhile. Before each group it reads a file that does not exist, which the trace shows.
 */
async function traced(groups: readonly (readonly [name: string, operations: readonly Operation[]])[]) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-calls-'));
  const file = path.join(folder, 'trace');
  try {
    const { agent } = await AgentProcess.start({
      command: [...LOOPBACK_ONLY, 'strace', '-f', '-qq', '-s', '64', '-o', file, '-e', TRACED, process.execPath, AGENT],
      title: 'the agent under strace',
    });
    const results = new Map<string, Result[]>();
    try {
      for (const [name, operations] of groups) {
        const marks: Operation[] = [{ op: 'read', path: mark(name) }, ...operations, { op: 'read', path: mark('') }];
        results.set(name, (await agent.ask(marks, false)).slice(1, -1));
      }
    } finally {
      // The agent kills itself, and that ends strace too.
      await agent.kill();
    }
    const all = callsOf(readFileSync(file, 'utf8'));
    // What it starts, and threads that collect garbage, make calls of their own. A host name is looked up in such a thread.
    const own = (name: string) => all.filter(({ thread }) => name === 'resolve' || thread === all[0]?.thread);
    const text = all.map(({ call }) => call).join('\n');
    const lines = new Map(
      groups.map(([name]) => [
        name,
        between(
          own(name)
            .map(({ call }) => call)
            .join('\n'),
          mark(name),
          mark(''),
        ),
      ]),
    );
    return { results, lines, killed: /^kill\(\d+, SIGKILL/m.test(text.slice(text.lastIndexOf(mark('')))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The calls in what strace wrote, each with its thread. One that was interrupted by a call of another thread is in two parts there. */
function callsOf(text: string): { thread: string; call: string }[] {
  const begun = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, first] = /^(.*?) *<unfinished \.\.\.>$/.exec(call) ?? [];
    if (first !== undefined) {
      begun.set(thread, first);
      return [];
    }
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(call) ?? [];
    return thread === '' ? [] : [{ thread, call: rest === undefined ? call : `${begun.get(thread) ?? ''}${rest}` }];
  });
}

function mark(name: string): string {
  return `/nowhere/${name}/`;
}

function between(text: string, from: string, to: string): string[] {
  const begin = text.indexOf(`"${from}"`);
  if (begin < 0) throw new Error(`strace did not see ${from}`);
  const rest = text.slice(begin, text.indexOf(`"${to}"`, begin));
  return rest.split('\n').slice(1, -1);
}

describe('an agent under strace', needs(noNamespaces, noStrace), () => {
  it('asks the system for every option that it has a number for, and for no other', { timeout: LONG * 6 }, async () => {
    const { options } = constantsFor(process.platform, process.arch);
    const ask = (on: string, option: OptionName): Operation[] => [
      { op: 'setsockopt', on, option, ...VALUES[option] } as Operation,
      { op: 'getsockopt', on, option },
    ];
    const { results, lines } = await traced([
      ['sockets', [tcp('inet'), { op: 'socket', as: 'inet6', family: 'inet6', type: 'dgram' }]],
      ...OPTIONS.map((option) => [option, ask(option.startsWith('IPV6') ? 'inet6' : 'inet', option)] as const),
    ]);
    for (const option of OPTIONS) {
      const known = options[option];
      const made = lines.get(option) ?? [];
      const answers = results.get(option) ?? [];
      if (known === null) {
        expect([option, made]).toEqual([option, []]);
        expect([option, ...answers.map(({ outcome, errno }) => [outcome, errno])]).toEqual([
          option,
          ['not available here', undefined],
          ['not available here', undefined],
        ]);
        continue;
      }
      expect([option, made.map((line) => line.split('(')[0])]).toEqual([option, ['setsockopt', 'getsockopt']]);
      for (const [index, line] of made.entries()) {
        expect(line).toMatch(asked(option, known));
        // The agent reports what the system returned.
        const returned = / = -1 (\w+)/.exec(line)?.[1] ?? 'ok';
        expect([option, answers[index]?.outcome]).toEqual([option, returned]);
      }
    }
    // Options that Linux has, and that agents once did not know, are really set.
    for (const option of ['IP_FREEBIND', 'IP_BIND_ADDRESS_NO_PORT', 'IP_TTL', 'SO_KEEPALIVE'] as const) {
      expect(results.get(option)).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok', value: VALUES[option].value }]);
    }
    expect(results.get('SO_RCVTIMEO')?.[1]).toMatchObject({ value: 1500 });
    expect(results.get('SO_LINGER')?.[1]).toMatchObject({ value: { on: true, seconds: 5 } });
  });

  it('makes the calls of every operation', { timeout: LONG * 6 }, async () => {
    const names = Object.keys(CALLED) as (keyof typeof CALLED)[];
    const { results, lines, killed } = await traced(
      names.flatMap((name) => [
        [`before ${name}`, [{ op: 'reset' }, ...(CALLED[name].before ?? [])]] as const,
        [name, CALLED[name].asks] as const,
      ]),
    );
    for (const name of names) {
      const made = lines.get(name) ?? [];
      const failed = (results.get(`before ${name}`) ?? []).filter(({ outcome }) => outcome !== 'ok');
      expect([name, failed]).toEqual([name, []]);
      const counts = CALLED[name].makes.map(([call]) => [call, made.filter((line) => call.test(line)).length]);
      expect([name, counts, made]).toEqual([name, CALLED[name].makes, made]);
      if (CALLED[name].makes.length === 0) expect([name, made]).toEqual([name, []]);
    }
    expect(killed).toBe(true);
  });
});

/** How strace shows the level and the name of an option; one that is newer than strace is shown by its number. */
function asked(option: OptionName, { level, number: value }: { level: number; number: number }): RegExp {
  const levels: Readonly<Record<string, string>> = { SO: 'SOL_SOCKET', IP: 'SOL_IP', IPV6: 'SOL_IPV6', TCP: 'SOL_TCP' };
  const name = levels[option.split('_')[0] ?? ''] ?? String(level);
  const other = option
    .replace('IPV6_JOIN_GROUP', 'IPV6_ADD_MEMBERSHIP')
    .replace('IPV6_LEAVE_GROUP', 'IPV6_DROP_MEMBERSHIP');
  const unnamed = String.raw`0x${value.toString(16)} /\* \w+\?* \*/`;
  return new RegExp(String.raw`^[gs]etsockopt\(\d+, ${name}, (${option}(_OLD)?|${other}|${unnamed}), `);
}
