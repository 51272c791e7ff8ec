import { isLoopback4, unmapped } from './address.ts';
import { atLeast, parseKernel } from './linux-kernel.ts';
import type { Host, Setting } from './types.ts';
import type { Socket, World } from './world.ts';

/** The VRF of a device: the device itself if it is a VRF, or the VRF that it belongs to. */
function vrfOf(host: Host | undefined, device: string | undefined): string | undefined {
  if (device === undefined) return undefined;
  return Object.entries(host?.vrfs ?? {}).find(([vrf, devices]) => vrf === device || devices.includes(device))?.[0];
}

/**
 * The bucket of a TCP port that a socket is in. There is one bucket for each VRF, and one for all other sockets. The kernel
 * never looks into any other bucket.
 */
export function bucketOf({ host, release, kernel }: Setting, socket: Socket): string {
  if (socket.protocol === 'udp' || host?.vrfs === undefined || host.tcpL3mdevAccept === true) return '';
  return atLeast(parseKernel(release ?? kernel), 5, 0) ? (vrfOf(host, socket.device) ?? '') : '';
}

/** Whether the address is missing from the table that the socket uses: that of its VRF, or the main one. */
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
