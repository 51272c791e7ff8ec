import os from 'node:os';
import process from 'node:process';
import type { Family } from '../protocol/messages.ts';
import { addressLines, asRoot } from './address-lines.ts';
import { FIXED_ADDRESSES } from './addresses.ts';
import { defaultInterfaces, type DefaultInterfaces } from './default-route.ts';
import { ephemeralRange, portsBeside, type PortRange } from './ephemeral.ts';
import { externalAddresses, type ExternalAddresses, type NodeInterfaces } from './host-interfaces.ts';
import { type Lab, type LabFacts, type LabKind, type Missing, type Need } from './lab.ts';
import { USUAL_PORTS } from './ports.ts';
import { missingRights, withheldHere, type Withheld } from './privilege.ts';
import { hasSecondUser } from './second-user.ts';
import { Unavailable } from '../process/unavailable.ts';

/** Where all of 127.0.0.0/8 is the machine's without being configured. */
const LOOPBACK_WIDE: ReadonlySet<string> = new Set(['linux', 'win32']);
const LOOPBACKS = Array.from({ length: 16 }, (_, index) => `127.0.0.${index + 1}`);

/** What is known of a machine beside its interfaces; of this one where it is left out. */
export interface HostSettings {
  /** What to do for what the lab does not offer at all, for example a neighbour. */
  elsewhere?: string;
  /** What Node calls its system. */
  system?: string;
  /** The one interface whose external addresses are taken; the best one without. */
  device?: string;
  /** The interfaces of its default routes. */
  defaults?: DefaultInterfaces;
  /** The ports that its system chooses by itself. */
  ephemeral?: PortRange | null;
  /** What its processes may not do. */
  withheld?: Withheld;
}

/** This machine as it is: no neighbour, and its ports shared with every other program. */
export function hostLab({ elsewhere, device }: Pick<HostSettings, 'elsewhere' | 'device'> = {}): LabKind {
  return {
    name: 'host',
    cellsAtOnce: 8,
    async open(): Promise<Lab> {
      const facts = hostFacts(os.networkInterfaces(), hasSecondUser(), {
        ...(elsewhere === undefined ? {} : { elsewhere }),
        ...(device === undefined ? {} : { device }),
        defaults: defaultInterfaces(),
        ephemeral: ephemeralRange(),
        withheld: withheldHere(),
      });
      return { facts, launch: () => [], close: async () => undefined };
    },
  };
}

/** The line that gets the lab which offers what a machine alone does not: only Linux has it. */
export function netnsLine(system: string = process.platform): string {
  return system === 'linux' ? 'npx bindspec run --lab netns' : 'run it on Linux with --lab netns';
}

/**
 * What this machine offers, from the list of its interfaces: one external IPv4 and one IPv6 address, a second of each
 * where there are two.
 * @throws Unavailable when it does not have the interface that is named
 */
export function hostFacts(interfaces: NodeInterfaces, root: boolean, settings: HostSettings = {}): LabFacts {
  const { system = process.platform, device, defaults, ephemeral = null } = settings;
  const { elsewhere = netnsLine(system) } = settings;
  const external = externalAddresses(interfaces, system, defaults, device);
  if (device !== undefined && external.device === undefined) throw noSuchInterface(device, interfaces, system);
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  const addresses = { inet: { ...FIXED_ADDRESSES.inet }, inet6: { ...FIXED_ADDRESSES.inet6 } };
  for (const family of ['inet', 'inet6'] as const) {
    const [first, second] = external.addresses[family];
    if (first !== undefined) addresses[family].external = first;
    if (second !== undefined) addresses[family]['second-external'] = second;
  }
  const missing: Partial<Record<Need, Missing>> = {
    neighbour: { reason: 'the host lab has no second machine', enable: elsewhere },
    gateway: { reason: 'the host lab has no router of its own', enable: elsewhere },
    'isolated network': { reason: 'the host lab may have routes to other networks', enable: elsewhere },
    'quiet interface': { reason: "other programs use this machine's interfaces too", enable: elsewhere },
  };
  const lines = addressLines(system);
  if (!LOOPBACK_WIDE.has(system) && !LOOPBACKS.every((one) => all.some(({ address }) => address === one))) {
    missing['loopback network'] = {
      reason: 'this system has no address of 127.0.0.0/8 except those assigned to an interface',
      enable: lines?.loopback ?? elsewhere,
    };
    if (!all.some(({ address }) => address === addresses.inet['second-loopback'])) {
      // As a bind address it does not belong to this machine.
      missing['inet second-loopback'] = missing['loopback network'];
      delete addresses.inet['second-loopback'];
    }
  }
  if (!root) missing['second user'] = noSecondUser(system);
  Object.assign(missing, missingRights(settings.withheld ?? {}, `${asRoot(system)} npx bindspec run`));
  if (!all.some((one) => one.family === 'IPv6' && one.internal)) {
    delete addresses.inet6.loopback;
    delete addresses.inet6.wildcard;
  }
  Object.assign(missing, missingAddresses(addresses, external, system, elsewhere));
  const ports = portsBeside(ephemeral, USUAL_PORTS);
  return {
    lab: 'host',
    hosts: { machine: 'this machine' },
    addresses,
    missing,
    externalInterface: null,
    ...(device === undefined ? {} : { namedInterface: device }),
    ownPorts: false,
    ...(ports === null ? {} : { firstPort: ports.from, lastPort: ports.to }),
    elsewhere,
  };
}

/** What each kind of external address that the machine does not have takes, and what gives it one. */
function missingAddresses(
  addresses: LabFacts['addresses'],
  { device, leftOut }: ExternalAddresses,
  system: string,
  elsewhere: string,
): LabFacts['missing'] {
  const missing: LabFacts['missing'] = {};
  const lines = device === undefined ? null : addressLines(system);
  const tunnels = leftOut.length === 0 ? '' : `, except ${leftOut.join(', ')}, which --interface can name`;
  for (const [family, title] of [
    ['inet', 'IPv4'],
    ['inet6', 'IPv6'],
  ] as const) {
    for (const kind of ['external', 'second-external'] as const) {
      const own = addresses[family];
      if (own[kind] !== undefined || !hasFamily(own, family)) continue;
      const first = own.external === undefined;
      // Without more to say it is said as of every other address that a lab lacks.
      if (lines === null && !(first && leftOut.length > 0)) continue;
      missing[`${family} ${kind}`] = {
        reason: `the host lab has no ${title} address of the kind '${kind}'${first ? tunnels : ''}`,
        enable: lines === null || device === undefined ? elsewhere : lines[family](device, first ? 2 : 1),
      };
    }
  }
  return missing;
}

/** Whether the machine has a family at all, though it lacks an address. */
function hasFamily(own: LabFacts['addresses'][Family], family: Family): boolean {
  return family === 'inet' || own.wildcard !== undefined;
}

function noSecondUser(system: string): Missing {
  return system === 'win32'
    ? { reason: "agents on Windows act as the harness's own user", enable: netnsLine(system) }
    : { reason: 'only root can act as a second user', enable: `${asRoot(system)} npx bindspec run` };
}

function noSuchInterface(device: string, interfaces: NodeInterfaces, system: string): Unavailable {
  const there = Object.keys(interfaces).filter((name) => externalAddresses(interfaces, system, undefined, name).device);
  const reason = `the interface '${device}' ${interfaces[device] === undefined ? 'is not here' : 'has no external address'}`;
  const mend = there.length === 0 ? 'leave out --interface' : `name one of ${there.join(', ')} with --interface`;
  return new Unavailable(reason, mend);
}
