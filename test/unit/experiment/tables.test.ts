import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCounters } from '../../../src/experiment/counters.ts';
import { parseListeners } from '../../../src/experiment/socket-table.ts';
import { needs, notLinux } from '../../support/needs.ts';

/** Rows as Linux 6.18 prints them. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21043 1 0000000000000000 100 0 0 10 0
   1: 8205A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21044 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 21045 1 0000000000000000 20 4 30 10 -1
   3: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21046 1 0000000000000000 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21047 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21048 1 0000000000000000 100 0 0 10 0
   2: 050000FD000000000000000030010000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21049 1 0000000000000000 100 0 0 10 0
`;

describe('the listeners in the tables of Linux', () => {
  test('are the listening sockets of the port, whatever else has it', () => {
    expect(parseListeners(TCP, 'inet', 8080)).toEqual(['127.0.0.1', '192.168.5.130']);
    expect(parseListeners(TCP, 'inet', 80)).toEqual(['0.0.0.0']);
    expect(parseListeners(TCP, 'inet', 81)).toEqual([]);
  });

  test('have IPv6 addresses in their canonical text', () => {
    expect(parseListeners(TCP6, 'inet6', 8080)).toEqual(['::', '::1', 'fd00:5::130']);
  });

  test('come from a table that this kernel really prints so', needs(notLinux), () => {
    expect(readFileSync('/proc/net/tcp', 'utf8').split('\n')[0]).toMatch(/^ +sl +local_address +rem_address +st /);
  });
});

describe('the counters of an interface', () => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     840      10    0    0    0     0          0         0      840      11    0    0    0     0       0          0
  eth0: 1234567     890    0    0    0     0          0         0  7654321     987    0    0    0     0       0          0
`;

  test('are its packets in both directions', () => {
    expect(parseCounters(table, 'eth0')).toEqual({ received: 890, sent: 987 });
    expect(parseCounters(table, 'lo')).toEqual({ received: 10, sent: 11 });
  });

  test('are null for an interface that is not there', () => {
    expect(parseCounters(table, 'eth')).toBeNull();
  });
});
