import type { Options, SystemName } from '../../model/types.ts';

/** What is known of the sockets that a program or a runtime makes for its servers. */
export interface ServerProgram {
  readonly name: string;
  /** What its error messages look like. */
  readonly sign: RegExp;
  /** The options that it sets on TCP sockets before bind(); not known when left out. */
  readonly options?: Options;
  /** The same on Windows, where it differs. */
  readonly onWindows?: Options;
  /** What it sets IPV6_V6ONLY to on `::`; it leaves the system's default when left out. */
  readonly v6only?: boolean;
  /** What it binds where no address is named; a dual-stack `::` when left out. */
  readonly any?: 'inet';
  /** The port that it has where a message names none. */
  readonly port?: number;
  /** What it does with a UDP name whose address is a group, where that differs: it binds the wildcard, with other options. */
  readonly groups?: Groups;
  /** Whether it was seen, read in the program's source, or recalled; and where. */
  readonly source: string;
}

/** The options with which a program binds the wildcard for a group, and those on macOS and the BSDs. */
export interface Groups {
  readonly options: Options;
  readonly onBsds: Options;
  readonly source: string;
}

const REUSE: Options = { reuseaddr: true };
const NONE: Options = {};

/** The programs whose messages are recognized. The first whose sign is found counts, so runtimes are at the end. */
const PROGRAMS: readonly ServerProgram[] = [
  {
    name: 'Docker',
    sign: /Error response from daemon|userland proxy|driver failed programming external connectivity|docker-proxy|port is already allocated|failed to bind host port|exposing port (?:TCP|UDP)/i,
    v6only: true,
    any: 'inet',
    source: 'a published port is a socket of each family (Docker, documentation of port publishing)',
  },
  {
    name: 'Podman',
    sign: /rootlessport|\bpodman\b|netavark/i,
    v6only: false,
    source: 'rootlessport and conmon listen for the container (recalled, not verified)',
  },
  {
    name: 'HTTP.sys',
    sign: /HttpListener|HttpSys|http\.sys|\bWebListener\b|file because it is being used/i,
    v6only: false,
    source:
      'the driver of Windows that listens for IIS and for programs with HttpListener (Microsoft, HTTP Server API)',
  },
  {
    name: 'Kubernetes',
    sign: /requested pod ports|nodePort: Invalid value|provided port is already allocated/i,
    source: 'the scheduler and the API server compare hostPorts and node ports themselves (Kubernetes, documentation)',
  },
  {
    name: 'nginx',
    sign: /\bnginx\b|\[emerg\].*bind\(\)|bind\(\) to \S+ failed \(\d+:/,
    options: REUSE,
    v6only: true,
    any: 'inet',
    source: 'seen with nginx 1.22.1 under strace; ipv6only is on by default since 1.3.4',
  },
  {
    name: 'Apache httpd',
    sign: /AH00072|make_sock|\bhttpd\b|\bapache2?\b/i,
    options: REUSE,
    onWindows: NONE,
    v6only: false,
    source: 'httpd, server/listen.c: make_sock (read in its source)',
  },
  {
    name: 'PostgreSQL',
    sign: /postmaster|could not bind IPv[46] (?:address|socket)|\bpostgres(?:ql)?\b/i,
    options: REUSE,
    onWindows: NONE,
    v6only: true,
    source: 'PostgreSQL, src/backend/libpq/pqcomm.c: ListenServerPort (read in its source)',
  },
  {
    name: 'dnsmasq',
    sign: /\bdnsmasq\b/i,
    options: REUSE,
    v6only: true,
    port: 53,
    source: 'dnsmasq, src/network.c: make_sock (read in its source)',
  },
  {
    name: 'Caddy',
    sign: /loading (?:initial|new) config|\bcaddy\b/i,
    options: { reuseaddr: true, reuseport: true },
    onWindows: NONE,
    v6only: false,
    source: 'seen with Caddy 2.6.2 under strace',
  },
  {
    name: 'uvicorn or asyncio',
    sign: /error while attempting to bind on address/i,
    options: REUSE,
    onWindows: NONE,
    v6only: true,
    source: 'CPython 3.11, Lib/asyncio/base_events.py: create_server (read in its source)',
  },
  {
    name: 'gunicorn',
    sign: /\bgunicorn\b|Connection in use: \(/i,
    options: REUSE,
    source: 'gunicorn, gunicorn/sock.py: BaseSocket.set_options (read in its source)',
  },
  {
    name: 'a Python server of the standard library',
    sign: /socketserver\.py|http\.server|\bwerkzeug\b|\bFlask\b|runserver|Starting development server|in use by another program/i,
    options: REUSE,
    any: 'inet',
    source: 'seen with python -m http.server of 3.11 under strace',
  },
  {
    name: 'Redis',
    sign: /Creating Server TCP listening socket|Could not create server TCP listening socket|\bredis\b/i,
    options: REUSE,
    v6only: true,
    source: 'Redis, src/anet.c: _anetTcpServer (read in its source)',
  },
  {
    name: 'MySQL or MariaDB',
    sign: /mysqld|mariadbd?|\[ERROR\].*Bind on TCP\/IP port/i,
    options: REUSE,
    onWindows: NONE,
    v6only: false,
    source: 'MySQL, sql/conn_handler/socket_connection.cc (read in its source)',
  },
  {
    name: 'MongoDB',
    sign: /\bmongod?\b|initandlisten|setting up listener|set up listener: SocketException/i,
    options: REUSE,
    source: 'MongoDB, src/mongo/transport/asio: setup of listeners (recalled, not verified)',
  },
  {
    name: 'systemd',
    sign: /\.socket: Failed to (?:create listening socket|listen on)|\bsystemd\[|\bsystemctl\b/,
    options: REUSE,
    source: 'systemd, src/shared/socket-label.c: socket_address_listen (read in its source)',
  },
  {
    name: 'sshd',
    sign: /\bsshd\b|error: Bind to port \d+ on/,
    options: REUSE,
    v6only: true,
    any: 'inet',
    source: 'OpenSSH, sshd.c: listen_on_addrs, server_listen before it (read in its source)',
  },
  {
    name: 'HAProxy',
    sign: /haproxy|cannot bind socket (?:\(|\[)|Starting (?:proxy|frontend)/i,
    options: { reuseaddr: true, reuseport: true },
    any: 'inet',
    source: 'seen with HAProxy 2.6.12',
  },
  {
    name: 'git daemon',
    sign: /git[ -]daemon|unable to allocate any listen sockets/i,
    options: NONE,
    v6only: true,
    any: 'inet',
    source: 'seen with git 2.39.5 under strace',
  },
  {
    name: 'Java',
    sign: /\b(?:java|javax|sun|jdk|org\.(?:apache|eclipse|springframework)|io\.netty)\.\w+|BindException|JVM_Bind|FAILED TO BIND TO PORT|Web server failed to start|http-nio/,
    options: REUSE,
    onWindows: { exclusive: true },
    v6only: false,
    source: 'seen with ServerSocket of OpenJDK 17 under strace; on Windows sun.net.useExclusiveBind (recalled)',
  },
  {
    name: 'Node.js',
    sign: /\b(?:listen|bind) E(?:ADDR|ACCES|AF)|node:|internal\/|\(net\.js|setupListenHandle|\bnpm\b|syscall: |Something is already running on port|\b(?:vite|webpack|next|nuxt|angular)\b|trying (?:another one|\d+ instead)|use '--port' to specify/i,
    options: REUSE,
    onWindows: NONE,
    v6only: false,
    source: 'seen with net.Server of Node.js 20 under strace; not on Windows (libuv, src/win/tcp.c)',
  },
  {
    name: 'Rust',
    sign: /\bos error \d+|kind: Addr(?:InUse|NotAvailable)/,
    options: REUSE,
    onWindows: NONE,
    source: 'Rust, library/std/src/sys_common/net.rs: TcpListener::bind (read in its source)',
  },
  {
    name: '.NET',
    sign: /System\.(?:Net|IO)\.|\bSocketException \(|Kestrel|AddressInUseException|Failed to bind to address https?:/,
    options: REUSE,
    onWindows: { exclusive: true },
    v6only: false,
    source: '.NET, System.Net.Sockets and Kestrel’s SocketTransportOptions (recalled, not verified)',
  },
  {
    name: 'Ruby',
    sign: /bind\(2\) for|Errno::EADDR|\bpuma\b|\.rb:\d+/i,
    options: REUSE,
    onWindows: NONE,
    source: 'Ruby, ext/socket/ipsocket.c: init_inetsock_internal (read in its source)',
  },
  {
    name: 'PHP',
    sign: /\bPHP\b|php-fpm|Failed to listen on \S+ \(reason|stream_socket_server|socket_bind\(\)/,
    options: REUSE,
    source: 'seen with PHP 8.2.36',
  },
  {
    name: 'Erlang',
    sign: /\beaddrinuse\b|\bRanch\b|ranch_tcp|Bandit|Phoenix|\bcowboy\b/,
    source: 'gen_tcp sets no option by itself; servers choose their own (OTP documentation of gen_tcp)',
  },
  {
    name: 'Python',
    sign: /\[Errno \d+\]|\[WinError \d+\]|OSError|socket\.error|Traceback/,
    source: 'socket.bind() sets no option by itself (documentation of the module socket)',
  },
  {
    name: 'Go',
    sign: /\blisten (?:tcp|udp)[46]? \S*: bind:|\blisten (?:tcp|udp)[46]? /,
    options: REUSE,
    onWindows: NONE,
    v6only: false,
    groups: {
      options: REUSE,
      onBsds: { reuseaddr: true, reuseport: true },
      source:
        'Go, src/net/sock_posix.go: listenDatagram, sockopt_bsd.go: setDefaultMulticastSockopts (read in its source); seen on Linux in golang/go#73484',
    },
    source: 'Go, src/net/sockopt_linux.go, sockopt_windows.go: setDefaultListenerSockopts (read in its source)',
  },
];

/** The program that printed a message; undefined where no sign of one is found. */
export function programOf(text: string): ServerProgram | undefined {
  return PROGRAMS.find(({ sign }) => sign.test(text));
}

/** The options of a program's sockets for groups on the systems where they differ. */
export function optionsOnBsds({ onBsds }: Groups): Partial<Record<SystemName, Options>> {
  return { darwin: onBsds, freebsd: onBsds, openbsd: onBsds, netbsd: onBsds };
}

/** The options on the systems where a program sets others than elsewhere. */
export function optionsOnWindows({ onWindows }: ServerProgram): Partial<Record<SystemName, Options>> | undefined {
  return onWindows === undefined ? undefined : { windows: onWindows, wine: onWindows };
}
