import type { Protocol } from '../model/types.ts';
import type { PortAsk } from '../published/ask.ts';
import type { PublishedAt } from '../published/publication.ts';

/**
 * What a server inside a container binds, where its port is published, and by which address a client then asks for it.
 * The names are those of the record.
 */

/** In the order of the record's rows. */
export const TCP_AND_UDP = ['tcp', 'udp'] as const satisfies readonly Protocol[];

/** What the server inside binds; `own` is its address on the container's network, `nothing` means that no one listens. */
export const BINDS = ['0.0.0.0', '127.0.0.1', 'own', '::', ':: v6only', 'own6', '::1', 'nothing'] as const;
export type Bind = (typeof BINDS)[number];

/**
 * Where its port is published on the host; `lan` and `lan6` are the host's addresses on its LAN. `same` is every address with the
 * number that the port has inside, as in `-p 8080:8080`; all others publish it with another number.
 */
export const PUBLISHED = ['every', '127.0.0.1', 'lan', '::1', 'lan6', 'not', 'same'] as const;
export type Published = (typeof PUBLISHED)[number];

/** One server in a container. */
export interface ContainerService {
  protocol: Protocol;
  bind: Bind;
  published: Published;
}

/** Who asks. `peer` is a container on the same network, `stranger` one on another, `itself` the server's own container. */
const ASKERS = ['host', 'neighbour', 'attacker', 'peer', 'stranger', 'itself'] as const;
export type Asker = (typeof ASKERS)[number];

/**
 * The address by which a client asks for it. `container` and `container6` are the container's own addresses, with the port
 * inside; so are the `inner` loopbacks. All others are the host's, with the published port; `second` is the host's second
 * LAN address.
 */
const TARGETS = [
  '127.0.0.1',
  '127.0.0.5',
  '::1',
  'lan',
  'second',
  'lan6',
  'gateway',
  'gateway6',
  'container',
  'container6',
  'inner 127.0.0.1',
  'inner ::1',
] as const;
export type AskTarget = (typeof TARGETS)[number];

/** One question: who asks, and by which address. */
export interface AskColumn {
  asker: Asker;
  target: AskTarget;
}

const HOST_ADDRESSES: readonly AskTarget[] = ['lan', 'second', 'lan6'];
const INNER: readonly AskTarget[] = ['container', 'container6'];

/** Who asks by which addresses for a published port; where none is published, only by the container's own addresses. */
const ASKED: Record<Asker, readonly AskTarget[]> = {
  host: ['127.0.0.1', '127.0.0.5', '::1', ...HOST_ADDRESSES, ...INNER],
  neighbour: [...HOST_ADDRESSES, ...INNER],
  attacker: ['127.0.0.1', '::1'],
  peer: ['lan', 'lan6', 'gateway', 'gateway6', ...INNER],
  stranger: ['lan', 'lan6', 'gateway', 'gateway6', ...INNER],
  itself: ['lan', 'lan6', 'inner 127.0.0.1', 'inner ::1', ...INNER],
};

/** With the host's own network, or that of pasta, a client also reaches the inside by the host's addresses. */
const SHARED: Partial<Record<Asker, readonly AskTarget[]>> = {
  host: ['inner 127.0.0.1', 'inner ::1'],
  attacker: ['inner 127.0.0.1', 'inner ::1'],
};

/** Every question, in the order of the record's columns. `shared` is whether the server is in the host's own network. */
export function asksOf(shared: boolean): AskColumn[] {
  return ASKERS.flatMap((asker) =>
    [...ASKED[asker], ...(shared ? (SHARED[asker] ?? []) : [])].map((target) => ({ asker, target })),
  );
}

/** The host addresses at which ports are published and by which clients ask, in the form that `src/published/` takes. */
export function publicationsOf(published: Published): PublishedAt[] {
  const addresses = isEverywhere(published) ? ['0.0.0.0', '::'] : published === 'not' ? [] : [published];
  return addresses.map((hostAddress) => ({ hostAddress, hostPort: PUBLISHED_PORT }));
}

/** Whether a port is published on every address. */
function isEverywhere(published: Published): boolean {
  return published === 'every' || published === 'same';
}

/**
 * A question in the form that `src/published/` takes; null for one that another container or the server's own asks. The
 * names of the LAN's addresses are used in place of the addresses.
 */
export function askOfColumn({ asker, target }: { asker: string; target: string }): PortAsk | null {
  const from = asker === 'host' ? 'host' : asker === 'neighbour' || asker === 'attacker' ? 'neighbour' : null;
  if (from === null) return null;
  return { from, address: target, port: PUBLISHED_PORT, isContainers: isInner(target as AskTarget) };
}

/** Used in place of the port of the host that is published for a server, whatever its number is. */
const PUBLISHED_PORT = 0;

/** Whether a target is an address of the container itself, for which nothing needs to be published. */
export function isInner(target: AskTarget): boolean {
  return target.startsWith('container') || target.startsWith('inner');
}

/** Every service, in the order of the record's rows. */
export const SERVICES: readonly ContainerService[] = PUBLISHED.flatMap((published) =>
  TCP_AND_UDP.flatMap((protocol) => BINDS.map((bind) => ({ protocol, bind, published }))),
);

/** Each purpose has its own port, so that servers that share a namespace do not use the same one. */
const FIRST_INNER = 8000;
const FIRST_PUBLISHED = 20_000;
const PER_CONTAINER = 100;

/** The port of a service inside its container. */
export function innerPort({ bind, published }: ContainerService): number {
  return FIRST_INNER + PUBLISHED.indexOf(published) * PER_CONTAINER + BINDS.indexOf(bind);
}

/** The port of the host that is published for it.*/
export function publishedPort(service: ContainerService): number {
  return service.published === 'same' ? innerPort(service) : innerPort(service) - FIRST_INNER + FIRST_PUBLISHED;
}

/** The name of a container. */
export function containerName(published: Published): string {
  return `published-${published.replaceAll(/[^a-z0-9]+/g, '-').replace(/^-/, 'l')}`;
}
