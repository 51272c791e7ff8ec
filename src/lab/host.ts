import os from 'node:os';
import process from 'node:process';
import { FIXED_ADDRESSES } from './addresses.ts';
import type { Lab, LabFacts, LabKind, Missing, Need } from './lab.ts';
import { hasSecondUser } from './second-user.ts';

const NETNS_LINE = process.platform === 'linux' ? 'npx bindspec run --lab netns' : 'run it on Linux with --lab netns';

const NO_SECOND_USER: Missing =
  process.platform === 'win32'
    ? { reason: "agents on Windows act as the harness's own user", enable: NETNS_LINE }
    : { reason: 'only root can act as a second user', enable: 'sudo npx bindspec run' };

/** Where all of 127.0.0.0/8 is the machine's without being configured. */
const LOOPBACK_WIDE: ReadonlySet<string> = new Set(['linux', 'win32']);
const LOOPBACKS = Array.from({ length: 16 }, (_, index) => `127.0.0.${index + 1}`);

/**
 * This machine as it is: no neighbour, and its ports shared with every other program. `elsewhere` is the line that
 * gets a lab which offers the rest.
 */
export function hostLab(elsewhere = NETNS_LINE): LabKind {
  return {
    name: 'host',
    cellsAtOnce: 8,
    async open(): Promise<Lab> {
      const facts = hostFacts(os.networkInterfaces(), hasSecondUser(), elsewhere);
      return { facts, launch: () => [], close: async () => undefined };
    },
  };
}

/**
 * What this machine offers, from the list of its interfaces: one external IPv4 and one IPv6 address, a second of each
 * where there are two. `elsewhere` is what to do for the rest; `system` is what Node calls this machine's.
 */
export function hostFacts(
  interfaces: NodeJS.Dict<os.NetworkInterfaceInfo[]>,
  root: boolean,
  elsewhere = NETNS_LINE,
  system: string = process.platform,
): LabFacts {
  const addresses = { inet: { ...FIXED_ADDRESSES.inet }, inet6: { ...FIXED_ADDRESSES.inet6 } };
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  const external = (family: string) =>
    all.filter((one) => one.family === family && !one.internal && !isLinkLocal(one.address)).map((one) => one.address);
  for (const [family, list] of [
    ['inet', external('IPv4')],
    ['inet6', external('IPv6')],
  ] as const) {
    const [first, second] = list;
    if (first !== undefined) addresses[family].external = first;
    if (second !== undefined) addresses[family]['second-external'] = second;
  }
  const missing: Partial<Record<Need, Missing>> = {
    neighbour: { reason: 'the host lab has no second machine', enable: elsewhere },
    gateway: { reason: 'the host lab has no router of its own', enable: elsewhere },
    'quiet interface': { reason: "other programs use this machine's interfaces too", enable: elsewhere },
  };
  if (!LOOPBACK_WIDE.has(system) && !LOOPBACKS.every((one) => all.some(({ address }) => address === one))) {
    missing['loopback network'] = {
      reason: 'this system has no address of 127.0.0.0/8 but those that an interface is given',
      enable: 'for n in $(seq 2 16); do sudo ifconfig lo0 alias 127.0.0.$n; done',
    };
  }
  if (!root) missing['second user'] = NO_SECOND_USER;
  if (!all.some((one) => one.family === 'IPv6' && one.internal)) {
    delete addresses.inet6.loopback;
    delete addresses.inet6.wildcard;
  }
  return {
    lab: 'host',
    hosts: { machine: 'this machine' },
    addresses,
    missing,
    externalInterface: null,
    ownPorts: false,
    elsewhere,
  };
}

/** Whether an address is good on one link only, and useless without saying which. */
export function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][\da-f]:/i.test(address);
}
