import { describe, expect, test } from 'vitest';
import { belongsTo } from '../../../src/sockets/control-group.ts';
import { deviceNames } from '../../../src/sockets/devices.ts';
import { tableSockets, withKernelSockets, withOptions } from '../../../src/sockets/held.ts';
import { parsePacketTable } from '../../../src/sockets/packet-table.ts';
import { parseUnixTable } from '../../../src/sockets/unix-table.ts';

/** As Linux 6.18 prints them. */
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000003 00:00000000 00000000    33        0 1050 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000207590A:0050 0000000000000000FFFF00000107590A:D4F2 06 00000000:00000000 03:00001773 00000000     0        0 0 3 0000000000000000
`;
const UDP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 3500007F:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000   101        0 1051 2 0000000000000000 0
`;
const RAW = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
    1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1060 2 0000000000000000 0
`;

describe('the sockets of the tables', () => {
  const sockets = tableSockets({ tcp6: TCP6, udp: UDP, raw: RAW });

  test('have their protocol, queues and the user who made them', () => {
    expect(sockets).toMatchObject([
      {
        protocol: 'tcp',
        family: 'inet6',
        state: 'LISTEN',
        received: 3,
        uid: 33,
        inode: 1050,
        local: { address: '::' },
      },
      { protocol: 'tcp', family: 'inet6', state: 'TIME_WAIT', inode: 0, local: { address: '::ffff:10.89.7.2' } },
      { protocol: 'udp', family: 'inet', state: 'CLOSED', received: 0x300, uid: 101, local: { address: '127.0.0.53' } },
      { protocol: 'raw', family: 'inet', local: { address: '0.0.0.0', port: 1 } },
    ]);
  });

  test('have more where the kernel tells more, and those that only the kernel tells are added', () => {
    const none = { peer: { address: '::', port: 0 }, uid: 0, received: 0, queued: 0, device: 0 };
    const all = withKernelSockets(
      sockets,
      [
        { local: { address: '::', port: 80 }, state: 10, inode: 1050, v6only: false, on: [], queued: 511, device: 2 },
        { local: { address: '::1', port: 80 }, state: 7, inode: 1070, v6only: true },
        // What is left of a connection has no number, and is in the table already.
        { local: { address: '::ffff:10.89.7.2', port: 80 }, state: 6, inode: 0 },
      ].map((socket) => ({ protocol: 'tcp', family: 'inet6', socket: { ...none, ...socket } })),
      new Map([[2, 'eth0']]),
    );
    expect(all).toHaveLength(5);
    expect(all[0]).toMatchObject({ v6only: false, on: [], backlog: 511, device: 'eth0' });
    expect(all[1]).not.toHaveProperty('device');
    expect(all[4]).toMatchObject({ state: 'CLOSED', inode: 1070, v6only: true, protocol: 'tcp' });
  });

  test('have what getsockopt() returned, which is surer', () => {
    const [socket] = sockets;
    if (socket === undefined) throw new Error('there is no socket');
    const held = { ...socket, v6only: false, holders: [] };
    expect(withOptions(held, { IPV6_V6ONLY: 1, SO_BINDTODEVICE: '', SO_REUSEADDR: 1 }, 5)).toMatchObject({
      v6only: true,
      backlog: 5,
      options: { SO_REUSEADDR: 1 },
    });
    expect(withOptions(held, { SO_BINDTODEVICE: '' })).not.toHaveProperty('device');
    expect(withOptions(held, undefined)).toEqual(held);
  });
});

test('Unix and packet sockets have tables of their own', () => {
  const unix = `Num       RefCount Protocol Flags    Type St Inode Path
00000000767e73ba: 00000003 00000000 00000000 0001 03 718429
00000000846aa849: 00000002 00000000 00010000 0001 01   646 /run/a b.sock
00000000846aa850: 00000002 00000000 00010000 0005 01   647 @abstract
`;
  expect(parseUnixTable(unix)).toEqual([
    { inode: 718_429, type: 'stream', listens: false },
    { inode: 646, type: 'stream', listens: true, path: '/run/a b.sock' },
    { inode: 647, type: 'seqpacket', listens: true, path: '@abstract' },
  ]);
  const packet = `sk               RefCnt Type Proto  Iface R Rmem   User   Inode
00000000b1f1a2c3 3      3    0003   2     1 0      0      9001
`;
  expect(parsePacketTable(packet)).toEqual([{ inode: 9001, uid: 0, frames: 3, device: 2 }]);
});

test('interfaces have their names from any of three tables', () => {
  const names = deviceNames({
    if_inet6: '00000000000000000000000000000001 01 80 10 80       lo\n',
    igmp: 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n4\teth0      :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n',
    dev_mcast: '11   docker0         1     0     333300000001\n',
  });
  expect([...names]).toEqual([
    [1, 'lo'],
    [4, 'eth0'],
    [11, 'docker0'],
  ]);
});

describe('the control group tells', () => {
  const id = '0123456789abcdef'.repeat(4);
  const short = id.slice(0, 12);
  test.each([
    ['0::/system.slice/nginx.service', { unit: 'nginx.service' }],
    ['0::/system.slice/system-postgresql.slice/postgresql@15-main.service', { unit: 'postgresql@15-main.service' }],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/dev.service', { unit: 'dev.service' }],
    ['0::/user.slice/user-1000.slice/session-4.scope', { unit: 'session-4.scope' }],
    [`0::/system.slice/docker-${id}.scope`, { container: { engine: 'docker', id: short } }],
    [`0::/docker/${id}`, { container: { engine: 'docker', id: short } }],
    [`0::/machine.slice/libpod-${id}.scope/container`, { container: { engine: 'podman', id: short } }],
    [`0::/machine.slice/libpod-conmon-${id}.scope`, {}],
    [
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${id}.scope`,
      { container: { engine: 'containerd', id: short } },
    ],
    [`0::/kubepods/besteffort/pod1/${id}`, { container: { engine: 'kubernetes', id: short } }],
    [
      '0::/lxc.payload.web/system.slice/nginx.service',
      { unit: 'nginx.service', container: { engine: 'lxc', id: 'web' } },
    ],
    [String.raw`0::/machine.slice/machine-my\x2dbox.scope`, { container: { engine: 'nspawn', id: 'my-box' } }],
    [`12:pids:/docker/${id}\n1:name=systemd:/docker/${id}\n0::/`, { container: { engine: 'docker', id: short } }],
    ['4:memory:/some/group\n0::/', {}],
    ['0::/', {}],
    ['', {}],
  ])('%s', (text, belongs) => {
    expect(belongsTo(text)).toEqual(belongs);
  });
});
