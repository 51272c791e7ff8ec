import { setTimeout as after } from 'node:timers/promises';
import type { Family, Hello, Operation, Result } from '../../protocol/messages.ts';
import { AgentProcess } from '../../harness/agent-process.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { type AddressKind, type HostName } from '../lab.ts';
import { withheldFrom, type Withheld } from '../privilege.ts';
import { OTHER_USER } from '../second-user.ts';
import { HOST_OF, isInterface } from './file.ts';
import { interfacesOf, type HostInterfaces } from './interfaces.ts';
import type { NAMED_KINDS } from './schema.ts';
import type { Topology, TopologyHost } from './topology.ts';
import { Deadline } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** How often an address that is not there yet is looked at again, in milliseconds. */
const LOOK_AGAIN = 100;

/** What the hosts of a topology said of themselves. */
export interface Survey {
  /** As the topology has them, with addresses in place of interfaces. */
  readonly addresses: Topology['addresses'];
  /** Whether the machine has IPv6, loopback at least. */
  readonly inet6: boolean;
  /** Whether agents on the machine can take a second user. */
  readonly secondUser: boolean;
  /** What agents on the machine may not do. */
  readonly withheld: Withheld;
}

/**
 * Meets an agent on each host, and has it bind the addresses that the topology says are that host's.
 * `settle` is how long, in milliseconds on a quiet machine, an address may take until it can be used.
 * @throws Unavailable that says which host can't be used and why, or which address is not where it should be
 */
export async function survey(topology: Topology, settle = 0): Promise<Survey> {
  const names = Object.keys(topology.hosts) as HostName[];
  const [secondUser, ...visits] = await Promise.all([
    canBeAnotherUser(topology.hosts.machine),
    ...names.map((name) => visit(name, topology, settle)),
  ]);
  const machine = visits[names.indexOf('machine')];
  if (machine === undefined) throw new Error('a topology has a machine');
  const addresses = {
    inet: Object.assign({}, ...visits.map(({ found }) => found.inet)) as Topology['addresses']['inet'],
    inet6: Object.assign({}, ...visits.map(({ found }) => found.inet6)) as Topology['addresses']['inet6'],
  };
  return { addresses, inet6: machine.inet6, secondUser, withheld: machine.withheld };
}

/** The names of those programs that can be started on a host. @throws HarnessError when it does not answer */
export async function programsOn(host: TopologyHost, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { agent } = await meet(host, []);
  try {
    // Its version is what every program tells without doing anything.
    const spawn = names.map((command): Operation => ({ op: 'spawn', as: command, command, args: ['--version'] }));
    const results = await agent.ask(spawn, false);
    return new Set(names.filter((_, index) => results[index]?.outcome === 'ok'));
  } finally {
    await agent.end();
  }
}

/** What became of one host. */
interface Visit {
  /** Its addresses. */
  found: Topology['addresses'];
  inet6: boolean;
  withheld: Withheld;
}

async function visit(name: HostName, topology: Topology, settle: number): Promise<Visit> {
  const host = topology.hosts[name] as TopologyHost;
  const { agent } = await meet(host, []).catch((error: unknown) => {
    if (!(error instanceof HarnessError)) throw error;
    const command = [...host.launch, ...host.agent].join(' ');
    throw new Unavailable(error.message, `try it by hand; it must print a line of JSON: ${command}`);
  });
  try {
    const found: Visit['found'] = { inet: {}, inet6: {} };
    const named = addressesOn(name, topology);
    const interfaces = named.some(({ address }) => isInterface(address))
      ? await interfacesOf(agent, host.agent[0] ?? '')
      : null;
    for (const { place, family, kind, address: given } of named) {
      const taken = [...named.map(({ address }) => address), ...Object.values(found[family])];
      const address = interfaces === null ? given : resolved(given, family, interfaces, taken);
      if (address === null) {
        throw new Unavailable(
          `${place} is '${given}', but ${host.title} has no ${family === 'inet' ? 'IPv4' : 'IPv6'} address left there`,
          `its interfaces are ${[...(interfaces?.keys() ?? [])].join(', ')}; name another, or leave it out`,
        );
      }
      const outcome = await bindSettled(agent, family, address, settle);
      if (outcome !== 'ok') {
        throw new Unavailable(
          `${place} is ${address}, which ${host.title} can't bind: ${outcome}`,
          `name an address that ${host.title} has`,
        );
      }
      found[family][kind] = address;
    }
    return { found, inet6: (await bind(agent, 'inet6', '::1')) === 'ok', withheld: await withheldFrom(agent) };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    throw new Unavailable(`${host.title}: ${error.message}`, 'check that the host works');
  } finally {
    await agent.end();
  }
}

/** The address itself, or the next of an interface that is not taken; null where there is none. */
function resolved(given: string, family: Family, interfaces: HostInterfaces, taken: readonly string[]): string | null {
  if (!isInterface(given)) return given;
  return interfaces.get(given)?.[family].find((address) => !taken.includes(address)) ?? null;
}

/** By trying: being root is not enough where a user namespace has no such user, and a system may know other ways. */
async function canBeAnotherUser(host: TopologyHost): Promise<boolean> {
  try {
    const { agent, hello } = await meet(host, [String(OTHER_USER)]);
    await agent.end();
    return hello.uid === OTHER_USER;
  } catch (error) {
    if (error instanceof HarnessError) return false;
    throw error;
  }
}

function meet(host: TopologyHost, words: readonly string[]): Promise<{ agent: AgentProcess; hello: Hello }> {
  const command = [...host.launch, ...host.agent];
  return AgentProcess.start({
    command: [...command, ...words],
    title: `the agent on ${host.title}`,
    ender: [...command, 'end'],
  });
}

function addressesOn(name: HostName, { addresses }: Topology) {
  return (['inet', 'inet6'] as const).flatMap((family) =>
    Object.entries(addresses[family])
      .filter(([kind]) => HOST_OF[kind as (typeof NAMED_KINDS)[number]] === name)
      .map(([kind, address]) => ({
        place: `addresses.${family}.${kind}`,
        family,
        kind: kind as AddressKind,
        address,
      })),
  );
}

/** The same, asked again for so long while the address is not there yet: a new one of IPv6 is looked for on the link first. */
async function bindSettled(agent: AgentProcess, family: Family, address: string, settle: number): Promise<string> {
  for (const deadline = new Deadline(settle); ; await after(LOOK_AGAIN)) {
    const outcome = await bind(agent, family, address);
    if (outcome !== 'EADDRNOTAVAIL' || deadline.passed) return outcome;
  }
}

/** The outcome of a UDP socket's bind() to any port, or of socket() if there is no such family. */
async function bind(agent: AgentProcess, family: Family, address: string): Promise<string> {
  const results: Result[] = await agent.ask(
    [
      { op: 'socket', as: 'probe', family, type: 'dgram' },
      { op: 'bind', on: 'probe', address, port: 0 },
      { op: 'close', on: 'probe' },
    ],
    true,
  );
  if (results.length === 2) await agent.ask([{ op: 'close', on: 'probe' }], false);
  return results.at(-1)?.outcome ?? 'nothing';
}
