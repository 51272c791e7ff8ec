import { describe, expect, test } from 'vitest';
import { readSocket, readTexts } from '../../../../src/explain/reader/read-texts.ts';
import { spell } from '../../../../src/explain/reader/spell.ts';
import { Unreadable } from '../../../../src/explain/reader/unreadable.ts';

/** A message as programs print it, the socket in bindspec's own spelling, and the systems whose message it is. */
type Case = readonly [text: string, spelled: string, systems?: string];

const LINUX = 'linux,gvisor';
const BSDS = 'darwin,freebsd,openbsd,netbsd';
const WINDOWS = 'windows,wine';

const MESSAGES: Readonly<Record<string, readonly Case[]>> = {
  'Node.js': [
    ['Error: listen EADDRINUSE: address already in use :::3000', 'tcp [::]:3000 v6only=0 reuseaddr'],
    ['Error: listen EADDRINUSE :::3000', 'tcp [::]:3000 v6only=0 reuseaddr'],
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:3001', 'tcp 127.0.0.1:3001 reuseaddr'],
    ['Error: bind EADDRINUSE 0.0.0.0:5353', 'udp 0.0.0.0:5353'],
    ['Error: listen EACCES: permission denied 0.0.0.0:80', 'tcp 0.0.0.0:80 reuseaddr'],
    ['error listen EADDRINUSE: address already in use :::8081.', 'tcp [::]:8081 v6only=0 reuseaddr'],
    ['Error: listen EADDRNOTAVAIL: address not available 10.0.0.5:3000', 'tcp 10.0.0.5:3000 reuseaddr'],
    [
      "{ Error: listen EADDRINUSE errno: -48, code: 'EADDRINUSE', syscall: 'listen', address: '::1', port: 3000 }",
      'tcp [::1]:3000 reuseaddr',
      BSDS,
    ],
    ['Something is already running on port 3000.', 'tcp [::]:3000 v6only=0 reuseaddr'],
    ['Error: Port 5173 is already in use', 'tcp [::]:5173 v6only=0'],
    ['⚠ Port 3000 is in use, trying 3001 instead.', 'tcp [::]:3000 v6only=0 reuseaddr'],
    ["Port 4200 is already in use. Use '--port' to specify a different port.", 'tcp [::]:4200 v6only=0 reuseaddr'],
  ],
  Python: [
    [
      "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use",
      'tcp 127.0.0.1:8000 reuseaddr',
      LINUX,
    ],
    [
      "ERROR:    [Errno 48] error while attempting to bind on address ('::1', 8080, 0, 0): address already in use",
      'tcp [::1]:8080 reuseaddr',
      BSDS,
    ],
    [
      "OSError: [Errno 10048] error while attempting to bind on address ('0.0.0.0', 8000): only one usage of each socket address (protocol/network address/port) is normally permitted",
      'tcp 0.0.0.0:8000 reuseaddr',
      WINDOWS,
    ],
    ["[2024-01-02 15:04:05 +0000] [7] [ERROR] Connection in use: ('0.0.0.0', 8000)", 'tcp 0.0.0.0:8000 reuseaddr'],
    ['OSError: [Errno 98] Address already in use', 'tcp [::]:20000 v6only=0', LINUX],
    ['[Errno 48]', 'tcp [::]:20000 v6only=0', BSDS],
    ['socket.error: [Errno 48] Address already in use', 'tcp [::]:20000 v6only=0', BSDS],
    [
      'Port 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.',
      'tcp 0.0.0.0:5000 reuseaddr',
    ],
  ],
  Go: [
    ['listen tcp 127.0.0.1:8080: bind: address already in use', 'tcp 127.0.0.1:8080 reuseaddr'],
    ['2024/01/02 15:04:05 listen tcp :8080: bind: address already in use', 'tcp [::]:8080 v6only=0 reuseaddr'],
    ['listen udp :53: bind: address already in use', 'udp [::]:53 v6only=0'],
    ['listen tcp4 :80: bind: permission denied', 'tcp 0.0.0.0:80 reuseaddr'],
    ['listen tcp6 [::]:80: bind: address already in use', 'tcp [::]:80 v6only=1 reuseaddr'],
    ['listen tcp [::1]:8080: bind: cannot assign requested address', 'tcp [::1]:8080 reuseaddr', LINUX],
    [
      'listen tcp :8080: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.',
      'tcp [::]:8080 v6only=0 reuseaddr',
      WINDOWS,
    ],
    [
      'listen tcp 0.0.0.0:50051: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
      'tcp 0.0.0.0:50051 reuseaddr',
      WINDOWS,
    ],
    [
      String.raw`{"level":"error","msg":"serve","err":"listen tcp 0.0.0.0:9090: bind: address already in use"}`,
      'tcp 0.0.0.0:9090 reuseaddr',
    ],
  ],
  'servers in C': [
    ['nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)', 'tcp 0.0.0.0:80 reuseaddr', LINUX],
    ['nginx: [emerg] bind() to [::]:80 failed (98: Unknown error)', 'tcp [::]:80 v6only=1 reuseaddr', LINUX],
    [
      '2024/01/02 15:04:05 [emerg] 12#12: bind() to 0.0.0.0:443 failed (48: Address already in use)',
      'tcp 0.0.0.0:443 reuseaddr',
      BSDS,
    ],
    [
      'nginx: [emerg] bind() to 0.0.0.0:80 failed (10013: An attempt was made to access a socket in a way forbidden by its access permissions)',
      'tcp 0.0.0.0:80 reuseaddr',
      WINDOWS,
    ],
    ['nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)', 'tcp 0.0.0.0:80 reuseaddr'],
    [
      'nginx: [emerg] bind() to 10.0.0.9:80 failed (99: Cannot assign requested address)',
      'tcp 10.0.0.9:80 reuseaddr',
      LINUX,
    ],
    [
      '(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80',
      'tcp [::]:80 v6only=0 reuseaddr',
      LINUX,
    ],
    [
      '(48)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:8080',
      'tcp 0.0.0.0:8080 reuseaddr',
      BSDS,
    ],
    [
      'Could not create server TCP listening socket *:6379: bind: Address already in use',
      'tcp [::]:6379 v6only=0 reuseaddr',
    ],
    [
      '1234:M 02 Jan 15:04:05.678 # Creating Server TCP listening socket 127.0.0.1:6379: bind: Address already in use',
      'tcp 127.0.0.1:6379 reuseaddr',
    ],
    [
      '[ALERT] 001/150405 (12) : Starting frontend http-in: cannot bind socket [0.0.0.0:80]: Address already in use',
      'tcp 0.0.0.0:80 reuseaddr reuseport',
    ],
    [
      '[ALERT]    (1) : Binding [/etc/haproxy.cfg:20] for frontend main: cannot bind socket (Address already in use) for [:::443]',
      'tcp [::]:443 reuseaddr reuseport',
    ],
    ['error: Bind to port 22 on 0.0.0.0 failed: Address already in use.', 'tcp 0.0.0.0:22 reuseaddr'],
    ['bind [127.0.0.1]:8080: Address already in use', 'tcp 127.0.0.1:8080'],
    ['fatal: bind 0.0.0.0 port 25: Address already in use', 'tcp 0.0.0.0:25'],
    ['master: Error: bind(0.0.0.0, 143) failed: Address already in use', 'tcp 0.0.0.0:143'],
    ['Error: service(imap-login): listen(*, 143) failed: Address already in use', 'tcp [::]:143 v6only=0'],
    [
      'socket bind() to port 25 for address (any IPv4) failed: Address already in use: waiting 30s before trying again',
      'tcp 0.0.0.0:25',
    ],
    ["can't bind socket: Address already in use for 127.0.0.1 port 53", 'tcp 127.0.0.1:53'],
    ['ntpd[9]: bind(21) AF_INET 0.0.0.0#123 flags 0x19 failed: Address already in use', 'udp 0.0.0.0:123'],
    [
      'dnsmasq: failed to create listening socket for port 53: Address already in use',
      'tcp [::]:53 v6only=0 reuseaddr',
    ],
    [
      'TCP/UDP: Socket bind failed on local address [AF_INET]203.0.113.7:1194: Address already in use (errno=98)',
      'udp 203.0.113.7:1194',
      LINUX,
    ],
    ['LOG:  could not bind IPv4 socket: Address already in use; port 5433', 'tcp 0.0.0.0:5433 reuseaddr'],
    [
      'dnsmasq: failed to create listening socket for 192.0.2.7: Cannot assign requested address',
      'tcp 192.0.2.7:53 reuseaddr',
      LINUX,
    ],
    ['dnsmasq: failed to bind DHCP server socket: Address already in use', 'udp [::]:67 v6only=0'],
    ['commBind: Cannot bind socket FD 12 to [::]:3128: (98) Address already in use', 'tcp [::]:3128', LINUX],
    ['snmpd: Error opening specified endpoint "udp:161"', 'udp [::]:161 v6only=0'],
    ['Could not bind to address 239.1.1.1:5000: Address already in use', 'udp 239.1.1.1:5000'],
    ['BindTransportException: Failed to bind to 192.0.2.10:[9300-9400]', 'tcp 192.0.2.10:9300'],
    ['The forwarded port to 8080 is already in use on the host machine.', 'tcp [::]:8080 v6only=0'],
    [
      '{"id":20568,"msg":"Error setting up listener","attr":{"error":{"code":9001,"errmsg":"Address already in use"}}}',
      'tcp [::]:20000 v6only=0 reuseaddr',
    ],
    ['listen(): bind() failed Address already in use for socket: 0.0.0.0:27017', 'tcp 0.0.0.0:27017'],
    ['cupsd: Unable to bind socket for address 127.0.0.1:631 - Address already in use.', 'tcp 127.0.0.1:631'],
    ['Ncat: bind to 0.0.0.0:8080: Address already in use. QUITTING.', 'tcp 0.0.0.0:8080'],
    ['2024/01/02 15:04:05 socat[7] E bind(5, {AF=2 0.0.0.0:8080}, 16): Address already in use', 'tcp 0.0.0.0:8080'],
    [
      "[02-Jan-2024] ERROR: unable to bind listening socket for address '127.0.0.1:9000': Address already in use (98)",
      'tcp 127.0.0.1:9000',
      LINUX,
    ],
    ["2024-01-02 15:04:05: (network.c.311) can't bind to socket: 0.0.0.0:80 Address already in use", 'tcp 0.0.0.0:80'],
    ['app.socket: Failed to create listening socket ([::]:80): Address already in use', 'tcp [::]:80 reuseaddr', LINUX],
    ["Can't start server: Bind on TCP/IP port: Address already in use", 'tcp [::]:20000 v6only=0'],
    [
      'bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = -1 EADDRINUSE (Address already in use)',
      'tcp 0.0.0.0:80',
      LINUX,
    ],
    [
      'bind(5, {sa_family=AF_INET6, sin6_port=htons(3000), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::", &sin6_addr), sin6_scope_id=0}, 28) = -1 EADDRINUSE (Address already in use)',
      'tcp [::]:3000',
      LINUX,
    ],
    [
      'cannot bind listener: cannot bind to 127.0.0.1:5037: Only one usage of each socket address (protocol/network address/port) is normally permitted. (10048)',
      'tcp 127.0.0.1:5037',
      WINDOWS,
    ],
  ],
  'other runtimes': [
    ['java.net.BindException: Address already in use: bind /0.0.0.0:25565', 'tcp 0.0.0.0:25565 reuseaddr', WINDOWS],
    ['Caused by: java.io.IOException: Failed to bind to 0.0.0.0/0.0.0.0:8080', 'tcp 0.0.0.0:8080 reuseaddr'],
    [
      'io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Address already in use: localhost/127.0.0.1:8080',
      'tcp 127.0.0.1:8080 reuseaddr',
    ],
    ['Web server failed to start. Port 8080 was already in use.', 'tcp [::]:8080 v6only=0 reuseaddr'],
    ['java.net.BindException: Address already in use: JVM_Bind <null>:80', 'tcp [::]:80 v6only=0 reuseaddr'],
    [
      'Error: Os { code: 98, kind: AddrInUse, message: "Address already in use" }',
      'tcp [::]:20000 v6only=0 reuseaddr',
      LINUX,
    ],
    ['Error: Address already in use (os error 48)', 'tcp [::]:20000 v6only=0 reuseaddr', BSDS],
    [
      'System.IO.IOException: Failed to bind to address http://127.0.0.1:5000: address already in use.',
      'tcp 127.0.0.1:5000 reuseaddr',
    ],
    [
      'Unhandled exception. System.Net.Sockets.SocketException (98): Address already in use',
      'tcp [::]:20000 v6only=0 reuseaddr',
      LINUX,
    ],
    ['Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)', 'tcp 127.0.0.1:3000 reuseaddr'],
    ['Address already in use - bind(2) for 0.0.0.0:9292 (Errno::EADDRINUSE)', 'tcp 0.0.0.0:9292 reuseaddr'],
    [
      '[Tue Jan  2 15:04:05 2024] Failed to listen on localhost:8000 (reason: Address already in use)',
      'tcp 127.0.0.1:8000 reuseaddr',
    ],
    [
      'stream_socket_server(): unable to connect to tcp://0.0.0.0:2345 (Address already in use)',
      'tcp 0.0.0.0:2345 reuseaddr',
    ],
    ['{could_not_start_tcp_listener,{"::",5672,eaddrinuse}}', 'tcp [::]:5672'],
    [
      'Failed to start Ranch listener MyApp.HTTP in :ranch_tcp:listen([cacerts: :..., port: 4000]) for reason :eaddrinuse (address already in use)',
      'tcp [::]:4000 v6only=0',
    ],
    ['Running MyAppWeb.Endpoint with Bandit 1.5.7 at http failed, port 4000 already in use', 'tcp [::]:4000 v6only=0'],
    ['error: Failed to start server. Is port 3000 in use?', 'tcp [::]:3000 v6only=0'],
    [
      '[ERROR] Bind on TCP/IP port: Address already in use; is another mysqld server running on port: 3306 ?',
      'tcp [::]:3306 v6only=0 reuseaddr',
    ],
  ],
  containers: [
    [
      'Error response from daemon: driver failed programming external connectivity on endpoint web (ab12): Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
      'tcp 0.0.0.0:80',
    ],
    ['Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated', 'tcp 0.0.0.0:8080'],
    [
      'Error response from daemon: Ports are not available: exposing port TCP 0.0.0.0:5000 -> 0.0.0.0:0: listen tcp 0.0.0.0:5000: bind: address already in use',
      'tcp 0.0.0.0:5000',
    ],
    ['failed to bind host port for 0.0.0.0:80:172.17.0.2:80/tcp: address already in use', 'tcp 0.0.0.0:80'],
    ['failed to bind host port 127.0.0.1:5432/tcp: address already in use', 'tcp 127.0.0.1:5432'],
    ['Error: rootlessport listen tcp 0.0.0.0:8080: bind: address already in use', 'tcp 0.0.0.0:8080'],
    [
      'Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use]',
      'tcp 127.0.0.1:8080 reuseaddr',
    ],
  ],
  'no more than an error': [
    ['EADDRINUSE', 'tcp [::]:20000 v6only=0'],
    ['10048', 'tcp [::]:20000 v6only=0', WINDOWS],
    ['WSAEACCES', 'tcp [::]:20000 v6only=0', WINDOWS],
    ['Die Adresse wird bereits verwendet', 'tcp [::]:20000 v6only=0'],
  ],
};

for (const [title, cases] of Object.entries(MESSAGES)) {
  describe(`messages of ${title}`, () => {
    for (const [text, spelled, systems = ''] of cases) {
      test(text, () => {
        const { socket, failure } = readSocket(text);
        expect(spell(socket)).toBe(spelled);
        expect(failure?.systems.join(',')).toBe(systems);
      });
    }
  });
}

describe('listings and configurations', () => {
  const ROWS: readonly (readonly [text: string, spelled: string])[] = [
    ['node 4242 me 22u IPv6 0xabc 0t0 TCP *:3000 (LISTEN)', 'tcp [::]:3000 listening'],
    ['node    14830 root   20u  IPv4 764464      0t0  TCP localhost:3001 (LISTEN)', 'tcp 127.0.0.1:3001 listening'],
    ['ControlCe 611 me 10u IPv4 0x8f 0t0 TCP *:commplex-main (LISTEN)', 'tcp 0.0.0.0:5000 listening'],
    ['node 14830 root 21u IPv4 764465 0t0 UDP *:mdns', 'udp 0.0.0.0:5353'],
    ['node 7 me 23u IPv4 0x1 0t0 TCP 127.0.0.1:3000->127.0.0.1:52144 (ESTABLISHED)', 'tcp 127.0.0.1:3000 connected'],
    ['Google\\x20Chrome 7 me 23u IPv6 0x1 0t0 UDP [fe80::1]:5353', 'udp [fe80::1]:5353'],
    ['root nginx 812 6 tcp4 *:80 *:*', 'tcp 0.0.0.0:80 listening'],
    ['www nginx 812 7 tcp6 *:80 *:*', 'tcp [::]:80 v6only=1 listening'],
    ['www node 812 7 tcp46 *:3000 *:*', 'tcp [::]:3000 v6only=0 listening'],
    ['root syslogd 700 6 udp4 127.0.0.1:514 *:*', 'udp 127.0.0.1:514'],
    ['root sshd 700 3 tcp *.ssh *.*', 'tcp 0.0.0.0:22 listening'],
    ['root sshd 12345 3* internet stream tcp 0xffff800000 *:22', 'tcp 0.0.0.0:22 listening'],
    ['root sshd 12345 4* internet6 stream tcp 0xffff800000 *:22', 'tcp [::]:22 v6only=1 listening'],
    ['0.0.0.0 8080 0.0.0.0 0 Listen Internet 1234', 'tcp 0.0.0.0:8080 listening'],
    [':: 5353 ', 'udp [::]:5353'],
    [
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1',
      'tcp 127.0.0.1:8080 uid=1000 listening',
    ],
    ['tcp 10.10.97.200:http', 'tcp 10.10.97.200:80'],
    ['tcp 0 0 *:ssh *:* LISTEN', 'tcp 0.0.0.0:22 listening'],
    ['tcp6       0      0 [::]:3000               [::]:*                  LISTEN', 'tcp [::]:3000 listening'],
    [
      'tcp        0      0 localhost:3001          0.0.0.0:*               LISTEN      14830/nginx: master',
      'tcp 127.0.0.1:3001 listening',
    ],
    ['tcp46 0 0 *.3000 *.* LISTEN 131072 131072 4242 0 00100 00000006', 'tcp [::]:3000 v6only=0 listening'],
    ['LISTEN 0 128 :::31337 :::*', 'tcp [::]:31337 listening'],
    ['  TCP    0.0.0.0:135            DESKTOP-7:0              LISTENING       1044', 'tcp 0.0.0.0:135 listening'],
    ['ListenStream=[::]:143', 'tcp [::]:143 reuseaddr'],
    ['ListenDatagram=514', 'udp [::]:514 reuseaddr'],
    ['listen 80;', 'tcp 0.0.0.0:80 reuseaddr'],
    ['    listen [::]:443 ssl default_server;', 'tcp [::]:443 v6only=1 reuseaddr'],
    ['listen [::]:80 ipv6only=off reuseport;', 'tcp [::]:80 v6only=0 reuseaddr reuseport'],
    ['listen 443 quic reuseport;', 'udp 0.0.0.0:443 reuseaddr reuseport'],
    ['Listen 80', 'tcp [::]:80 v6only=0 reuseaddr'],
    ['Listen 192.0.2.1:8000 https', 'tcp 192.0.2.1:8000 reuseaddr'],
    ['ListenAddress 0.0.0.0', 'tcp 0.0.0.0:22 reuseaddr'],
    ['bind *:80', 'tcp 0.0.0.0:80 reuseaddr reuseport'],
    ['0.0.0.0:8080->80/tcp', 'tcp 0.0.0.0:8080 listening'],
    [':::8080->80/tcp', 'tcp [::]:8080 v6only=1 listening'],
    ['80/tcp -> 127.0.0.1:8080', 'tcp 127.0.0.1:8080 listening'],
    ['- "127.0.0.1:8001:8001"', 'tcp 127.0.0.1:8001'],
    ['- 53:53/udp', 'udp 0.0.0.0:53'],
    ['docker run -d -p 8080:80 nginx', 'tcp 0.0.0.0:8080'],
    ['app.listen(3000)', 'tcp [::]:3000 v6only=0'],
    ["server.listen(3000, '127.0.0.1');", 'tcp 127.0.0.1:3000'],
    ['s.bind(("0.0.0.0", 8080))', 'tcp 0.0.0.0:8080'],
    ['http.ListenAndServe(":8080", nil)', 'tcp [::]:8080 v6only=0'],
    ['bind = "0.0.0.0:8000"', 'tcp 0.0.0.0:8000'],
    ['server.port=8080', 'tcp [::]:8080 v6only=0'],
    ['http_port 3128', 'tcp [::]:3128 v6only=0'],
  ];
  for (const [text, spelled] of ROWS) test(text, () => expect(spell(readSocket(text).socket)).toBe(spelled));
});

const spelledIn = (...texts: string[]) => readTexts(texts).readings.map(({ socket }) => spell(socket));

describe('several lines that were pasted', () => {
  test('a trace, and what holds the port', () => {
    const text = `
$ node server.js
node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use :::3000
    at Server.setupListenHandle [as _listen2] (node:net:1908:16)
    at Server.listen (node:net:2067:7) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '::',
  port: 3000
}
$ lsof -nP -i
COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME
node    14830 root   19u  IPv6 764463      0t0  TCP *:3000 (LISTEN)
node    14831 root   19u  IPv6 764463      0t0  TCP *:3000 (LISTEN)
node    14830 root   20u  IPv4 764464      0t0  TCP 127.0.0.1:3001 (LISTEN)
`;
    const { readings, leftOut } = readTexts([text]);
    expect(readings.map(({ socket }) => spell(socket))).toEqual([
      'tcp [::]:3000 listening',
      'tcp [::]:3000 v6only=0 reuseaddr',
    ]);
    expect(readings[0]?.holder).toEqual({ program: 'node', pid: 14830 });
    expect(readings[1]?.failure).toMatchObject({ kind: 'in use', systems: ['linux', 'gvisor'], program: 'Node.js' });
    expect(leftOut.join()).toMatch(/a socket of other ports/);
    expect(leftOut.join()).toMatch(/lines that name no socket: '\$ node server\.js'/);
  });

  test('PostgreSQL names the address and the port on two lines', () => {
    const text = `LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
HINT:  Is another postmaster already running on port 5432? If not, wait a few seconds and retry.`;
    expect(spelledIn(text)).toEqual(['tcp 127.0.0.1:5432 reuseaddr']);
  });

  test('a second line that only names the port is about the same socket', () => {
    const { readings, leftOut } = readTexts([
      `LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
HINT:  Is another postmaster already running on port 5432? If not, wait a few seconds and retry.`,
    ]);
    expect(readings).toHaveLength(1);
    expect(leftOut).toEqual([]);
  });

  test('a setting of the port has its address on a line near it', () => {
    expect(spelledIn('bind-address = 127.0.0.1\nport = 3306')).toEqual(['tcp 127.0.0.1:3306']);
  });

  test('code in the trace of an error is not read as a second socket', () => {
    expect(spelledIn('error: AddrInUse: Address already in use (os error 98)\n  Deno.listen({ port: 8000 })')).toEqual([
      'tcp [::]:8000 v6only=0 reuseaddr',
    ]);
  });

  test('MySQL asks for the port on the next line', () => {
    const text = `[ERROR] Can't start server: Bind on TCP/IP port: Address already in use
[ERROR] Do you already have another mysqld server running on port: 3306 ?`;
    expect(spelledIn(text)).toEqual(['tcp [::]:3306 v6only=0 reuseaddr']);
  });

  test('the port that a program named before', () => {
    const text = `Starting development server at http://127.0.0.1:8000/
Quit the server with CONTROL-C.
Error: That port is already in use.`;
    expect(spelledIn(text)).toEqual(['tcp 127.0.0.1:8000 reuseaddr']);
  });

  test('the second name that failed has a question of its own', () => {
    const { readings, others, leftOut } = readTexts([
      `nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
nginx: [emerg] still could not bind()`,
    ]);
    expect(readings.map(({ socket }) => spell(socket))).toEqual(['tcp 0.0.0.0:80 reuseaddr']);
    expect(others.map((all) => all.map(({ socket }) => spell(socket)))).toEqual([['tcp [::]:80 v6only=1 reuseaddr']]);
    expect(leftOut).toEqual([]);
  });

  test('the ss of before 4.14 prints * for 0.0.0.0, and its lines tell', () => {
    expect(spelledIn('LISTEN 0 128 *:22 *:*\nLISTEN 0 128 :::22 :::*')).toEqual([
      'tcp 0.0.0.0:22 listening',
      'tcp [::]:22 listening',
    ]);
    expect(spelledIn('LISTEN 0 128 *:22 *:*\nLISTEN 0 128 0.0.0.0:22 0.0.0.0:*')).toEqual([
      'tcp [::]:22 v6only=0 listening',
      'tcp 0.0.0.0:22 listening',
    ]);
  });

  test('a listener and what closed connections left, on its port alone', () => {
    const text = `Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State
tcp        0      0 0.0.0.0:8000            0.0.0.0:*               LISTEN
tcp        0      0 127.0.0.1:8000          127.0.0.1:40000         TIME_WAIT
tcp        0      0 127.0.0.1:40001         127.0.0.1:8000          ESTABLISHED`;
    expect(spelledIn(text, 'tcp 127.0.0.1:8000')).toEqual(['tcp 0.0.0.0:8000 listening', 'tcp 127.0.0.1:8000']);
  });

  test('a row of docker ps has each of its sockets', () => {
    expect(spelledIn('web nginx Up 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp', 'tcp 127.0.0.1:8080')).toEqual([
      'tcp 0.0.0.0:8080 listening',
      'tcp [::]:8080 v6only=1 listening',
      'tcp 127.0.0.1:8080',
    ]);
  });

  test('a unit of systemd with its settings', () => {
    expect(spelledIn('[Socket]\nListenStream=8080\nBindIPv6Only=both\nReusePort=yes\nBindToDevice=eth0')).toEqual([
      'tcp [::]:8080 v6only=0 reuseaddr reuseport dev=eth0',
    ]);
  });

  test('the socket of a message is the last, wherever it stands', () => {
    expect(spelledIn('listen tcp :8080: bind: address already in use', 'tcp 127.0.0.1:8080')).toEqual([
      'tcp 127.0.0.1:8080',
      'tcp [::]:8080 v6only=0 reuseaddr',
    ]);
  });
});

describe('an error that is not from bind() of an internet socket', () => {
  const WRONG: readonly (readonly [string, RegExp])[] = [
    ['Error: connect EADDRNOTAVAIL 10.0.0.1:80', /error of connect\(\)/],
    ['dial tcp 10.0.0.1:80: connect: cannot assign requested address', /error of connect\(\)/],
    ['Error: listen EADDRINUSE: address already in use /tmp/app.sock', /Unix socket/],
    ['nginx: [emerg] bind() to unix:/run/app.sock failed (98: Address already in use)', /Unix socket/],
    ['listen unix:/run/x.sock;', /Unix socket/],
    ["unable to bind listening socket for address '/run/app.sock': Permission denied", /Unix socket/],
    ['hello\nworld', /no line of it names a socket/],
  ];
  for (const [text, message] of WRONG) {
    test(text, () => {
      let caught: unknown;
      try {
        readTexts([text]);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(Unreadable);
      expect((caught as Error).message).toMatch(message);
      expect((caught as Error).message).not.toContain('\n');
    });
  }
});
