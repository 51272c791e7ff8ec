import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { Unreadable } from '../../../src/explain/reader/unreadable.ts';

/** Where a public report is, what its author pasted (in part), and what the answer says of the cause that was found. */
type Report = readonly [where: string, pasted: string, answer: RegExp];

const IN_USE: readonly Report[] = [
  [
    'PocketMine/PocketMine-MP#1044',
    `[ERROR] A level 2 error happened: "socket_bind(): unable to bind address [10048]: Only one usage of each socket address (protocol/network address/port) is normally permitted.
" in "C:\\Users\\ThinkPad\\Desktop\\PocketMine-MP\\src\\network\\UDPSocket.php" at line 35
[ERROR] Couldn't bind to 0.0.0.0:19132`,
    /^In use: another socket has UDP port 19132.*netstat -ano -p UDP/,
  ],
  [
    'PocketMine/PocketMine-MP#1084',
    `"socket_bind(): unable to bind address [10048]: Only one usage of each socket address (protocol/network address/port) is normally permitted.
 " in "C:\\Users\\Riysu\\Desktop\\PocketMine-MP (0.8.1)\\src\\network\\UDPSocket.php" at line 35`,
    /^In use: another socket has a UDP port that the text does not name/,
  ],
  [
    'christgau/wsdd#160',
    `self.uc_send_socket.bind((self.address, WSD_UDP_PORT))
OSError: [Errno 48] Address already in use`,
    /^In use: another socket has a UDP port that the text does not name/,
  ],
  [
    'nanomsg/nanomsg#235',
    'Address already in use [98] (src/transports/tcp/btcp.c:378)',
    /^In use: another socket has a TCP port that the text does not name.*\(Linux and gVisor\)/,
  ],
  [
    'yrutschle/sslh#124',
    `sslh-select 1.17-2 started
bind:98:Address already in use
bind_peer:98:Address already in use`,
    /^In use: another socket has a TCP port that the text does not name.*\(Linux and gVisor\)/,
  ],
  [
    'syslog-ng/syslog-ng#1343',
    `bind(12, {sa_family=AF_INET, sin_port=htons(5140), sin_addr=inet_addr("0.0.0.0")}, 16) = -1 EADDRINUSE (Address already in use)
Error binding socket; addr='AF_INET(0.0.0.0:5140)', error='Address already in use (98)'`,
    /^In use: another socket has TCP port 5140.*\(Linux and gVisor\)/,
  ],
  [
    'Ysurac/openmptcprouter#3819',
    `Feb 24 09:38:47 mtcp-server ss-manager[253031]:  2025-02-24 09:38:47 INFO: try to bind interface: ::0, port: 65101
Feb 24 09:38:47 mtcp-server ss-manager[253031]:  2025-02-24 09:38:47 ERROR: bind: Address already in use`,
    /^In use: another socket has TCP port 65101/,
  ],
  [
    'wwbin2017/bailing#34',
    `Address already in use
Port 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.
On macOS, try disabling the 'AirPlay Receiver' service from System Preferences -> General -> AirDrop & Handoff.`,
    /^In use: another socket has TCP port 5000.*\(macOS\).*often AirPlay Receiver/,
  ],
  [
    'nginx/docker-nginx#220',
    'ERROR: for nginx_1  Cannot start service nginx: driver failed programming external connectivity on endpoint nginx_1 (575d): Error starting userland proxy: Bind for 0.0.0.0:80: unexpected error (Failure EADDRINUSE)',
    /^In use: another socket has TCP port 80.*ss -ltnp 'sport = :80'/,
  ],
  [
    'paunin/PostDock#123',
    'ERROR: for pgpool  Cannot start service pgpool: driver failed programming external connectivity on endpoint pgpool_1 (190a): Bind for 0.0.0.0:9898 failed: port is already allocated',
    /^In use: another socket has TCP port 9898.*docker ps --filter publish=9898/,
  ],
  [
    'KiaraGrouwstra/nix-config#45',
    `dnsmasq: failed to create listening socket for 127.0.0.1: Address already in use
$ sudo netstat -nlp | grep dnsmasq
tcp        0      0 0.0.0.0:53              0.0.0.0:*               LISTEN      1354/dnsmasq
tcp6       0      0 :::53                   :::*                    LISTEN      1354/dnsmasq
udp        0      0 0.0.0.0:53              0.0.0.0:*                           1354/dnsmasq`,
    /^Socket 3 is refused by Linux and gVisor with EADDRINUSE.*end the program of socket 1, dnsmasq \(pid 1354\); or give it another port\.$/,
  ],
  [
    'subspacecommunity/subspace#57',
    'dnsmasq: failed to create listening socket for port 53: Address already in use',
    /^In use: another socket has TCP or UDP port 53.*\(often systemd-resolved\)$/,
  ],
  [
    'davesteele/comitup#163',
    `dnsmasq: failed to create listening socket for port 53: Address already in use
udp        0      0 127.0.1.1:53            0.0.0.0:*                           0          22265       3056/dnsmasq
udp        0      0 0.0.0.0:5353            0.0.0.0:*                           110        7432        486/avahi-daemon: r`,
    /^Socket 2 .*dnsmasq \(pid 3056\)/,
  ],
  [
    'pi-hole/pi-hole#2606',
    'Jan 29 01:31:40 raspberrypi dnsmasq[5234]: dnsmasq: failed to bind DHCP server socket: Address already in use',
    /^In use: another socket has UDP port 67/,
  ],
  [
    'aspnet/HttpSysServer#429',
    `info: Microsoft.AspNetCore.Server.HttpSys.HttpSysListener[0]
      Listening on prefix: http://+:80/mysite/
Microsoft.AspNetCore.Server.HttpSys.HttpSysException (0x80004005): The process cannot access the file because it is being used by another process`,
    /^In use: another program has TCP port 80, or the same prefix of HTTP\.sys.*netsh http show servicestate/,
  ],
  [
    'dotnet/runtime#61303',
    'System.Net.HttpListenerException (32): The process cannot access the file because it is being used by another process.',
    /^In use: another program has a TCP port that the text does not name, or the same prefix of HTTP\.sys/,
  ],
  [
    'the message of the scheduler of Kubernetes for a hostPort',
    "Warning  FailedScheduling  0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    /^In use: another pod or service of the cluster.*kubectl get pods/,
  ],
  [
    'the message of Flask on macOS',
    `Address already in use
Port 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.
On macOS, try disabling the 'AirPlay Receiver' service from System Preferences -> General -> AirDrop & Handoff.`,
    /^In use: another socket has TCP port 5000.*lsof -nP -iTCP:5000 -sTCP:LISTEN \(often AirPlay Receiver\)$/,
  ],
];

const NOT_PERMITTED: readonly Report[] = [
  [
    'XX-net/XX-Net#13552',
    "2021-05-01 21:41:06.331 [x_tunnel][ERROR] bind to b'127.0.0.1':1080 fail:OSError(10013, '以一种访问权限不允许的方式做了 一个访问套接字的尝试。', None, 10013, None)",
    /^Not permitted: an excluded range has TCP port 1080.*netsh int ipv4 show excludedportrange/,
  ],
  [
    'microsoft/WSL#2007',
    'bind(7, {sa_family=AF_INET, sin_port=htons(1023), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EACCES (Permission denied)',
    /^Not permitted: port 1023 takes a privilege that the program does not have(?!.*Windows)/,
  ],
  [
    'lmstudio-ai/lmstudio-js#336',
    'Error starting server Error: listen EACCES: permission denied 127.0.0.1:1234\n\nLM Studio 0.3.16\nWindows 11',
    /^Not permitted: an excluded range has TCP port 1234.*netsh int ipv4 show excludedportrange/,
  ],
  [
    'punkpeye/mcp-remote#265',
    `Fatal error: Error: listen EACCES: permission denied 0.0.0.0:37210
{
  code: 'EACCES',
  errno: -4092,
  syscall: 'listen',
  address: '0.0.0.0',
  port: 37210
}`,
    /^Not permitted: an excluded range has TCP port 37210.*\(Windows/,
  ],
  [
    'rejetto/hfs#44',
    'http Error: listen EACCES: permission denied 0.0.0.0:80\nEnvironment: [Win][0.22.0]',
    /^Not permitted: an excluded range has TCP port 80, or a program has it exclusively/,
  ],
  [
    'clash-verge-rev/clash-verge-rev#1688',
    `Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      1161        1260

* - Administered port exclusions.
Start HTTP server error: listen tcp :1258: bind: An attempt was made to access a socket in a way forbidden by its access permissions.`,
    /^Not permitted: an excluded range has TCP port 1258 \(Windows/,
  ],
  [
    'nodejs/node#10957, whose author has Windows and does not say so in the message',
    'Error: listen EACCES 10.20.30.40:80',
    /^Not permitted: port 80 takes a privilege that the program does not have; on Windows another has the port/,
  ],
  [
    'the same on a port that takes no privilege',
    'Error: listen EACCES: permission denied 0.0.0.0:5037',
    /^Not permitted: on Windows an excluded range has TCP port 5037, or a program exclusively; elsewhere SELinux/,
  ],
  [
    'gutmensch/docker-dmarc-report#66',
    "Error: rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 0.0.0.0:80: bind: permission denied",
    /^Not permitted: port 80 takes a privilege that the program does not have \(Linux and gVisor\)\. What helps: give it/,
  ],
  [
    'lensapp/lens-sandbox#15',
    '(13)Permission denied: AH00072: make_sock: could not bind to address [::]:80\nno listening sockets available',
    /^Not permitted: port 80 takes a privilege that the program does not have\./,
  ],
  [
    'aspnet/Hosting#503, in the words of HttpListener',
    'System.Net.HttpListenerException (5): Access is denied.\n   at System.Net.HttpListener.AddPrefixCore(String registeredPrefix)',
    /^Not permitted: HTTP\.sys gives a prefix to an administrator.*netsh http add urlacl/,
  ],
];

const NOT_AVAILABLE: readonly Report[] = [
  [
    'troglobit/redir#3',
    `Failed binding server socket: Cannot assign requested address
redir --laddr=127.0.0.1 --lport=6901 --caddr=35.187.226.20 --cport=6901`,
    /^Not available: .*127\.0\.0\.1/,
  ],
  [
    'docker-library/python#261',
    `>>> s6.bind(('::1', 9999, 0, 0))
OSError: [Errno 99] Cannot assign requested address`,
    /^Not available: the machine does not have ::1: its IPv6 is off, as in most containers.*bind it to 127\.0\.0\.1/,
  ],
  [
    'boot2docker/boot2docker#1257',
    `[1493753376] unbound[107:0] error: can't bind socket: Cannot assign requested address
[1493753376] unbound[107:0] debug: failed address ip6 ::1 port 8953 (len 28)`,
    /^Not available: the machine does not have ::1/,
  ],
  [
    'the public address of a cloud machine',
    'nginx: [emerg] bind() to 203.0.113.7:443 failed (99: Cannot assign requested address)',
    /^Not available: the machine does not have the address 203\.0\.113\.7; it may be that of the router or the cloud/,
  ],
  [
    'a private address',
    'listen tcp 10.0.0.5:80: bind: cannot assign requested address',
    /^Not available: the machine does not have the address 10\.0\.0\.5, or not yet/,
  ],
  [
    'Tecnativa/docker-socket-proxy#124',
    'netdata_proxy  | [ALERT] 098/102718 (1) : Starting frontend dockerfrontend: cannot create listening socket [:::2375]',
    /^No such family: the system has no IPv6/,
  ],
];

/** Reports of errors with the same words that no bind() returned. */
const OTHERS: readonly Report[] = [
  ['ip(8)', 'RTNETLINK answers: Address already in use', /answer of the kernel to ip\(8\)/],
  ['ip(8)', 'RTNETLINK answers: Cannot assign requested address', /answer of the kernel to ip\(8\)/],
  ['docker/compose#10926', 'Error response from daemon: Address already in use', /IP address of a container/],
  [
    'bloxstraplabs/bloxstrap#3801',
    `System.Net.Http.HttpRequestException: An attempt was made to access a socket in a way forbidden by its access permissions. (setup.rbxcdn.com:443)
   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port)`,
    /error of connect\(\)/,
  ],
  ['curl', 'curl: (7) Failed to connect to localhost port 8080: Connection refused', /no one listens there/],
];

describe.each([
  ['in use', IN_USE],
  ['not permitted', NOT_PERMITTED],
  ['not available', NOT_AVAILABLE],
])('%s', (_kind, reports) => {
  test.each(reports)('%s', (_where, pasted, answer) => {
    expect(explain([pasted]).answer.join(' ')).toMatch(answer);
  });
});

test.each(OTHERS)('not an error of bind(): %s', (_where, pasted, message) => {
  expect(() => explain([pasted])).toThrow(Unreadable);
  expect(() => explain([pasted])).toThrow(message);
});

describe('a row of a listing alone', () => {
  test.each([
    [
      'LISTEN 0 128 0.0.0.0:8080 0.0.0.0:* users:(("java",pid=812,fd=6))',
      'java (pid 812) has TCP port 8080',
      'Linux and gVisor with EADDRINUSE',
    ],
    [
      'node    4242 me   22u  IPv6 0xabc      0t0  TCP *:3000 (LISTEN)',
      'node (pid 4242) has TCP port 3000',
      'macOS, FreeBSD, NetBSD and OpenBSD with EADDRINUSE',
    ],
    [
      'tcp   0   0 127.0.0.1:5432   0.0.0.0:*   LISTEN   1234/postgres',
      'postgres (pid 1234) has TCP port 5432',
      'Linux and gVisor with EADDRINUSE',
    ],
    [
      '  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1044',
      'pid 1044 has TCP port 135',
      'Windows with WSAEADDRINUSE',
    ],
    ['UNCONN 0 0 0.0.0.0:5353 0.0.0.0:*', 'a socket has UDP port 5353', 'Linux and gVisor with EADDRINUSE'],
  ])('%s', (row, who, refused) => {
    const { answer, advice, supposed } = explain([row]);
    expect(answer[0]).toBe(`Held: ${who}. Another on the same name is refused by ${refused}.`);
    expect(answer[1]).toMatch(/^What helps: end .*; or give the other another port\.$/);
    expect(advice).toEqual([]);
    expect(supposed?.advice[0]?.kind).toBe('end');
  });

  test('a socket that is not a row is not there yet', () => {
    expect(explain(['tcp 0.0.0.0:8080']).answer[0]).toBe('Socket 1 alone works on every system.');
  });
});

test('the lines of a message may be given one by one', () => {
  const lines = [
    'Error: listen EADDRINUSE: address already in use :::3000',
    '    at Server.setupListenHandle (node:net)',
  ];
  expect(explain(lines).answer).toEqual(explain([lines.join('\n')]).answer);
  expect(() => explain(['tcp :80', 'nonsense'])).toThrow(Unreadable);
});
