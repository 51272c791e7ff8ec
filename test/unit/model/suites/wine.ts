import type { Suite } from './suite.ts';

/** The rows of tests_exclusive: two names that are bound one after the other, E with SO_EXCLUSIVEADDRUSE. */
const EXCLUSIVE = `
0.0.0.0 E | 127.0.0.1 - | WSAEACCES
:: E | 127.0.0.1 - | WSAEACCES
0.0.0.0 - | 127.0.0.1 E | ok
0.0.0.0 E | 127.0.0.1 E | WSAEACCES
127.0.0.1 E | 0.0.0.0 - | ok
127.0.0.1 - | 0.0.0.0 E | WSAEADDRINUSE
127.0.0.1 - | :: E | WSAEADDRINUSE
::1 - | 0.0.0.0 E | ok
::1 E | 127.0.0.1 E | ok
::ffff:127.0.0.1 - | 0.0.0.0 E | WSAEADDRINUSE
:: E | 0.0.0.0 - | WSAEACCES
:: - | 0.0.0.0 E | ok
0.0.0.0 - | 0.0.0.0 E | WSAEADDRINUSE
0.0.0.0 - | 0.0.0.0 - | WSAEADDRINUSE
:: - | 0.0.0.0 - | ok
::ffff:0.0.0.0 - | 0.0.0.0 - | WSAEADDRINUSE
::ffff:127.0.0.1 - | 127.0.0.1 - | WSAEADDRINUSE
127.0.0.1 - | ::ffff:127.0.0.1 - | WSAEADDRINUSE
127.0.0.1 E | 127.0.0.1 - | WSAEADDRINUSE
127.0.0.1 - | 127.0.0.1 E | WSAEADDRINUSE`;

function exclusive(): string {
  return EXCLUSIVE.trim()
    .split('\n')
    .map((line, row) => {
      const [one = '', two = '', said = ''] = line.split('|').map((part) => part.trim());
      const name = (text: string) => (text.startsWith(':') ? text.replace(' ', ' dual ') : text);
      return `sock.c, test_reuseaddr, exclusive ${row} | tcp | 1 bind ${name(one)}; 2 bind ${name(two)} => ${said}`;
    })
    .join('\n');
}

/**
 * The rest of test_reuseaddr. Steps in brackets are marked `todo_wine`: they succeed on Windows alone, and the test fails if
 * one of them succeeds in Wine.
 */
function reuse(isWine: boolean, family: 'AF_INET' | 'AF_INET6'): string {
  const [any, local, address] =
    family === 'AF_INET' ? ['0.0.0.0', '127.0.0.1', '127.0.0.1'] : [':: default', '::1 default', '::1'];
  const text = (steps: string) =>
    steps
      .replaceAll('ANY', any)
      .replaceAll('LOCAL', local)
      .replaceAll('GET', `from=${address} to=${address}`)
      .split(';')
      .flatMap((part) => {
        const todo = /^\[(.*)\]$/.exec(part.trim())?.[1];
        if (todo === undefined) return [part.trim()];
        if (todo.startsWith('get')) return isWine ? [] : [todo];
        return [isWine ? `${todo} => fails` : todo];
      })
      .join('; ');
  return [
    `second only | 1 bind LOCAL -; 2 bind LOCAL A => WSAEACCES`,
    `both | 1 bind LOCAL A; 2 bind LOCAL - => fails; 2 bind LOCAL A; 1 listen; [2 listen]; get 1 GET`,
    `any first | 1 bind ANY -; 1 listen; [2 bind LOCAL -]`,
    ...(isWine ? [] : [`any first, both listen | 1 bind ANY -; 1 listen; 2 bind LOCAL -; 2 listen; get 2 GET`]),
    `loopback first | 1 bind LOCAL -; 1 listen; [2 bind ANY -]`,
    ...(isWine ? [] : [`loopback first, both listen | 1 bind LOCAL -; 1 listen; 2 bind ANY -; 2 listen; get 1 GET`]),
    `two wildcards | 1 bind ANY -; 2 bind ANY - => WSAEADDRINUSE`,
    `successive binds | 1 bind LOCAL A; 2 bind LOCAL A; 1 listen; [2 listen]; get 1 GET; 1 close; 3 bind LOCAL A; [get 2 GET]; 2 close; 4 bind LOCAL A; 3 listen; get 3 GET; 3 close; 4 listen; get 4 GET`,
  ]
    .map((line) => {
      const [place = '', steps = ''] = line.split('|');
      return `sock.c, test_reuseaddr, ${family}, ${place.trim()} | tcp | ${text(steps)}`;
    })
    .join('\n');
}

/** The machine on which test_bind binds every address of every interface. */
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', '2001:db8::1', 'fe80::1'],
  devices: { lo: ['127.0.0.1', '::1'], eth0: ['10.0.0.1', '2001:db8::1', 'fe80::1'] },
};

/** Sockets and names one by one. A scope that no interface has is ignored in Wine, where the address needs none: `todo_wine`. */
function single(isWine: boolean): string {
  const scoped = isWine ? ['fe80::1'] : ['::1', '2001:db8::1', 'fe80::1'];
  return `
sock.c, test_bind, TCP | tcp | 1 bind 192.0.2.0 => WSAEADDRNOTAVAIL; 1 bind 127.0.0.1; 1 bind 127.0.0.1 => WSAEINVAL; 2 bind 127.0.0.1 => WSAEADDRINUSE
sock.c, test_bind, UDP | udp | 1 bind 192.0.2.0 => WSAEADDRNOTAVAIL; 1 bind 127.0.0.1
sock.c, test_bind, adapters | tcp | 1 bind 127.0.0.1; 1 close; 1 bind ::1 default; 1 close; 1 bind 10.0.0.1; 1 close; 1 bind 2001:db8::1 default; 1 close; 1 bind fe80::1%eth0 default
${scoped.map((name) => `sock.c, test_bind, scopes, ${name} | tcp | 1 bind ${name} default scope=eth9 => WSAEADDRNOTAVAIL; 1 bind ${name} default`).join('\n')}
sock.c, test_connecting_socket | tcp | 1 bind 0.0.0.0; 1 start to=192.0.2.0 => WSAEWOULDBLOCK; 1 start to=192.0.2.0 => WSAEALREADY
sock.c, test_connect_udp | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1 toport=10; 1 disconnect
sock.c, test_broadcast | udp | 1 autobind 10.0.0.1 0.0.0.0 to=255.255.255.255`;
}

/** dlls/ws2_32/tests of Wine, whose expectations are those of Windows. */
export const wine: readonly Suite[] = [
  {
    name: 'Wine, dlls/ws2_32/tests, on Windows',
    systems: ['windows'],
    sequences: `
${exclusive()}
${reuse(false, 'AF_INET')}
${reuse(false, 'AF_INET6')}
sock.c, test_ipv6only | tcp | 1 bind :: default; 2 bind 0.0.0.0`,
  },
  {
    name: 'Wine, dlls/ws2_32/tests, single sockets on Windows',
    systems: ['windows'],
    setting: { host: HOST },
    sequences: single(false),
  },
  {
    name: 'Wine, dlls/ws2_32/tests, single sockets in Wine',
    systems: ['wine'],
    setting: { release: '10.17', host: HOST },
    sequences: single(true),
  },
  {
    name: 'Wine, dlls/ws2_32/tests, in Wine',
    systems: ['wine'],
    sequences: `
${exclusive()}
${reuse(true, 'AF_INET')}
${reuse(true, 'AF_INET6')}
sock.c, test_ipv6only | tcp | 1 bind :: default; 2 bind 0.0.0.0`,
  },
];
