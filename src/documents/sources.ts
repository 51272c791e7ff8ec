/** A text that experiments cite. */
export interface Source {
  title: string;
  /** Where it is to be found, for a text on the web; null for a printed book. */
  url: string | null;
}

/** Every document that is cited anywhere, once. */
export const SOURCES = {
  fpnp: {
    title: 'Rhodes, Goerzen: Foundations of Python Network Programming, 3rd ed. (Apress 2014), chapter 2',
    url: null,
  },
  erle: { title: 'Erle Robotics: Python Networking Gitbook, "Binding to Interfaces (UDP)"', url: null },
  serve: { title: 'Web tutorial "What happens when you start a server?" (Node.js and http.server)', url: null },
  'posix-bind': {
    title: 'POSIX.1-2024, bind()',
    url: 'https://pubs.opengroup.org/onlinepubs/9799919799/functions/bind.html',
  },
  'posix-connect': {
    title: 'POSIX.1-2024, connect()',
    url: 'https://pubs.opengroup.org/onlinepubs/9799919799/functions/connect.html',
  },
  'man-bind': { title: 'Linux manual page bind(2)', url: 'https://man7.org/linux/man-pages/man2/bind.2.html' },
  'man-connect': { title: 'Linux manual page connect(2)', url: 'https://man7.org/linux/man-pages/man2/connect.2.html' },
  'man-listen': { title: 'Linux manual page listen(2)', url: 'https://man7.org/linux/man-pages/man2/listen.2.html' },
  'man-socket': { title: 'Linux manual page socket(7)', url: 'https://man7.org/linux/man-pages/man7/socket.7.html' },
  'man-ip': { title: 'Linux manual page ip(7)', url: 'https://man7.org/linux/man-pages/man7/ip.7.html' },
  'man-udp': { title: 'Linux manual page udp(7)', url: 'https://man7.org/linux/man-pages/man7/udp.7.html' },
  'linux-tcp-bind': {
    title: 'Linux kernel, net/ipv4/inet_connection_sock.c',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/inet_connection_sock.c',
  },
  'linux-net': {
    title: 'Linux kernel, net/ipv4 and net/ipv6',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net',
  },
  'linux-udp': {
    title: 'Linux kernel, net/ipv4/udp.c',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/udp.c',
  },
  'linux-ip-sysctl': {
    title: 'Linux kernel, Documentation/networking/ip-sysctl.rst',
    url: 'https://docs.kernel.org/networking/ip-sysctl.html',
  },
  'linux-6.1.168': {
    title: 'Linux kernel 6.1.168, net/ipv4/inet_hashtables.c',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/tree/net/ipv4/inet_hashtables.c?h=v6.1.168',
  },
  'cve-2026-31503': { title: 'CVE-2026-31503', url: 'https://www.cve.org/CVERecord?id=CVE-2026-31503' },
  xnu: {
    title: 'XNU 11417.101.15 (macOS 15.4)',
    url: 'https://github.com/apple-oss-distributions/xnu/tree/xnu-11417.101.15',
  },
  'xnu-11215': {
    title: 'XNU 11215.1.10 (macOS 15.0)',
    url: 'https://github.com/apple-oss-distributions/xnu/tree/xnu-11215.1.10',
  },
  'xnu-4570': {
    title: 'XNU 4570.1.46 (macOS 10.13)',
    url: 'https://github.com/apple-oss-distributions/xnu/tree/xnu-4570.1.46',
  },
  freebsd: { title: 'FreeBSD 14 and 15', url: 'https://github.com/freebsd/freebsd-src' },
  'freebsd-13': { title: 'FreeBSD 13 and 14', url: 'https://github.com/freebsd/freebsd-src' },
  'freebsd-13-15': { title: 'FreeBSD 13 to 15', url: 'https://github.com/freebsd/freebsd-src' },
  'freebsd-main': { title: 'FreeBSD main of 2026', url: 'https://github.com/freebsd/freebsd-src' },
  'freebsd-tests': {
    title: 'FreeBSD, tests/sys/netinet',
    url: 'https://github.com/freebsd/freebsd-src/tree/main/tests/sys/netinet',
  },
  'freebsd-run': { title: 'FreeBSD 9.1 stack run in user space', url: null },
  openbsd: { title: 'OpenBSD 6.8 to 7.x', url: 'https://github.com/openbsd/src' },
  'freebsd-connect': {
    title: 'FreeBSD manual page connect(2)',
    url: 'https://man.freebsd.org/cgi/man.cgi?query=connect&sektion=2',
  },
  'openbsd-connect': { title: 'OpenBSD manual page connect(2)', url: 'https://man.openbsd.org/connect.2' },
  'netbsd-connect': { title: 'NetBSD manual page connect(2)', url: 'https://man.netbsd.org/connect.2' },
  'openbsd-regress': {
    title: 'OpenBSD regress/sys/netinet/in_pcbbind',
    url: 'https://github.com/openbsd/src/tree/master/regress/sys/netinet/in_pcbbind',
  },
  'openbsd-6-7': { title: 'OpenBSD 6.4 and 7.8', url: 'https://github.com/openbsd/src' },
  'openbsd-before': {
    title: 'OpenBSD, before in_pcbaddrisavail was made, and 6.4',
    url: 'https://github.com/openbsd/src',
  },
  'openbsd-5': { title: 'OpenBSD 5.8', url: 'https://github.com/openbsd/src' },
  'netbsd-10-alone': { title: 'NetBSD 10', url: 'https://github.com/NetBSD/src' },
  'netbsd-2025': { title: 'NetBSD-current of January 2025', url: 'https://github.com/NetBSD/src' },
  'netbsd-2015': { title: 'NetBSD of August 2015', url: 'https://github.com/NetBSD/src' },
  'netbsd-2013-2015': {
    title: 'NetBSD of August 2013 and of August 2015',
    url: 'https://github.com/NetBSD/src',
  },
  'netbsd-10': { title: 'NetBSD 7 to 10', url: 'https://github.com/NetBSD/src' },
  netbsd: { title: 'NetBSD 7 to 9', url: 'https://github.com/NetBSD/src' },
  'netbsd-in6': { title: 'NetBSD 6 to 9', url: 'https://github.com/NetBSD/src' },
  'netbsd-run': { title: 'NetBSD 7.99 stack run in user space', url: null },
  'ms-exclusive': {
    title: 'Microsoft, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse',
  },
  'ms-errors': {
    title: 'Microsoft, Windows Sockets Error Codes',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/windows-sockets-error-codes-2',
  },
  'ms-bind': {
    title: 'Microsoft, bind function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-bind',
  },
  'ms-connect': {
    title: 'Microsoft, connect function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-connect',
  },
  'ms-listen': {
    title: 'Microsoft, listen function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-listen',
  },
  'ms-getsockname': {
    title: 'Microsoft, getsockname function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-getsockname',
  },
  'ms-dual': {
    title: 'Microsoft, Dual-Stack Sockets',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/dual-stack-sockets',
  },
  'ms-shutdown': {
    title: 'Microsoft, shutdown function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-shutdown',
  },
  'ms-recv': {
    title: 'Microsoft, recv function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recv',
  },
  'ms-recvfrom': {
    title: 'Microsoft, recvfrom function',
    url: 'https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recvfrom',
  },
  'ms-options': {
    title: 'Microsoft, SOL_SOCKET Socket Options',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/sol-socket-socket-options',
  },
  'ms-sharing': {
    title: 'Microsoft, Sharing Transport Addresses',
    url: 'https://learn.microsoft.com/en-us/windows-hardware/drivers/network/sharing-transport-addresses',
  },
  'windows-groups': {
    title: 'Reports of WSAEADDRNOTAVAIL for a multicast address on Windows',
    url: 'https://github.com/CCExtractor/ccextractor/issues/668',
  },
  'windows-excluded': { title: 'Reports of Hyper-V’s and WinNAT’s port ranges on Windows', url: null },
  'reactos-bind': {
    title: 'ReactOS, modules/rostests/apitests/ws2_32/bind.c',
    url: 'https://github.com/reactos/reactos/blob/master/modules/rostests/apitests/ws2_32/bind.c',
  },
  'libuv-2896': {
    title: 'libuv pull request 2896, tcp: fail instantly if local port is unbound',
    url: 'https://github.com/libuv/libuv/pull/2896',
  },
  gvisor: { title: 'gVisor 3c5eee17dc45', url: 'https://github.com/google/gvisor/tree/3c5eee17dc45' },
  'wine-server-8': {
    title: 'Wine 8.0, server/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/wine-8.0/server/sock.c',
  },
  'wine-10': {
    title: 'Wine 10.17, server/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/wine-10.17/server/sock.c',
  },
  'wine-9-10': {
    title: 'Wine 9.0 and 10.17, server/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/wine-10.17/server/sock.c',
  },
  'wine-server': {
    title: 'Wine 11.10, server/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/wine-11.10/server/sock.c',
  },
  'wine-tests': {
    title: 'Wine 11.10, dlls/ws2_32/tests/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/wine-11.10/dlls/ws2_32/tests/sock.c',
  },
  records: { title: 'Committed records of bindspec, in the folder reports', url: null },
  rfc1122: { title: 'RFC 1122, Requirements for Internet Hosts', url: 'https://www.rfc-editor.org/rfc/rfc1122' },
  rfc9293: { title: 'RFC 9293, Transmission Control Protocol', url: 'https://www.rfc-editor.org/rfc/rfc9293' },
  rfc4443: { title: 'RFC 4443, ICMPv6', url: 'https://www.rfc-editor.org/rfc/rfc4443' },
  rfc3493: {
    title: 'RFC 3493, Basic Socket Interface Extensions for IPv6',
    url: 'https://www.rfc-editor.org/rfc/rfc3493',
  },
  glibc: { title: 'GNU C library 2.36', url: 'https://sourceware.org/git/?p=glibc.git;a=tree;hb=glibc-2.36' },
  rfc6724: {
    title: 'RFC 6724, Default Address Selection for IPv6',
    url: 'https://www.rfc-editor.org/rfc/rfc6724',
  },
  'python-http-server': {
    title: 'Python documentation, http.server',
    url: 'https://docs.python.org/3/library/http.server.html',
  },
  'node-net': { title: 'Node.js documentation, net', url: 'https://nodejs.org/api/net.html' },
} as const satisfies Record<string, Source>;

export type SourceId = keyof typeof SOURCES;
