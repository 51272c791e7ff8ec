import type { Container, EngineFacts } from '../../engine/engine.ts';
import { EngineFailed } from '../../engine/engine.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import { LAN } from '../../engine/host/topology.ts';
import {
  PUBLISHED,
  SERVICES,
  innerPort,
  containerName,
  publishedPort,
  type Published,
} from '../../containers/cases.ts';
import { HOST_GATEWAY } from '../../containers/host-services.ts';
import type { Configuration } from '../../containers/configurations.ts';
import { enterBetween, settle } from './settle.ts';

/** The image of every container: a program that sleeps, and nothing else. */
export const IMAGE = 'bindspec-sleep';

/** A container of the scene: where to enter its network, and its addresses there. */
export interface Actor {
  name: string;
  pid: number;
  inet?: string;
  inet6?: string;
  gateway?: string;
  gateway6?: string;
}

/** The containers of a configuration, as they were started. */
export interface Scene {
  servers: Partial<Record<Published, Actor>>;
  peer: Actor | null;
  stranger: Actor | null;
  /** The reasons why the engine did not start a container, by where its ports were to be published. */
  refusals: Partial<Record<Published, string>>;
  /** Whether an outcome for an address appears only by chance, with silence in the other runs; it is recorded as silence. */
  byChance: (outcome: string, address: string) => boolean;
}

const NETWORKS = {
  one: { subnet: '10.89.1.0/24', subnet6: 'fd00:89:1::/64' },
  other: { subnet: '10.89.2.0/24', subnet6: 'fd00:89:2::/64' },
} as const;
/** A part of the LAN that none of its hosts is in. */
const MACVLAN = {
  subnet: '192.168.5.0/24',
  range: '192.168.5.192/26',
  subnet6: 'fd00:5::/64',
  range6: 'fd00:5::8:0/112',
};
/** How many containers are started at a time. */
const AT_A_TIME = 3;

/** Makes the networks of a configuration and starts its containers. @throws EngineFailed when that fails. */
export async function setScene(
  host: EngineHost,
  configuration: Configuration,
  engine: EngineFacts,
  servers: readonly Published[] = PUBLISHED,
): Promise<Scene> {
  const { mode } = configuration;
  if (mode === 'bridge' || mode === 'container') {
    for (const [name, network] of Object.entries(NETWORKS)) await host.engine.createNetwork({ name, ...network });
  }
  if (mode === 'macvlan') await makeMacvlan(host);
  const [network, other] = networksOf(configuration);
  const scene: Scene = {
    servers: {},
    peer: null,
    stranger: null,
    refusals: {},
    byChance: byChanceIn(configuration, engine),
  };
  const jobs: (() => Promise<void>)[] = servers.map((published) => async () => {
    try {
      scene.servers[published] = await startServer(host, configuration, published, network);
    } catch (error) {
      if (!(error instanceof EngineFailed)) throw error;
      scene.refusals[published] = error.message;
    }
  });
  // With the host's network a peer would be the host itself.
  if (mode !== 'host' && mode !== 'none') {
    jobs.push(async () => {
      // It asks for the host's own servers too, as Docker's documents say.
      const options = host.engine.name === 'docker' ? [HOST_GATEWAY] : [];
      scene.peer = await start(host, 'peer', network, [], options);
    });
    if (other !== null) {
      jobs.push(async () => {
        scene.stranger = await start(host, 'stranger', other);
      });
    }
  }
  await some(jobs);
  await settle(
    host,
    configuration,
    actorsOf(scene).map(({ pid }) => pid),
  );
  for (const actor of actorsOf(scene)) Object.assign(actor, await unlisted(host, configuration, actor));
  return scene;
}

/**
 * The bridges of a rootless podman reach the host through slirp4netns, which advertises IPv6. If netavark has turned on
 * forwarding in that namespace before, the kernel ignores the advertisement, and there is no route. Which of the two is
 * first differs from run to run (observed with 4.3), and with it whether a container gets an error for the host's IPv6 address.
 */
function byChanceIn(configuration: Configuration, { rootlessNetwork }: EngineFacts): Scene['byChance'] {
  const varies = enterBetween(configuration) !== null && rootlessNetwork === 'slirp4netns';
  return (outcome, address) => varies && outcome === 'ENETUNREACH' && address === LAN.host.inet6;
}

/** The addresses of a container that its engine does not report, because none of the engine's networks gave them. */
export async function unlisted(host: EngineHost, { mode }: Configuration, { pid }: Actor): Promise<Partial<Actor>> {
  if (mode === 'host') return { inet: LAN.host.inet, inet6: LAN.host.inet6 };
  if (mode !== 'pasta' && mode !== 'slirp4netns') return {};
  const printed = await host.shell(`nsenter --net=/proc/${pid}/ns/net ip -o addr show scope global`);
  const first = (family: string) => new RegExp(String.raw` ${family} (\S+)/`).exec(printed)?.[1];
  const gateways = mode === 'slirp4netns' ? SLIRP_GATEWAYS : await gatewaysOf(host, pid);
  return { ...defined({ inet: first('inet'), inet6: first('inet6') }), ...gateways };
}

/** The addresses that slirp4netns gives to the host, from its manual. */
const SLIRP_GATEWAYS = { gateway: '10.0.2.2', gateway6: 'fd00::2' } as const;

/** The gateways that a container has by its routes: with pasta they are those of the host. */
async function gatewaysOf(host: EngineHost, pid: number): Promise<Partial<Actor>> {
  const enter = `nsenter --net=/proc/${pid}/ns/net ip`;
  const printed = await host.shell(`${enter} route show default; echo --; ${enter} -6 route show default`);
  const [inet = '', inet6 = ''] = printed.split('--').map((text) => / via (\S+)/.exec(text)?.[1]);
  return defined({ gateway: inet || undefined, gateway6: inet6 || undefined });
}

async function makeMacvlan({ engine, device }: EngineHost): Promise<void> {
  const { subnet, range, subnet6, range6 } = MACVLAN;
  // podman accepts only one range for each network.
  const ranges = engine.name === 'podman' ? [range] : [range, range6];
  await engine.createNetwork({
    name: 'one',
    driver: 'macvlan',
    subnet,
    subnet6,
    ranges,
    options: [`parent=${device}`],
  });
}

/** The network of the servers and their peer, and that of the stranger. */
function networksOf({ mode, network }: Configuration): [string, string | null] {
  if (mode === 'bridge' || mode === 'container') return ['one', 'other'];
  return [network ?? 'one', null];
}

async function startServer(
  host: EngineHost,
  { mode }: Configuration,
  published: Published,
  network: string,
): Promise<Actor> {
  const name = containerName(published);
  const publish = published === 'not' ? [] : publishWords(published);
  if (mode !== 'container') return start(host, name, network, publish);
  const holder = `${name}-network`;
  const { inet, inet6, gateway, gateway6 } = await start(host, holder, network, publish);
  const joined = await start(host, name, `container:${holder}`);
  return { ...joined, ...defined({ inet, inet6, gateway, gateway6 }) };
}

/** The arguments of `--publish` for all servers of one container. */
function publishWords(published: Published): string[] {
  const at = {
    every: '',
    same: '',
    '127.0.0.1': '127.0.0.1:',
    lan: `${LAN.host.inet}:`,
    '::1': '[::1]:',
    lan6: `[${LAN.host.inet6}]:`,
    not: '',
  };
  return SERVICES.filter((service) => service.published === published).map(
    (service) => `${at[published]}${publishedPort(service)}:${innerPort(service)}/${service.protocol}`,
  );
}

export async function start(
  host: EngineHost,
  name: string,
  network: string,
  publish: readonly string[] = [],
  options: readonly string[] = [],
): Promise<Actor> {
  const { engine } = host;
  try {
    await engine.run({ name, image: IMAGE, networks: [network], publish, options });
  } catch (error) {
    // A container that was made before the failure would be in the way.
    await engine.remove([name]).catch(() => undefined);
    throw error;
  }
  const container = await engine.inspect(name);
  if (!container || container.pid === null) throw new EngineFailed(`${engine.name} run: the container ended at once`);
  return actorOf(name, container.pid, container);
}

function actorOf(name: string, pid: number, { networks }: Container): Actor {
  const [network] = networks;
  const { inet, inet6, gateway, gateway6 } = network ?? {};
  return { name, pid, ...defined({ inet, inet6, gateway, gateway6 }) };
}

function defined(addresses: Readonly<Record<string, string | undefined>>): Partial<Actor> {
  return Object.fromEntries(Object.entries(addresses).filter(([, address]) => address !== undefined));
}

/** Does several jobs, a few at a time. Throws the first error when the jobs that have begun are over. */
export async function some(jobs: readonly (() => Promise<void>)[], atATime: number = AT_A_TIME): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const worker = async () => {
    for (let index = next++; index < jobs.length && errors.length === 0; index = next++) {
      await jobs[index]?.().catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, jobs.length) }, worker));
  if (errors.length > 0) throw errors[0];
}

/** All containers of a scene. */
export function actorsOf({ servers, peer, stranger }: Scene): Actor[] {
  return [...Object.values(servers), peer, stranger].filter((actor) => actor !== null);
}
