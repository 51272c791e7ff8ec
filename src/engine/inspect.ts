import { z } from 'zod';
import type { Publication } from '../published/publication.ts';
import type { Container, ContainerNetwork } from './engine.ts';

const text = z.string();

/** What `inspect` of both engines has in common, and of it what is used here. */
const inspected = z.object({
  Id: text,
  Name: text,
  State: z.object({ Running: z.boolean(), Pid: z.int().optional() }),
  HostConfig: z.object({ NetworkMode: text }),
  Config: z.object({ Labels: z.record(text, text).nullish() }),
  NetworkSettings: z.object({
    Ports: z.record(text, z.array(z.object({ HostIp: text, HostPort: text })).nullable()).nullish(),
    Networks: z
      .record(
        text,
        z.object({
          IPAddress: text.optional(),
          GlobalIPv6Address: text.optional(),
          Gateway: text.optional(),
          IPv6Gateway: text.optional(),
        }),
      )
      .nullish(),
  }),
});

/**
 * A container, from what `inspect` printed of it. @throws Error (of zod, or of JSON) for what is nothing of that kind;
 * its message is of no use to a user.
 */
export function containerOf(printed: string): Container {
  const [first] = z.array(inspected).min(1).parse(JSON.parse(printed));
  if (!first) throw new Error('nothing was printed');
  const { Id, Name, State, HostConfig, Config, NetworkSettings } = first;
  return {
    id: Id,
    // Docker puts a slash in front, from the days of links between containers.
    name: Name.replace(/^\//, ''),
    running: State.Running,
    pid: State.Running && State.Pid !== undefined && State.Pid > 0 ? State.Pid : null,
    networkMode: HostConfig.NetworkMode,
    networks: Object.entries(NetworkSettings.Networks ?? {}).map(([name, network]) => networkOf(name, network)),
    published: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, places]) =>
      (places ?? []).map((place) => publishedOf(port, place)),
    ),
    labels: Config.Labels ?? {},
  };
}

type Inspected = z.infer<typeof inspected>;

function networkOf(
  name: string,
  network: NonNullable<Inspected['NetworkSettings']['Networks']>[string],
): ContainerNetwork {
  const given: [keyof ContainerNetwork, string | undefined][] = [
    ['inet', network.IPAddress],
    ['inet6', network.GlobalIPv6Address],
    ['gateway', network.Gateway],
    ['gateway6', network.IPv6Gateway],
  ];
  // What it does not have is printed as an empty text.
  return { name, ...Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')) };
}

/** `80/tcp`, and where it is published; podman leaves the address empty for every address. */
function publishedOf(port: string, { HostIp, HostPort }: { HostIp: string; HostPort: string }): Publication {
  const [number = '', protocol = 'tcp'] = port.split('/');
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    port: Number(number),
    hostAddress: HostIp === '' ? '0.0.0.0' : HostIp,
    hostPort: Number(HostPort),
  };
}
