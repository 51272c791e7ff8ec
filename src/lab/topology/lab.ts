import { FIXED_ADDRESSES } from '../addresses.ts';
import { missingRights } from '../privilege.ts';
import type { HostName, Lab, LabFacts, LabKind } from '../lab.ts';
import { programsOn, survey, type Survey } from './survey.ts';
import type { Topology } from './topology.ts';

/**
 * A lab of hosts that are there already. They are met once, before the first use. Where no one else uses them there is
 * one at a time, whose ports and counters are its own; else any number of them share the hosts with others.
 */
export function topologyLab(topology: Topology): LabKind {
  let met: Promise<Survey> | null = null;
  return {
    name: topology.lab,
    ...(topology.exclusive ? { atOnce: 1 } : {}),
    async open() {
      met ??= survey(topology);
      return labOf(topology, await met, async () => undefined);
    },
  };
}

/** The lab that a topology is, by what its hosts said of themselves. `close` takes back what was made for it. */
export function labOf(topology: Topology, met: Survey, close: () => Promise<void>): Lab {
  const { hosts } = topology;
  const host = (name: HostName) => {
    const found = hosts[name];
    if (found === undefined) throw new Error(`there is no ${name} in the ${topology.lab} lab`);
    return found;
  };
  return {
    facts: factsOf(topology, met),
    launch: (name) => host(name).launch,
    agent: (name) => host(name).agent,
    farAgents: true,
    programs: (names) => programsOn(hosts.machine, names),
    close,
  };
}

function factsOf(topology: Topology, { addresses, inet6, secondUser, withheld }: Survey): LabFacts {
  const { lab, hosts, externalInterface, secondInterface, exclusive, elsewhere } = topology;
  const missing: LabFacts['missing'] = {
    'isolated network': { reason: `the ${lab} lab may have routes to other networks`, enable: elsewhere },
  };
  for (const name of ['neighbour', 'gateway'] as const) {
    if (hosts[name] === undefined) missing[name] = { reason: `the ${lab} lab has no ${name}`, enable: elsewhere };
  }
  if (!exclusive || externalInterface === null) {
    const reason = exclusive
      ? `the ${lab} lab does not name the machine's interface`
      : `others use the interfaces of the ${lab} lab too`;
    missing['quiet interface'] = { reason, enable: elsewhere };
  }
  if (!secondUser) {
    missing['second user'] = {
      reason: `agents on ${hosts.machine.title} can't become a second user`,
      enable: 'start them as root',
    };
  }
  return {
    lab,
    hosts: Object.fromEntries(Object.entries(hosts).map(([name, { title }]) => [name, title])),
    addresses: {
      inet: { ...FIXED_ADDRESSES.inet, ...addresses.inet },
      inet6: { ...(inet6 ? FIXED_ADDRESSES.inet6 : {}), ...addresses.inet6 },
    },
    missing: { ...missing, ...missingRights(withheld, 'start them with this capability'), ...topology.missing },
    externalInterface,
    ...(secondInterface === undefined ? {} : { secondInterface }),
    ownPorts: exclusive,
    elsewhere,
  };
}
