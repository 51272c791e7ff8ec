import type { ChangedNetwork } from '../../network.ts';

/** The interface with the special addresses, in a lab whose network is its own. */
const DEVICE = 'special0';

/**
 * Gives the machine an address of each kind that a machine rarely has: a link-local one, one that is deprecated from the
 * start, one that stays tentative, and the anycast address that a router has on each of its networks.
 */
export async function addSpecialAddresses(network: ChangedNetwork): Promise<void> {
  await network.addInterface(DEVICE);
  await network.addAddress(DEVICE, 'fe80::130/64');
  await network.addAddress(DEVICE, 'fd00:13::130/64');
  await network.addAddress(DEVICE, 'fd00:13::131/64', { deprecated: true });
  await network.addAddress(DEVICE, 'fd00:13::132/64', { tentative: true });
  await network.set(`net.ipv6.conf.${DEVICE}.forwarding`, 1);
}
