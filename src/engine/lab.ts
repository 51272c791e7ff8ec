import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { agentCommand } from '../lab/agent-command.ts';
import { netnsLine } from '../lab/host.ts';
import { type AddressKind, type Lab, type LabKind } from '../lab/lab.ts';
import { onPath } from '../lab/programs.ts';
import { labOf } from '../lab/topology/lab.ts';
import { survey } from '../lab/topology/survey.ts';
import type { Topology } from '../lab/topology/topology.ts';
import type { Family } from '../protocol/messages.ts';
import { docker } from './docker.ts';
import { EngineFailed, type ContainerNetwork, type Engine } from './engine.ts';
import type { EngineName } from './names.ts';
import { BUNDLED_AT } from '../bundle/rootfs.ts';
import { NO_ICMP_LIMITS } from '../lab/icmp-limits.ts';
import { labImage } from './image.ts';
import { podman } from './podman.ts';
import { LABEL, nameOfLab, sweep } from './sweep.ts';
import { Unavailable } from '../process/unavailable.ts';

/**
 * Containers share the kernel's one table of UDP ports, in which a slot with more than ten sockets is searched in another
 * way: the sockets of a second lab, on the same ports, would be seen in the first.
 */
const AT_ONCE = 1;
/** An address of a new container can't be bound before the kernel has looked for another that has it, in milliseconds. */
const SETTLE = 5000;
/** Networks are given random addresses; so often others are tried where these are taken. */
const ATTEMPTS = 4;

const HOSTS = ['the machine', 'the neighbour'];

/** Prints a line, and ends with its stdin. */
const WAIT = "process.stdin.on('end', () => process.exit()).resume(); console.log('ready')";

/**
 * A lab of containers: machine and neighbour on two networks of an engine, whose client is on PATH. `image` is one that has
 * bindspec in it; without, one is made of this machine's Node.js. `lab` is how it is named on the command line.
 */
export function engineLab(lab: string, name: EngineName, image: string | null): LabKind {
  const engine = name === 'podman' ? podman(['podman']) : docker(['docker']);
  let prepared: Promise<string> | null = null;
  return {
    name: lab,
    atOnce: AT_ONCE,
    far: true,
    async open() {
      try {
        prepared ??= prepare(engine, image);
        return await build(lab, engine, await prepared);
      } catch (error) {
        if (error instanceof EngineFailed) throw new Unavailable(error.message, `check that ${name} works`);
        throw error;
      }
    },
  };
}

/** Looks whether the engine is there, takes back what killed runs left, and returns an image that is there. */
async function prepare(engine: Engine, image: string | null): Promise<string> {
  if (!onPath(engine.name)) {
    throw new Unavailable(`the program '${engine.name}' is not installed`, 'install it, or use another lab');
  }
  await engine.facts();
  await sweep(engine);
  return image ?? labImage(engine);
}

async function build(lab: string, engine: Engine, image: string): Promise<Lab> {
  const name = nameOfLab();
  const networks: string[] = [];
  const containers = ['machine', 'neighbour'].map((host) => `${name}-${host}`);
  const held: { release(): Promise<void> }[] = [];
  const close = async () => {
    // A container that does not end by itself is removed; what can't be removed now is by the next run.
    await Promise.all(held.map((one) => one.release()));
    await engine.remove(containers).catch(() => undefined);
    await engine.removeNetworks(networks).catch(() => undefined);
  };
  try {
    const sixth = [await network(engine, `${name}-1`, networks), await network(engine, `${name}-2`, networks)];
    const inet6 = sixth.every(Boolean);
    const starting = containers.map((container) =>
      engine
        .hold({
          name: container,
          image,
          networks,
          labels: { [LABEL]: 'lab' },
          options: ['--user=0', '--entrypoint=node', ...sysctls(inet6)],
          command: ['-e', WAIT],
        })
        .then((one) => held.push(one)),
    );
    const failed = (await Promise.allSettled(starting)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const topology = await topologyOf(lab, engine, containers, networks);
    return labOf(topology, await survey(topology, SETTLE), close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether a network that was made has IPv6. `made` gets its name as soon as it is there. @throws EngineFailed */
async function network(engine: Engine, name: string, made: string[]): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const [a = 0, b = 0, ...prefix] = randomBytes(9);
    const subnet = `10.${128 + (a % 128)}.${b}.0/24`;
    // A prefix of unique local addresses as RFC 4193 has it: 40 random bits, and a subnet.
    const hex = [0xfd, ...prefix].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const subnet6 = `${(hex.match(/.{4}/g) ?? []).slice(0, 4).join(':')}::/64`;
    const inet6 = attempt < ATTEMPTS;
    try {
      await engine.createNetwork({ name, subnet, ...(inet6 ? { subnet6 } : {}), labels: { [LABEL]: 'lab' } });
      made.push(name);
      return inet6;
    } catch (error) {
      // Not every engine has IPv6; the last attempt does without.
      if (!(error instanceof EngineFailed) || attempt === ATTEMPTS) throw error;
      await after(50);
    }
  }
}

function sysctls(inet6: boolean): string[] {
  const { container } = NO_ICMP_LIMITS;
  return [container.inet, ...(inet6 ? [container.inet6] : [])].map((setting) => `--sysctl=${setting}`);
}

async function topologyOf(
  lab: string,
  engine: Engine,
  containers: readonly string[],
  networks: readonly string[],
): Promise<Topology> {
  const [machine, neighbour] = await Promise.all(
    containers.map((container) => networksOf(engine, container, networks)),
  );
  const [own, second] = machine ?? [];
  const [other] = neighbour ?? [];
  const addresses = (family: Family) =>
    Object.fromEntries(
      (
        [
          ['external', own?.[family]],
          ['second-external', second?.[family]],
          ['neighbour', other?.[family]],
        ] as const
      ).filter(([, address]) => address !== undefined),
    ) as Partial<Record<AddressKind, string>>;
  const elsewhere = netnsLine();
  const host = (index: number) => ({
    title: HOSTS[index] ?? '',
    launch: engine.exec(containers[index] ?? ''),
    agent: agentCommand('node', BUNDLED_AT),
  });
  return {
    lab,
    hosts: { machine: host(0), neighbour: host(1) },
    addresses: { inet: addresses('inet'), inet6: addresses('inet6') },
    externalInterface: 'eth0',
    secondInterface: 'eth1',
    exclusive: true,
    missing: {
      gateway: { reason: `the networks of ${engine.name} have no router of the lab's own`, enable: elsewhere },
      'routed second address': { reason: 'the neighbour is on both networks of the machine', enable: elsewhere },
      'quiet interface': {
        reason: "an engine's network carries traffic of others too",
        enable: elsewhere,
      },
    },
    elsewhere,
  };
}

/** What a container has on each network, in the order of the networks. */
async function networksOf(engine: Engine, container: string, networks: readonly string[]): Promise<ContainerNetwork[]> {
  const inspected = await engine.inspect(container);
  if (inspected === null) throw new EngineFailed(`the container ${container} is gone`);
  return networks.map((name) => inspected.networks.find((one) => one.name === name) ?? { name });
}
