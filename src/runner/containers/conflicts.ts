import type { Protocol } from '../../model/types.ts';
import { EngineFailed } from '../../engine/engine.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import { LAN } from '../../engine/host/topology.ts';
import type { Family } from '../../protocol/messages.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { TCP_AND_UDP, PUBLISHED, publishedPort, type Published } from '../../containers/cases.ts';
import { askOnce, type Pace } from './ask-all.ts';
import { IMAGE, some, type Scene } from './scene.ts';
import { binding, serving, type Bound } from './serving.ts';

type Conflict = ConfigurationRecord['conflicts'][number];
type Holders = ConfigurationRecord['holders'];

/** The addresses that a socket of the host's own binds. */
const HOST_BINDS = ['0.0.0.0', '127.0.0.1', 'lan', ':: dual', ':: v6only', '::1', 'lan6'] as const;
type HostBind = (typeof HOST_BINDS)[number];

/** The ports to publish when a socket of the host has the port already; each needs a container, so these are few. */
const HOST_FIRST: readonly { protocol: Protocol; bind: HostBind; published: Published }[] = [
  ...(['0.0.0.0', '127.0.0.1', 'lan', ':: dual', '::1'] as const).flatMap((bind) =>
    (['every', '127.0.0.1'] as const).map((published) => ({ protocol: 'tcp' as const, bind, published })),
  ),
  ...(['0.0.0.0', '127.0.0.1'] as const).map((bind) => ({
    protocol: 'udp' as const,
    bind,
    published: 'every' as const,
  })),
];
const FIRST_PORT = 30_000;

/** The programs that listen on the host for the published ports, from the host's own list of sockets. */
export async function portHolders(host: EngineHost, scene: Scene): Promise<Holders> {
  const printed = await host.shell('ss -Hlntup');
  return PUBLISHED.filter((published) => published !== 'not' && scene.servers[published] !== undefined).flatMap(
    (published) =>
      TCP_AND_UDP.map((protocol) => {
        const port = publishedPort({ protocol, bind: '0.0.0.0', published });
        return { published, protocol, listeners: portListeners(printed, protocol, port) };
      }),
  );
}

/** Address and program of every socket that has a port, from the output of `ss -Hlntup`. */
export function portListeners(printed: string, protocol: Protocol, port: number): string[] {
  return printed.split('\n').flatMap((line) => {
    const [kind = '', , , , local = '', , ...rest] = line.trim().split(/\s+/);
    if (kind !== protocol || !local.endsWith(`:${port}`)) return [];
    const program = /\(\("([^"]+)"/.exec(rest.join(' '))?.[1];
    return [`${local.slice(0, local.lastIndexOf(':'))} ${program ?? 'the kernel'}`];
  });
}

/** The surroundings in which conflicts are tried. */
interface Around {
  host: EngineHost;
  scene: Scene;
  /** The agent on the host. */
  agent: AgentProcess;
  /** The network that containers are started with. */
  network: string;
  pace: Pace;
}

/** Which sockets of the host's own a published port excludes, and which published ports such a socket excludes. */
export async function conflictsOf(around: Around): Promise<Conflict[]> {
  const { scene, agent } = around;
  const first: Conflict[] = [];
  for (const published of ['every', '127.0.0.1'] as const) {
    if (!scene.servers[published]) continue;
    for (const protocol of TCP_AND_UDP) {
      const port = publishedPort({ protocol, bind: '0.0.0.0', published });
      for (const bind of HOST_BINDS) first.push(await bindBeside(agent, { protocol, bind, published }, port));
    }
  }
  const second: Conflict[] = [];
  const jobs = HOST_FIRST.map((one, index) => async () => {
    second[index] = await publishBeside(around, one, FIRST_PORT + index);
  });
  // All at the same time: a rootless podman waits for seconds before it reports that a port is taken.
  await some(jobs, jobs.length);
  return [...first, ...second];
}

interface Case {
  protocol: Protocol;
  bind: HostBind;
  published: Published;
}

async function bindBeside(agent: AgentProcess, one: Case, port: number): Promise<Conflict> {
  const on = `beside ${port} ${one.bind} ${one.protocol}`;
  const results = await agent.ask(binding(besideName(on, one, port)), true);
  await agent.ask([{ op: 'close', on }], false);
  return { first: 'engine', ...one, outcome: results.at(-1)?.outcome ?? 'ok' };
}

async function publishBeside({ host, agent, network, pace }: Around, one: Case, port: number): Promise<Conflict> {
  const { protocol, bind, published } = one;
  const on = `before ${port}`;
  const name = `beside-${port}`;
  await agent.ask(serving(besideName(on, one, port), 'the host'), true);
  try {
    const at = published === 'every' ? '' : `${published}:`;
    await host.engine.run({ name, image: IMAGE, networks: [network], publish: [`${at}${port}:80/${protocol}`] });
  } catch (error) {
    if (!(error instanceof EngineFailed)) throw error;
    return { first: 'host', protocol, bind, published, outcome: 'refused' };
  }
  // Nothing listens in the container: if the host's own server does not answer, the container has the port.
  const address = bind === 'lan' ? LAN.host.inet : bind === '::1' ? '::1' : '127.0.0.1';
  const came = await askOnce(agent, { socket: protocol, address, port, bytes: 1 }, pace);
  const answers = came.outcome === 'answered' ? 'the host' : `not the host (${came.outcome})`;
  return { first: 'host', protocol, bind, published, outcome: 'ok', answers };
}

function besideName(on: string, { protocol, bind }: Case, port: number): Bound {
  return { on, protocol, port, ...nameOf(bind) };
}

function nameOf(bind: HostBind): { family: Family; address: string; v6only?: number } {
  switch (bind) {
    case '0.0.0.0':
    case '127.0.0.1':
      return { family: 'inet', address: bind };
    case 'lan':
      return { family: 'inet', address: LAN.host.inet };
    case ':: dual':
      return { family: 'inet6', address: '::', v6only: 0 };
    case ':: v6only':
      return { family: 'inet6', address: '::', v6only: 1 };
    case '::1':
      return { family: 'inet6', address: '::1' };
    case 'lan6':
      return { family: 'inet6', address: LAN.host.inet6 };
  }
}
