import type { AgentProcess } from '../harness/agent-process.ts';
import type { Host } from '../model/types.ts';
import { sayOf, outputOf } from './program-output.ts';
import type { LabFacts } from './lab.ts';

/** What is read of VRFs: their devices, and the addresses of each device, whose table decides. */
type VrfHost = Pick<Host, 'vrfs' | 'devices'>;

/** The part of a device in the output of `ip -j -d addr show` that counts here. */
interface Link {
  readonly ifname?: unknown;
  readonly master?: unknown;
  readonly linkinfo?: { readonly info_kind?: unknown };
  readonly addr_info?: readonly { readonly local?: unknown }[];
}

/** The VRFs in the output of `ip -j -d addr show`; nothing where there are none, and for any other text. */
export function vrfsIn(json: string): VrfHost {
  let links: readonly Link[];
  try {
    const parsed: unknown = JSON.parse(json);
    links = Array.isArray(parsed) ? (parsed as Link[]).filter((link) => typeof link?.ifname === 'string') : [];
  } catch {
    return {};
  }
  const nameOf = ({ ifname }: Link) => String(ifname);
  const vrfs = links.filter(({ linkinfo }) => linkinfo?.info_kind === 'vrf').map(nameOf);
  if (vrfs.length === 0) return {};
  const addressesOf = ({ addr_info: all = [] }: Link) =>
    all.flatMap(({ local }) => (typeof local === 'string' ? [local] : []));
  return {
    vrfs: Object.fromEntries(vrfs.map((vrf) => [vrf, links.filter(({ master }) => master === vrf).map(nameOf)])),
    devices: Object.fromEntries(links.map((link) => [nameOf(link), addressesOf(link)])),
  };
}

/** The devices of a host, in the order of `/proc/net/dev`. */
export function devicesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
}

/** The device and its type in a file `uevent` of sysfs. */
export function kindIn(uevent: string): { device: string; isVrf: boolean } | undefined {
  const device = /^INTERFACE=(.+)$/m.exec(uevent)?.[1];
  return device === undefined ? undefined : { device, isVrf: /^DEVTYPE=vrf$/m.test(uevent) };
}

/**
 * Asks an agent for the VRFs of its host: ip(8), and sysfs where there is no ip. A VRF is a device of its own, so a host that
 * has no other devices than the loopback device and those that the lab made has none, and is not asked.
 * @param listed the text of `/proc/net/dev`
 * @throws HarnessError when the agent fails
 */
export async function readVrfs(
  agent: AgentProcess,
  listed: string,
  facts?: Pick<LabFacts, 'externalInterface' | 'secondInterface'>,
): Promise<VrfHost> {
  const devices = devicesIn(listed);
  const known = new Set<string | null | undefined>(['lo', facts?.externalInterface, facts?.secondInterface]);
  if (devices.every((device) => known.has(device))) return {};
  const output = await outputOf(sayOf(agent), 'ip', ['-j', '-d', 'addr', 'show']);
  return output?.exit === 0 ? vrfsIn(output.text) : fromSysfs(agent, devices);
}

/** The VRFs by `/sys/class/net`, if it shows the network of the agent: each device must have the index that IGMP has of it. */
async function fromSysfs(agent: AgentProcess, devices: readonly string[]): Promise<VrfHost> {
  const paths = [
    '/proc/net/igmp',
    ...devices.flatMap((device) =>
      ['uevent', 'master/uevent', 'ifindex'].map((file) => `/sys/class/net/${device}/${file}`),
    ),
  ];
  const results = await agent.ask(
    paths.map((path) => ({ op: 'read', path }) as const),
    false,
  );
  const [igmp = '', ...files] = results.map(({ outcome, data }) => (outcome === 'ok' ? (data ?? '') : ''));
  const own = devices.map((device, place) => {
    const [self = '', master = '', index = ''] = files.slice(place * 3, place * 3 + 3);
    return { device, index: index.trim(), self: kindIn(self), master: kindIn(master) };
  });
  const joined = new Map(
    igmp
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([at, name]) => [name, at]),
  );
  const isOurs = own.every(({ device, index }) => index !== '' && (joined.get(device) ?? index) === index);
  const names = own.filter(({ self }) => self?.isVrf === true).map(({ device }) => device);
  if (!isOurs || names.length === 0) return {};
  const membersOf = (vrf: string) => own.filter(({ master }) => master?.device === vrf).map(({ device }) => device);
  return { vrfs: Object.fromEntries(names.map((vrf) => [vrf, membersOf(vrf)])) };
}
