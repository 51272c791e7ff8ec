import { describe, expect, test } from 'vitest';
import { spell } from '../../../src/explain/reader/spell.ts';
import { excludedIn, listedSockets } from '../../../src/port/foreign.ts';
import { reportOf } from '../../../src/port/judge.ts';
import type { PresentReading } from '../../../src/port/present.ts';

// Output of the tools as people captured it on their machines; each says where.

/** macOS, github.com/react/create-react-app, issue 441. */
const LSOF = `node      36663 vjeux   22u    IPv6 0x3c581a030a2b0e47        0t0     TCP *:3000 (LISTEN)`;
/** macOS, github.com/sourcegraph/sourcegraph-public-snapshot, issue 48890. */
const LSOF_UDP = `postgres  3299 joechen    8u  IPv6 0xb302b79910e14cfd      0t0  UDP [::1]:56888->[::1]:56888
postgres  3305 joechen    8u  IPv6 0xb302b79910e14cfd      0t0  UDP [::1]:56888->[::1]:56888
postgres  3306 joechen    8u  IPv6 0xb302b79910e14cfd      0t0  UDP [::1]:56888->[::1]:56888`;
/** macOS, github.com/PostgresApp/PostgresApp, issue 676. */
const NETSTAT = `tcp4       0      0  127.0.0.1.5432         127.0.0.1.49565        FIN_WAIT_2
tcp4     117      0  127.0.0.1.49565        127.0.0.1.5432         CLOSE_WAIT`;
/** Windows in German, github.com/cartologic/cartoview, issue 190. */
const WINDOWS = `  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         968
  TCP    0.0.0.0:445            0.0.0.0:0              ABHÖREN         4
  TCP    0.0.0.0:4040           0.0.0.0:0              ABHÖREN         2524
  TCP    10.211.55.4:139        0.0.0.0:0              ABHÖREN         4`;
/** Windows, github.com/docker/for-win, issue 1707. */
const NETSH = `
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
        80          80
       443         443
      5357        5357
      8080        8080
     37408       37408
     58699       58708
     61167       61176

* - Administered port exclusions.
`;
/** Windows, github.com/dotnet/dotnet-monitor, issue 147, shortened. */
const ADMINISTERED = `Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      5357        5357
     50000       50059     *
     52302       52401

* - Administered port exclusions.
`;

const tcp = (port: number) => ({ protocol: 'tcp', port }) as const;
const shown = (all: readonly PresentReading[]) =>
  all.map(({ reading, sockets }) => [
    spell(reading.socket),
    sockets[0]?.state,
    sockets[0]?.holders.map(({ program, pid }) => `${program} ${pid}`).join(),
  ]);

describe('sockets in the output of the tools of other systems', () => {
  test('lsof on macOS', () => {
    expect(shown(listedSockets(LSOF, tcp(3000)))).toEqual([['tcp [::]:3000 listening', 'LISTEN', 'node 36663']]);
    expect(listedSockets(LSOF, tcp(3001))).toEqual([]);
    expect(listedSockets(LSOF, { protocol: 'udp', port: 3000 })).toEqual([]);
  });

  test('a socket that processes share is one socket', () => {
    expect(shown(listedSockets(LSOF_UDP, { protocol: 'udp', port: 56_888 }))).toEqual([
      ['udp [::1]:56888 connected', 'ESTABLISHED', 'postgres 3299,postgres 3305,postgres 3306'],
    ]);
  });

  test('netstat on macOS, where only connections are left', () => {
    expect(shown(listedSockets(NETSTAT, tcp(5432)))).toEqual([['tcp 127.0.0.1:5432 fin-wait-2', 'FIN_WAIT_2', '']]);
  });

  test('netstat on Windows in any language', () => {
    expect(shown(listedSockets(WINDOWS, tcp(4040)))).toEqual([
      ['tcp 0.0.0.0:4040 listening', 'LISTEN', 'a process 2524'],
    ]);
    expect(shown(listedSockets(WINDOWS, tcp(139)))).toEqual([
      ['tcp 10.211.55.4:139 listening', 'LISTEN', 'a process 4'],
    ]);
  });

  test.each(['', 'garbage', 'TCP', 'tcp 0 0', '\0\0', 'node 1 me 3u IPv4 0x1 0t0 TCP'])('nothing in %j', (text) => {
    expect(listedSockets(text, tcp(3000))).toEqual([]);
  });
});

describe('excluded ranges of Windows', () => {
  test('have the ports that netsh lists, without those that an administrator keeps for programs', () => {
    expect(excludedIn(NETSH, tcp(8080)).note).toContain('8080-8080');
    expect(excludedIn(NETSH, tcp(58_700)).note).toContain('58699-58708');
    expect(excludedIn(NETSH, tcp(8081)).note).toBeUndefined();
    expect(excludedIn(NETSH, { protocol: 'udp', port: 8080 }).note).toBeUndefined();
    expect(excludedIn(ADMINISTERED, tcp(52_323)).note).toContain('52302-52401');
    expect(excludedIn(ADMINISTERED, tcp(50_001)).note).toBeUndefined();
  });

  test('refuse a new socket', () => {
    const facts = { firewall: { rules: [], unread: [] }, elsewhere: [], sockets: [], chosen: null, uid: undefined };
    const outcomes = (port: number) => {
      const { settings } = excludedIn(NETSH, tcp(port));
      const report = reportOf({
        ...facts,
        ...tcp(port),
        system: 'windows',
        present: listedSockets(WINDOWS, tcp(port)),
        host: { ...settings.hosts.windows },
        machine: { settings },
      });
      return new Set(report.fresh.flatMap((one) => one.outcomes));
    };
    expect([...outcomes(8080)]).toEqual(['WSAEACCES']);
    expect([...outcomes(8081)]).toEqual(['ok']);
    expect(outcomes(4040)).toContain('WSAEADDRINUSE');
  });
});

test('beside a dual-stack listener of macOS the model of macOS answers', () => {
  const report = reportOf({
    ...tcp(3000),
    system: 'darwin',
    sockets: [],
    present: listedSockets(LSOF, tcp(3000)),
    elsewhere: [],
    firewall: { rules: [], unread: [] },
    host: { addresses: ['127.0.0.1', '::1', '192.0.2.7'] },
    machine: {},
    uid: undefined,
    chosen: null,
  });
  const at = (name: string) => report.fresh.find(({ names }) => names.includes(name));
  expect(at('[::]')?.outcomes).toEqual(['EADDRINUSE']);
  expect(at('[::]')?.rule).toMatch(/^darwin\//);
  expect(report.receivers.flatMap(({ to }) => to)).toEqual(['127.0.0.1', '::1', '192.0.2.7']);
});
