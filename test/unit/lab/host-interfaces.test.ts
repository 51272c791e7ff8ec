import { describe, expect, it } from 'vitest';
import { externalAddresses, type NodeInterfaces } from '../../../src/lab/host-interfaces.ts';
import { hostFacts } from '../../../src/lab/host.ts';
import { holding } from '../../../tools/interfaces.ts';
import { Unavailable } from '../../../src/process/unavailable.ts';

/** A Mac with Wi-Fi, a VPN, AirDrop, and the switch of a container engine, in an order that favours none of them. */
const MAC: NodeInterfaces = {
  lo0: holding('127.0.0.1/8', '::1/128', 'fe80::1/64'),
  utun4: holding('100.64.1.2/32', 'fd7a:115c:a1e0::1/48'),
  bridge100: holding('192.168.64.1/24', 'fd5d:1::1/64'),
  awdl0: holding('fe80::2/64'),
  llw0: holding('fe80::3/64'),
  en0: holding('fe80::4/64', '192.168.1.20/24', '2001:db8:1::20/64', '2001:db8:1::99/64'),
};
/** A Windows machine with Hyper-V and Tailscale. */
const WINDOWS: NodeInterfaces = {
  'Loopback Pseudo-Interface 1': holding('127.0.0.1/8', '::1/128'),
  'vEthernet (Default Switch)': holding('172.28.32.1/16', 'fe80::5/64'),
  'vEthernet (WSL)': holding('172.30.0.1/16'),
  Tailscale: holding('100.64.0.9/32', 'fd7a:115c:a1e0::2/128'),
  'VMware Network Adapter VMnet8': holding('192.168.40.1/24'),
  Ethernet: holding('10.1.0.4/24', 'fe80::6/64'),
};
/** A Linux machine with Docker, WireGuard and libvirt; its default route leads over Wi-Fi. */
const LINUX: NodeInterfaces = {
  lo: holding('127.0.0.1/8', '::1/128'),
  docker0: holding('172.17.0.1/16'),
  'br-1a2b3c4d': holding('172.18.0.1/16', 'fd00:dead::1/64'),
  veth12ab: holding('fe80::7/64'),
  virbr0: holding('192.168.122.1/24'),
  wg0: holding('10.8.0.2/32'),
  eth0: holding('10.0.0.5/24'),
  wlan0: holding('192.168.7.9/24', 'fd00:7::9/64'),
};

describe('the external addresses that experiments use', () => {
  it('of a Mac with a VPN and a container engine are those of its network', () => {
    expect(externalAddresses(MAC, 'darwin', { inet: ['en0'], inet6: ['en0'] })).toEqual({
      addresses: { inet: ['192.168.1.20'], inet6: ['2001:db8:1::20', '2001:db8:1::99'] },
      device: 'en0',
      leftOut: ['utun4', 'bridge100'],
    });
    // This applies also where the default route leads over the VPN.
    const { addresses } = externalAddresses(MAC, 'darwin', { inet: ['utun4'], inet6: ['utun4'] });
    expect(addresses.inet).toEqual(['192.168.1.20']);
  });

  it('of a Windows machine with Hyper-V are those of its network', () => {
    expect(externalAddresses(WINDOWS, 'win32').addresses).toEqual({ inet: ['10.1.0.4'], inet6: [] });
    // A machine whose only network is on a virtual switch has no other interface.
    const { Ethernet: _, ...hung } = WINDOWS;
    expect(externalAddresses(hung, 'win32').device).toBe('vEthernet (Default Switch)');
  });

  it('of a Linux machine begin with the interface of the default route', () => {
    const { addresses } = externalAddresses(LINUX, 'linux', { inet: ['wlan0'], inet6: [] });
    expect(addresses).toEqual({ inet: ['192.168.7.9', '10.0.0.5'], inet6: ['fd00:7::9'] });
    expect(externalAddresses(LINUX, 'linux').addresses.inet).toEqual(['10.0.0.5', '192.168.7.9']);
  });

  it('of a machine whose one address is alone in its network are that, where the default route leads there', () => {
    const cloud = { lo: holding('127.0.0.1/8'), ens4: holding('10.128.0.2/32'), ib0: holding('10.9.0.1/32') };
    expect(externalAddresses(cloud, 'linux', { inet: ['ens4'], inet6: [] }).addresses.inet).toEqual(['10.128.0.2']);
  });

  it('are an alias too, after what it is beside', () => {
    const aliased = { en0: holding('192.0.2.130/32', '192.168.1.20/24') };
    expect(externalAddresses(aliased, 'darwin').addresses.inet).toEqual(['192.168.1.20', '192.0.2.130']);
  });

  it.each([
    ['linux', ['10.8.0.2']],
    ['win32', ['10.8.0.2']],
    ['darwin', []],
    ['freebsd', []],
    ['openbsd', []],
  ])('of nothing but a tunnel are for %s %j', (system, expected) => {
    const tunnelled = { lo: holding('127.0.0.1/8'), tun0: holding('10.8.0.2/24') };
    expect(externalAddresses(tunnelled, system).addresses.inet).toEqual(expected);
  });

  it.each(
    'utun0 tun1 tap0 ppp0 awdl0 llw0 bridge0 vmnet8 docker0 veth1 br-0a virbr0 wg0 tailscale0 ztabc anpi0 vboxnet0 ipsec0 cni0'
      .split(' ')
      .map((name) => [name]),
  )('are not those of %s where there is another', (name) => {
    const two = { [name]: holding('10.3.0.1/24', 'fd00:3::1/64'), en7: holding('10.4.0.1/24', 'fd00:4::1/64') };
    expect(externalAddresses(two, 'darwin').addresses).toEqual({ inet: ['10.4.0.1'], inet6: ['fd00:4::1'] });
  });

  it.each('en0 em0 vio0 igb0 eth0 ens3 enp0s31f6 wlan0 wlp2s0 bnxt0 vtnet0 hn0 Ethernet Wi-Fi br0 bond0'.split(' '))(
    'may be those of %s',
    (name) => {
      expect(externalAddresses({ [name]: holding('10.4.0.1/24') }, 'darwin').addresses.inet).toEqual(['10.4.0.1']);
    },
  );
});

describe('an interface that is named', () => {
  it('is the only one, whatever it is', () => {
    const facts = hostFacts(MAC, false, { system: 'darwin', device: 'utun4' });
    expect(facts).toMatchObject({ namedInterface: 'utun4', addresses: { inet: { external: '100.64.1.2' } } });
    expect(facts.addresses.inet).not.toHaveProperty('second-external');
  });

  it.each([
    ['en9', "the interface 'en9' is not here", 'name one of utun4, bridge100, en0 with --interface'],
    ['awdl0', "the interface 'awdl0' has no external address", 'name one of utun4, bridge100, en0 with --interface'],
    ['lo0', "the interface 'lo0' has no external address", 'name one of utun4, bridge100, en0 with --interface'],
  ])('%s can not be used', (device, reason, enable) => {
    const asked = () => hostFacts(MAC, false, { system: 'darwin', device });
    expect(asked).toThrow(Unavailable);
    expect(asked).toThrow(expect.objectContaining({ message: reason, enable }));
  });
});

describe('the lines that give a machine the addresses that it lacks', () => {
  const alone = (device: string): NodeInterfaces => ({
    lo0: holding('127.0.0.1/8', '::1/128'),
    [device]: holding('10.1.0.4/24'),
  });
  const linesOf = (system: string, interfaces: NodeInterfaces) => {
    const { missing } = hostFacts(interfaces, false, { system });
    return [missing['inet second-external'], missing['inet6 external'], missing['inet6 second-external']].map(
      (one) => one?.enable,
    );
  };

  it.each([
    ['darwin', 'en0', 'sudo ifconfig'],
    ['freebsd', 'vtnet0', 'sudo ifconfig'],
    ['openbsd', 'vio0', 'doas ifconfig'],
    ['netbsd', 'wm0', 'sudo ifconfig'],
  ])('%s', (system, device, ifconfig) => {
    const both = `${ifconfig} ${device} inet6 fd00:5::130 prefixlen 64 alias && ${ifconfig} ${device} inet6 fd00:5::131 prefixlen 64 alias`;
    expect(linesOf(system, alone(device))).toEqual([
      `${ifconfig} ${device} inet 192.0.2.130 netmask 255.255.255.255 alias`,
      both,
      both,
    ]);
    const { missing } = hostFacts(alone(device), false, { system });
    expect(missing['loopback network']?.enable).toBe(
      `for n in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do ${ifconfig} lo0 inet 127.0.0.$n netmask 255.255.255.255 alias; done`,
    );
  });

  it('Windows', () => {
    expect(linesOf('win32', alone('Ethernet 2'))).toEqual([
      'netsh interface ipv4 set interface "Ethernet 2" dhcpstaticipcoexistence=enabled && netsh interface ipv4 add address "Ethernet 2" 192.0.2.130/32 store=active',
      'netsh interface ipv6 add address "Ethernet 2" fd00:5::130/64 store=active && netsh interface ipv6 add address "Ethernet 2" fd00:5::131/64 store=active',
      expect.any(String),
    ]);
  });

  it('what they add is there afterwards', () => {
    const aliases = Array.from({ length: 15 }, (_, index) => `127.0.0.${index + 2}/32`);
    const after = {
      lo0: holding('127.0.0.1/8', '::1/128', ...aliases),
      en0: holding('10.1.0.4/24', '192.0.2.130/32', 'fd00:5::130/64', 'fd00:5::131/64'),
    };
    const { addresses, missing } = hostFacts(after, true, { system: 'darwin' });
    expect(addresses.inet).toMatchObject({ external: '10.1.0.4', 'second-external': '192.0.2.130' });
    expect(addresses.inet6).toMatchObject({ external: 'fd00:5::130', 'second-external': 'fd00:5::131' });
    expect(Object.keys(missing).toSorted()).toEqual(['gateway', 'isolated network', 'neighbour', 'quiet interface']);
  });

  it('one line where one of two addresses is there', () => {
    const [, , second] = linesOf('darwin', { ...alone('en0'), en0: holding('10.1.0.4/24', '2001:db8::4/64') });
    expect(second).toBe('sudo ifconfig en0 inet6 fd00:5::131 prefixlen 64 alias');
  });

  it('name what was left out, where there is nothing else', () => {
    const { lo0, utun4 } = MAC;
    const { missing } = hostFacts({ lo0, utun4 }, false, { system: 'darwin' });
    expect(missing['inet external']).toEqual({
      reason: "the host lab has no IPv4 address of the kind 'external', except utun4, which --interface can name",
      enable: 'run it on Linux with --lab netns',
    });
  });
});
