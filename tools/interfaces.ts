import type os from 'node:os';

/** An interface as Node tells of it, from addresses such as `192.168.1.20/24` and `fe80::1/64`. */
export function holding(...addresses: string[]): os.NetworkInterfaceInfo[] {
  return addresses.map((cidr) => {
    const [address = '', length = ''] = cidr.split('/');
    const common = {
      address,
      mac: '02:00:00:00:00:01',
      internal: address.startsWith('127.') || address === '::1',
      cidr,
    };
    if (address.includes(':')) {
      return { ...common, family: 'IPv6', netmask: length === '64' ? 'ffff:ffff:ffff:ffff::' : 'ffff::', scopeid: 0 };
    }
    const mask = { 32: '255.255.255.255', 16: '255.255.0.0', 8: '255.0.0.0' }[Number(length)] ?? '255.255.255.0';
    return { ...common, family: 'IPv4', netmask: mask };
  });
}
