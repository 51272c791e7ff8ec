import { describe, expect, it } from 'vitest';
import { devicesIn, kindIn, vrfsIn } from '../../../src/lab/vrf-host.ts';
import { models } from '../../../src/model/index.ts';

/** The form of `ip -j -d addr show`: a VRF with one device, and a device beside it. */
const LINKS = JSON.stringify([
  { ifindex: 1, ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
  { ifindex: 2, ifname: 'red', linkinfo: { info_kind: 'vrf', info_data: { table: 10 } }, addr_info: [] },
  {
    ifindex: 3,
    ifname: 'eth1',
    master: 'red',
    linkinfo: { info_kind: 'veth', info_slave_kind: 'vrf' },
    addr_info: [
      { family: 'inet', local: '192.0.2.2', prefixlen: 24 },
      { family: 'inet6', local: 'fd00::2', prefixlen: 64 },
    ],
  },
  { ifindex: 4, ifname: 'eth0', addr_info: [{ family: 'inet', local: '198.51.100.2', prefixlen: 24 }] },
]);

describe('the VRFs of a machine', () => {
  it('have their devices, and every device has its addresses', () => {
    expect(vrfsIn(LINKS)).toEqual({
      vrfs: { red: ['eth1'] },
      devices: { lo: ['127.0.0.1'], red: [], eth1: ['192.0.2.2', 'fd00::2'], eth0: ['198.51.100.2'] },
    });
  });

  it('decide for the model which address and which port a socket can have', () => {
    const host = { addresses: ['127.0.0.1', '192.0.2.2', '198.51.100.2'], ...vrfsIn(LINKS) };
    const bind = (address: string, device?: string) => {
      const port = models.linux.simulate({ host });
      const name = { protocol: 'tcp', family: 'inet', address, port: 80, privileged: true } as const;
      const { prediction } = port.step({ op: 'bind', socket: 1, ...name, ...(device === undefined ? {} : { device }) });
      return prediction.outcomes.join();
    };
    expect(bind('192.0.2.2', 'red')).toBe('ok');
    expect(bind('192.0.2.2')).toBe('EADDRNOTAVAIL');
    expect(bind('198.51.100.2', 'red')).toBe('EADDRNOTAVAIL');
    expect(bind('198.51.100.2')).toBe('ok');
  });

  it('are none where there are none, and where ip printed something else', () => {
    expect(vrfsIn(JSON.stringify([{ ifname: 'lo' }]))).toEqual({});
    expect(vrfsIn('Option "-j" is unknown, try "ip -help".')).toEqual({});
    expect(vrfsIn('{}')).toEqual({});
  });

  it('and their devices are read from sysfs too', () => {
    expect(kindIn('DEVTYPE=vrf\nINTERFACE=red\nIFINDEX=2\n')).toEqual({ device: 'red', isVrf: true });
    expect(kindIn('INTERFACE=eth0\nIFINDEX=3\n')).toEqual({ device: 'eth0', isVrf: false });
    expect(kindIn('')).toBeUndefined();
  });
});

describe('the devices of a machine', () => {
  it('are the rows of /proc/net/dev', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes
    lo: 1 2 0 0 0 0 0 0 1 2
eth0.7@x: 1 2 0 0 0 0 0 0 1 2
`;
    expect(devicesIn(text)).toEqual(['lo', 'eth0.7@x']);
  });
});
