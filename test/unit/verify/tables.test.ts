import { describe, expect, test } from 'vitest';
import { gateways, localhostIn, ownAddresses, peersAt, waiting, type Tables } from '../../../src/verify/tables.ts';

/** The tables as Linux 6.18 prints them in a container of podman 4.3, with some rows left out. */
const TABLES: Tables = {
  tcp: `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1049 1 0000000000000000 100 0 0 10 0
   1: 0207590A:0050 0107590A:D4F0 01 00000000:00000000 00:00000000 00000000     0        0 1052 1 0000000000000000 20 4 30 10 -1
   2: 0207590A:0051 0107590A:D4F1 01 00000000:00000000 00:00000000 00000000     0        0 1053 1 0000000000000000 20 4 30 10 -1
`,
  tcp6: `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1050 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000207590A:0050 0000000000000000FFFF00000107590A:D4F2 06 00000000:00000000 03:00001773 00000000     0        0 0 3 0000000000000000
`,
  udp: `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1051 2 0000000000000000 0
  101: 0207590A:C350 08080808:0035 01 00000000:00000000 00:00000000 00000000     0        0 1054 2 0000000000000000 0
`,
  fib_trie: `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
Local:
  +-- 10.89.7.0/24 2 0 2
        |-- 10.89.7.0
           /24 link UNICAST
        |-- 10.89.7.2
           /32 host LOCAL
     |-- 10.89.7.255
        /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
`,
  if_inet6: `fd000089000700000000000000000002 02 40 00 80     eth0
fe80000000000000f8ae4dfffe9f4d1a 02 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
`,
  route: `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0107590A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0007590A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`,
  ipv6_route: `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000089000700000000000000000001 00000400 00000001 00000000 00000003     eth0
fd000089000700000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
`,
};

describe('the tables of a network namespace', () => {
  test('tell what waits for connections, or for datagrams from anybody', () => {
    expect(waiting(TABLES).map(({ protocol, local, inode }) => [protocol, local.address, local.port, inode])).toEqual([
      ['tcp', '127.0.0.1', 9000, 1049],
      ['tcp', '::', 80, 1050],
      ['udp', '0.0.0.0', 53, 1051],
    ]);
  });

  test('tell who is connected to a port, whatever has become of the connection', () => {
    expect([...peersAt(TABLES, 80)]).toEqual(['10.89.7.1 54512', '::ffff:10.89.7.1 54514']);
    expect([...peersAt(TABLES, 9000)]).toEqual([]);
  });

  test('tell its own addresses and its routers', () => {
    expect(ownAddresses(TABLES)).toEqual(['10.89.7.2', 'fd00:89:7::2']);
    expect(gateways(TABLES)).toEqual(['10.89.7.1', 'fd00:89:7::1']);
  });

  test('may be missing, as on a kernel without IPv6', () => {
    expect([waiting({}), ownAddresses({}), gateways({})]).toEqual([[], [], []]);
  });
});

test('localhost is ::1 first wherever it is ::1 at all', () => {
  expect(localhostIn('127.0.0.1 localhost\n::1\tip6-localhost localhost # both\n')).toEqual(['::1', '127.0.0.1']);
  expect(localhostIn('127.0.0.1 localhost\n::1 ip6-localhost\n# ::1 localhost\n')).toEqual(['127.0.0.1']);
  expect(localhostIn('192.168.5.130 localhost\n')).toEqual([]);
});
