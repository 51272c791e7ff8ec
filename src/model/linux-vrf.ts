import { isLoopback4, unmapped } from './address.ts';
import { atLeast, parseKernel } from './linux-kernel.ts';
import type { Host, Setting } from './types.ts';
import type { Socket, World } from './world.ts';

/** The VRF that a device is, or is in. */
function vrfOf(host: Host | undefined, device: string | undefined): string | undefined {
  if (device === undefined) return undefined;
  return Object.entries(host?.vrfs ?? {}).find(([vrf, devices]) => vrf === device || devices.includes(device))?.[0];
}

/** The bucket of a TCP port in which a socket is: one for each VRF and one for all else. Others are never looked at. */
export function bucketOf({ host, release, kernel }: Setting, socket: Socket): string {
  if (socket.protocol === 'udp' || host?.vrfs === undefined || host.tcpL3mdevAccept === true) return '';
  return atLeast(parseKernel(release ?? kernel), 5, 0) ? (vrfOf(host, socket.device) ?? '') : '';
}

/** Whether the address is not in the table in which the socket looks: that of its VRF, or the main one. */
export function isInOtherVrf({ setting: { host } }: World<unknown>, { device, address }: Socket): boolean {
  if (host?.vrfs === undefined) return false;
  const vrf = vrfOf(host, device);
  const plain = unmapped(address);
  const owners = Object.entries(host.devices ?? {})
    .filter(([, addresses]) => addresses.includes(plain))
    .map(([name]) => vrfOf(host, name));
  if (owners.length === 0) return vrf !== undefined && (isLoopback4(plain) || host.addresses?.includes(plain) === true);
  return !owners.includes(vrf);
}
