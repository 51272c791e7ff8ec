import { isMulticast, unmapped } from '../model/address.ts';
import { hasInetForm, makingOf, type Plan, type Step } from './plan.ts';
import { senderOf } from './probe.ts';

/** The addresses of each interface, by its name. */
export type DeviceAddresses = Readonly<Record<string, readonly string[]>>;

/** Addresses that a namespace has as soon as lo is up, or that do not belong to an interface. */
const GIVEN: ReadonlySet<string> = new Set(['0.0.0.0', '::', '::1', '255.255.255.255']);

/** The addresses that a plan uses. */
function usedIn({ steps }: Plan): string[] {
  const used = steps.flatMap((step): string[] => {
    switch (step.op) {
      case 'bind':
        return [step.address];
      case 'connect':
      case 'accept':
        return [step.to];
      case 'probe':
        return [step.to, senderOf(step).address];
      default:
        return [];
    }
  });
  return [...new Set(used.map(unmapped))].filter(
    (one) => !GIVEN.has(one) && !one.startsWith('127.') && !isMulticast(one),
  );
}

/** Those that an interface must have. */
function addressesIn(plan: Plan): string[] {
  return usedIn(plan).filter((one) => !one.endsWith('.255'));
}

/** The broadcast addresses of a /24 that a plan uses, and that no interface with one of its addresses brings along. */
function broadcastsIn(plan: Plan, at: readonly { address: string; device: string }[]): string[] {
  const network = (address: string) => address.slice(0, address.lastIndexOf('.'));
  const brought = new Set(at.filter(({ device }) => device !== 'lo').map(({ address }) => network(address)));
  return usedIn(plan).filter((one) => one.endsWith('.255') && !brought.has(network(one)));
}

/** The interfaces that a plan names, and those on which the system sends what its probes send to many. */
function devicesIn(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => makingOf(step)?.device ?? ('device' in step ? (step.device ?? []) : []));
}

/**
 * The commands that give an empty network namespace the interfaces and addresses of the plan.
 * @param known the interfaces that have the addresses where the plan was played; other addresses are put on lo
 */
export function networkOf(plan: Plan, known: DeviceAddresses = {}): string[] {
  const at = addressesIn(plan).map((address) => {
    const device = Object.keys(known).find((name) => known[name]?.includes(address)) ?? 'lo';
    return { address, device };
  });
  const devices = new Set([...devicesIn(plan.steps), ...at.map(({ device }) => device)]);
  devices.delete('lo');
  return [
    'ip link set lo up',
    // Each has its other end in the same namespace: not every kernel has interfaces that need no other end.
    ...[...devices].flatMap((device, index) => [
      `ip link add ${device} type veth peer name end${index}`,
      `ip link set ${device} up`,
      `ip link set end${index} up`,
    ]),
    ...at.map(({ address, device }) => {
      const length = device === 'lo' ? '' : hasInetForm(address) ? '/24' : '/64';
      return `ip addr add ${address}${length} dev ${device}${hasInetForm(address) ? '' : ' nodad'}`;
    }),
    ...routesOf(at.map(({ address }) => address)),
    // Some address must have it for its broadcast address.
    ...broadcastsIn(plan, at).map((one) => `ip addr add ${one.replace(/255$/, '254')}/32 broadcast ${one} dev lo`),
  ];
}

/** Linux adds the local route of an IPv6 address a moment after the address: what is sent there before is lost. */
function routesOf(addresses: readonly string[]): string[] {
  const own = addresses.filter((one) => !hasInetForm(one));
  if (own.length === 0) return [];
  const has = own.map((one) => `ip -6 route show table local ${one} | grep -q .`).join(' && ');
  return [`timeout 5 sh -c "until ${has}; do sleep 0.1; done"`];
}

/** The groups that probes go to, with every interface on which the machine must have joined them. */
export function groupsOf(plan: Plan, known: DeviceAddresses = {}): { group: string; device: string }[] {
  const groups = new Set(
    plan.steps.flatMap((step) => (step.op === 'probe' ? [unmapped(step.to)] : [])).filter(isMulticast),
  );
  const devices = new Set(['lo', ...devicesIn(plan.steps)]);
  for (const address of addressesIn(plan)) {
    for (const name of Object.keys(known)) if (known[name]?.includes(address) === true) devices.add(name);
  }
  return [...groups].flatMap((group) => [...devices].map((device) => ({ group, device })));
}
