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
  'man-socket': { title: 'Linux manual page socket(7)', url: 'https://man7.org/linux/man-pages/man7/socket.7.html' },
  'man-ip': { title: 'Linux manual page ip(7)', url: 'https://man7.org/linux/man-pages/man7/ip.7.html' },
  'man-udp': { title: 'Linux manual page udp(7)', url: 'https://man7.org/linux/man-pages/man7/udp.7.html' },
  'linux-tcp-bind': {
    title: 'Linux kernel, net/ipv4/inet_connection_sock.c',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/inet_connection_sock.c',
  },
  'linux-udp': {
    title: 'Linux kernel, net/ipv4/udp.c',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/udp.c',
  },
  'linux-ip-sysctl': {
    title: 'Linux kernel, Documentation/networking/ip-sysctl.rst',
    url: 'https://docs.kernel.org/networking/ip-sysctl.html',
  },
  'xnu-in-pcb': {
    title: 'XNU, bsd/netinet/in_pcb.c',
    url: 'https://github.com/apple-oss-distributions/xnu/blob/main/bsd/netinet/in_pcb.c',
  },
  'freebsd-in-pcb': {
    title: 'FreeBSD, sys/netinet/in_pcb.c',
    url: 'https://github.com/freebsd/freebsd-src/blob/main/sys/netinet/in_pcb.c',
  },
  'openbsd-in-pcb': {
    title: 'OpenBSD, sys/netinet/in_pcb.c',
    url: 'https://github.com/openbsd/src/blob/master/sys/netinet/in_pcb.c',
  },
  'ms-exclusive': {
    title: 'Microsoft, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse',
  },
  'ms-errors': {
    title: 'Microsoft, Windows Sockets Error Codes',
    url: 'https://learn.microsoft.com/en-us/windows/win32/winsock/windows-sockets-error-codes-2',
  },
  'gvisor-ports': {
    title: 'gVisor, pkg/tcpip/ports',
    url: 'https://github.com/google/gvisor/tree/master/pkg/tcpip/ports',
  },
  'wine-sock': {
    title: 'Wine, dlls/ws2_32/tests/sock.c and server/sock.c',
    url: 'https://gitlab.winehq.org/wine/wine/-/blob/master/dlls/ws2_32/tests/sock.c',
  },
  rfc1122: { title: 'RFC 1122, Requirements for Internet Hosts', url: 'https://www.rfc-editor.org/rfc/rfc1122' },
  rfc4443: { title: 'RFC 4443, ICMPv6', url: 'https://www.rfc-editor.org/rfc/rfc4443' },
  'python-http-server': {
    title: 'Python documentation, http.server',
    url: 'https://docs.python.org/3/library/http.server.html',
  },
  'node-net': { title: 'Node.js documentation, net', url: 'https://nodejs.org/api/net.html' },
} as const satisfies Record<string, Source>;

export type SourceId = keyof typeof SOURCES;
