import { execa } from 'execa';
import { paced } from '../../process/pace.ts';
import type { Publication } from '../../published/publication.ts';
import { EngineFailed, type Container, type ContainerPlan, type Engine } from '../engine.ts';
import type { StartedEngine } from '../names.ts';
import { STATE } from './files.ts';
import { DAEMON_DEADLINE } from './held.ts';

/*
 * What the engines have in common that are not asked by a client like docker's: bindspec starts each container by the engine's own
 * program, gives it its network as the engine's callers do, and remembers what it made.
 */

/** What only a client like docker's is asked for. */
type OfClients =
  | 'build'
  | 'hasImage'
  | 'imagesNamed'
  | 'removeImage'
  | 'hold'
  | 'running'
  | 'labelled'
  | 'networksLabelled'
  | 'command';

/** Refuses all that only a client like docker's does. */
export function withoutClient(name: StartedEngine): Pick<Engine, OfClients> {
  const nothing = (what: string) => () => Promise.reject(new EngineFailed(`${name}: ${what} is not done with ${name}`));
  return {
    build: nothing('building an image'),
    hasImage: nothing('looking for an image'),
    imagesNamed: nothing('listing images'),
    removeImage: nothing('removing an image'),
    hold: nothing('holding a container'),
    running: nothing('listing what runs'),
    labelled: nothing('listing by label'),
    networksLabelled: nothing('listing by label'),
    command: nothing('another command'),
  };
}

/**
 * The publications of a plan, from `[ADDRESS:]HOSTPORT:PORT/PROTOCOL` as other engines take them; the address is empty for every one.
 * @param what what publishes one port, for the message. @throws EngineFailed for a range
 */
export function publishedBy({ publish = [] }: ContainerPlan, what: string): Publication[] {
  return publish.map((text) => {
    const found = /^(?:(.+):)?(\d+):(\d+)(?:\/(tcp|udp))?$/.exec(text);
    if (found === null) throw new EngineFailed(`${what} is one port, and '${text}' is more`);
    const [, address = '', hostPort = '', port = '', protocol = 'tcp'] = found;
    return {
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      port: Number(port),
      hostAddress: address.replace(/^\[(.*)\]$/, '$1'),
      hostPort: Number(hostPort),
    };
  });
}

/** The folder with the files of an image. */
export function imageFolder(tag: string): string {
  return `${STATE}/images/${tag}`;
}

/** Unpacks an image for containers that are given a folder. @throws EngineFailed */
export async function unpackImage(inside: readonly string[], archive: Buffer, tag: string): Promise<void> {
  const [file = '', ...words] = inside;
  const folder = imageFolder(tag);
  const { failed, stderr } = await execa(
    file,
    [...words, 'sh', '-c', `mkdir -p ${folder} && tar -x -f - -C ${folder}`],
    { input: archive, reject: false, timeout: paced(DAEMON_DEADLINE), detached: true },
  );
  if (failed) throw new EngineFailed(`the image can't be unpacked: ${stderr.trim()}`);
}

/** A container as a client like docker's would report it. */
export function asContainer(about: {
  name: string;
  pid: number | null;
  network: string;
  addresses: Readonly<Record<'inet' | 'inet6' | 'gateway' | 'gateway6', string | undefined>>;
  published: readonly Publication[];
}): Container {
  const { name, pid, network, addresses, published } = about;
  const known = Object.entries(addresses).filter(([, address]) => address !== undefined);
  return {
    id: name,
    name,
    running: pid !== null,
    pid,
    networkMode: network,
    networks: [{ name: network, ...(Object.fromEntries(known) as Record<string, string>) }],
    published: published.map((place) => ({
      ...place,
      hostAddress: place.hostAddress === '' ? '0.0.0.0' : place.hostAddress,
    })),
    labels: {},
  };
}
