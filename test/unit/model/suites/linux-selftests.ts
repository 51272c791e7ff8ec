import type { Suite } from './suite.ts';

/**
 * The variants of bind_wildcard.c: the two names that are bound first, and what these and then six more binds return, without
 * an option and with SO_REUSEADDR or SO_REUSEPORT on the first two. A dot is `ok`, a u (in use) EADDRINUSE.
 */
const WILDCARDS = `
0.0.0.0                | 127.0.0.1              | .uuuu.uu | ..uuu.uu
127.0.0.1              | 0.0.0.0                | .uuuu.uu | ..uuu.uu
0.0.0.0                | ::                     | .uuuu.uu | ..uuuuuu
0.0.0.0                | :: v6only              | ..uuuuuu | ..uuuuuu
0.0.0.0                | ::1                    | ..uuuuuu | ..uuuuuu
0.0.0.0                | ::ffff:0.0.0.0         | .uuuu.uu | ..uuu.uu
0.0.0.0                | ::ffff:127.0.0.1       | .uuuu.uu | ..uuu.uu
127.0.0.1              | ::                     | .uuuu.uu | ..uuuuuu
127.0.0.1              | :: v6only              | ..uuuuuu | ..uuuuuu
127.0.0.1              | ::1                    | ..uuuuuu | ..uuuuuu
127.0.0.1              | ::ffff:0.0.0.0         | .uuuu.uu | ..uuu.uu
127.0.0.1              | ::ffff:127.0.0.1       | .uuuu.uu | ..uuu.uu
::                     | 0.0.0.0                | .uuuuuuu | ..uuuuuu
:: v6only              | 0.0.0.0                | ..uuuuuu | ..uuuuuu
::                     | 127.0.0.1              | .uuuuuuu | ..uuuuuu
:: v6only              | 127.0.0.1              | ..uuuuuu | ..uuuuuu
::1                    | 0.0.0.0                | ..uuuuuu | ..uuuuuu
::1                    | 127.0.0.1              | ..uuuuuu | ..uuuuuu
::ffff:0.0.0.0         | 0.0.0.0                | .uuuu.uu | ..uuu.uu
::ffff:0.0.0.0         | 127.0.0.1              | .uuuu.uu | ..uuu.uu
::ffff:127.0.0.1       | 0.0.0.0                | .uuuu.uu | ..uuu.uu
::ffff:127.0.0.1       | 127.0.0.1              | .uuuu.uu | ..uuu.uu
::                     | ::                     | .uuuuuuu | ..uuuuuu
:: v6only              | ::                     | .u.uuuuu | ..uuuuuu
::                     | :: v6only              | .uuuuuuu | ..uuuuuu
:: v6only              | :: v6only              | .u.uuuuu | ...uuuuu
::                     | ::1                    | .uuuuuuu | ..uuuuuu
:: v6only              | ::1                    | .u.uuuuu | ...uuuuu
::                     | ::ffff:0.0.0.0         | .uuuuuuu | ..uuuuuu
:: v6only              | ::ffff:0.0.0.0         | ..uuuuuu | ..uuuuuu
::                     | ::ffff:127.0.0.1       | .uuuuuuu | ..uuuuuu
:: v6only              | ::ffff:127.0.0.1       | ..uuuuuu | ..uuuuuu
::1                    | ::                     | .u.uuuuu | ..uuuuuu
::1                    | :: v6only              | .u.uuuuu | ...uuuuu
::1                    | ::ffff:0.0.0.0         | ..uuuuuu | ..uuuuuu
::1                    | ::ffff:127.0.0.1       | ..uuuuuu | ..uuuuuu
::ffff:0.0.0.0         | ::                     | .uuuu.uu | ..uuuuuu
::ffff:0.0.0.0         | :: v6only              | ..uuuuuu | ..uuuuuu
::ffff:0.0.0.0         | ::1                    | ..uuuuuu | ..uuuuuu
::ffff:0.0.0.0         | ::ffff:127.0.0.1       | .uuuu.uu | ..uuu.uu
::ffff:127.0.0.1       | ::                     | .uuuu.uu | ..uuuuuu
::ffff:127.0.0.1       | :: v6only              | ..uuuuuu | ..uuuuuu
::ffff:127.0.0.1       | ::1                    | ..uuuuuu | ..uuuuuu
::ffff:127.0.0.1       | ::ffff:0.0.0.0         | .uuuu.uu | ..uuu.uu`;

const AFTER = ['0.0.0.0', '127.0.0.1', '::', '::1', '::ffff:0.0.0.0', '::ffff:127.0.0.1'];

function wildcards(): string {
  return WILDCARDS.trim()
    .split('\n')
    .flatMap((line) => {
      const [one = '', two = '', plain = '', reuse = ''] = line.split('|').map((part) => part.trim());
      return (['', ' A', ' P'] as const).map((letter) => {
        const said = letter === '' ? plain : reuse;
        const names = [`${one}${letter}`, `${two}${letter}`, ...AFTER];
        const steps = names.map((name, index) => {
          const dual = name.includes(':') && !name.includes('v6only') ? ' dual' : '';
          return `${index + 1} bind ${name}${dual}${said[index] === '.' ? '' : ' => EADDRINUSE'}`;
        });
        return `bind_wildcard.c, ${one} and ${two}${letter} | tcp | ${steps.join('; ')}`;
      });
    })
    .join('\n');
}

/** What reuseport_addr_any.c binds on each side of the specific name: two AF_INET wildcards, and two AF_INET6 ones. */
function surrounded(protocol: 'udp' | 'tcp', name: string, to: string): string {
  const wild = ['0.0.0.0 P', '0.0.0.0 P', ':: dual P', ':: dual P'];
  const steps = [...wild, `${name} P`, ...wild].flatMap((one, index) => [
    `${index + 1} bind ${one}`,
    ...(protocol === 'tcp' ? [`${index + 1} listen`] : []),
  ]);
  return `reuseport_addr_any.c, ${name} | ${protocol} | ${steps.join('; ')}; get 5 from=${to} to=${to}`;
}

/** The pairs of options of reuseaddr_ports_exhausted.c: the second socket gets the only port, or it does not. */
function exhausted(): string {
  const letters = ['-', 'P', 'A', 'AP'];
  return letters
    .flatMap((one) =>
      letters.map((two) => {
        const [first, second] = [`S ${one}`, `S ${two}`];
        const both = one.includes('A') && two.includes('A');
        const listeners = one === 'AP' && two === 'AP';
        return [
          `reuseaddr_ports_exhausted.c, ${one} then ${two} | tcp | 1 bind ${first}; 2 bind ${second} chosen${both && !listeners ? '' : ' => EADDRINUSE'}`,
          ...(both
            ? [
                `reuseaddr_ports_exhausted.c, ${one} then ${two}, two users | tcp | 1 bind ${first} uid=10; 2 bind ${second} uid=20 chosen; 1 listen; 2 listen => fails`,
              ]
            : []),
        ];
      }),
    )
    .flat()
    .join('\n');
}

/** tools/testing/selftests/net of Linux. */
export const linuxSelftests: readonly Suite[] = [
  { name: 'Linux, tools/testing/selftests/net', systems: ['linux'], sequences: wildcards() },
  {
    name: 'Linux, tools/testing/selftests/net',
    systems: ['linux'],
    sequences: `
bind_timewait.c, localhost | tcp | 1 bind S; 1 listen; 2 accept 127.0.0.1 from=1; 2 close leaves=time-wait; 1 close; 3 bind S => EADDRINUSE
bind_timewait.c, addrany   | tcp | 1 bind W; 1 listen; 2 accept 127.0.0.1 from=1; 2 close leaves=time-wait; 1 close; 3 bind W => EADDRINUSE
reuseaddr_conflict.c       | tcp | 1 bind S A; 1 listen; 2 bind W A => EADDRINUSE; 3 bind :: v6only A; 4 bind W A => EADDRINUSE; 3 close; 5 bind W A => EADDRINUSE
so_incoming_cpu.c, servers | tcp | 1 bind S P; 1 listen; 2 bind S P; 2 listen; 3 bind S P; 3 listen; 3 close; 4 bind S P; 4 listen
bind_bhash.c, IPv4         | tcp | 1 bind 127.0.0.1 P; 1 listen; 2 bind 127.0.0.1 P; 3 bind 127.0.0.1 P; 4 bind 127.0.0.2 -
bind_bhash.c, IPv6         | tcp | 1 bind ::1 P; 1 listen; 2 bind ::1 P; 3 bind ::1 P; 4 bind fd00::5 -
ip_local_port_range.c, exhaust_8_port_range, IPv4 | tcp | 1 bind 127.0.0.1 -; 2 bind 127.0.0.1 chosen => EADDRINUSE
ip_local_port_range.c, exhaust_8_port_range, IPv6 | tcp | 1 bind ::1 -; 2 bind ::1 chosen => EADDRINUSE
ip_local_port_range.c, exhaust_8_port_range, IPv4 | udp | 1 bind 127.0.0.1 -; 2 bind 127.0.0.1 chosen => EADDRINUSE
ip_local_port_range.c, exhaust_8_port_range, IPv6 | udp | 1 bind ::1 -; 2 bind ::1 chosen => EADDRINUSE
${surrounded('udp', '127.0.0.1', '127.0.0.1')}
${surrounded('udp', '::1', '::1')}
${surrounded('udp', '::ffff:127.0.0.1 dual', '127.0.0.1')}
${surrounded('tcp', '127.0.0.1', '127.0.0.1')}
${surrounded('tcp', '::1', '::1')}
${surrounded('tcp', '::ffff:127.0.0.1 dual', '127.0.0.1')}`,
  },
  {
    name: 'Linux, tools/testing/selftests/net, with net.ipv4.ip_autobind_reuse=1',
    systems: ['linux'],
    setting: { host: { autobindReuse: true } },
    sequences: exhausted(),
  },
];
