import type { Protocol } from '../model/types.ts';
import { DOCKER_CLOSES, DOCKER_FILTERS_IPV6, isAnswered, wayIn, whoComes, type WayIn } from '../published/ask.ts';
import {
  asksOf,
  askOfColumn,
  TCP_AND_UDP,
  publicationsOf,
  type Asker,
  type Published,
  type AskTarget,
} from './cases.ts';
import { loopbackServiceIds, loopbackServices } from './host-services.ts';
import type { StartedEngine } from '../engine/names.ts';
import { asked } from './reading.ts';
import { isOlderVersion } from '../text/versions.ts';
import type { ConfigurationRecord, SecurityRecord } from '../record/containers.ts';

/** The part of an engine's description on which the known facts about it depend. */
export interface EngineVersion {
  name: StartedEngine;
  version: string;
}

/** A way to reach a private port from outside, with the question that tries it. */
interface Entrance {
  way: WayIn;
  asker: Asker;
  target: AskTarget;
  published: Published;
}

/** The ports that the whole LAN must not reach: those published on loopback alone, or not at all. */
const PRIVATE = ['127.0.0.1', '::1', 'not'] as const satisfies readonly Published[];
const WAYS = ['loopback', 'subnet', 'lan'] as const satisfies readonly WayIn[];

const ENTRANCES: readonly Entrance[] = WAYS.flatMap((way) =>
  PRIVATE.flatMap((published) =>
    asksOf(false).flatMap(({ asker, target }) => {
      const ask = askOfColumn({ asker, target });
      const isWay = ask?.from === 'neighbour' && wayIn(publicationsOf(published), ask) === way;
      // For loopback the question uses the address of publishing; a port that is not published has no port on the LAN.
      const isAsked = way === 'loopback' ? target === published : way === 'subnet' || published !== 'not';
      return isWay && isAsked ? [{ way, asker, target, published }] : [];
    }),
  ),
);

/** Where a container has an address on the LAN, everyone on the LAN may use that address; nothing is private there. */
const ON_THE_LAN: ReadonlySet<ConfigurationRecord['mode']> = new Set(['host', 'macvlan']);

/**
 * Whether private ports can be reached from the LAN, for each way in, protocol and place of publishing: `exposed` as soon
 * as one server answered.
 */
export function securityOf(configuration: ConfigurationRecord, engine: EngineVersion): SecurityRecord[] {
  const all = asked(configuration);
  const entrances = ENTRANCES.filter(({ way }) => way !== 'subnet' || !ON_THE_LAN.has(configuration.mode));
  const containers = inOrder(entrances).flatMap(({ way, asker, target, published, protocol }) => {
    const own = all.filter(
      (one) =>
        one.row.published === published &&
        one.row.socket.startsWith(protocol) &&
        one.asker === asker &&
        one.target === target,
    );
    const reached = [...new Set(own.filter(({ outcome }) => isAnswered(outcome)).map(({ row }) => row.bind))];
    return own.length === 0 ? [] : [record(configuration, engine, { way, protocol, published, target, reached })];
  });
  const host = configuration.hostServer.map(({ protocol, target, outcome }) =>
    record(configuration, engine, {
      way: 'loopback',
      protocol,
      published: 'host',
      target,
      reached: isAnswered({ outcome }) ? [target] : [],
    }),
  );
  const inside = loopbackServices(configuration).map(({ protocol, bind, target, reached }) =>
    insideRecord(configuration, { protocol, bind, target, reached }),
  );
  return [...containers, ...host, ...inside];
}

/** The options that lead containers to the host's loopback, by the ends of configurations' ids, each with the document that says so. */
const LEADS_TO_LOOPBACK: Readonly<Record<string, string>> = {
  '-host-loopback': 'slirp4netns(1), allow_host_loopback',
  '-map-gw': 'pasta(1), --map-gw; podman-run(1), --network=pasta',
};

/** Whether a container reaches a server of the host that is on loopback alone. */
function insideRecord(
  { id }: ConfigurationRecord,
  { protocol, bind, target, reached }: ReturnType<typeof loopbackServices>[number],
): SecurityRecord {
  const reference = Object.entries(LEADS_TO_LOOPBACK).find(([option]) => id.endsWith(option))?.[1];
  return {
    id: `${id}/inside/${protocol}/host ${bind}/${target}`,
    configuration: id,
    way: 'inside',
    protocol,
    published: `host ${bind}`,
    target,
    verdict: reached ? 'exposed' : 'contained',
    says: `a container ${reached ? 'reaches' : 'does not reach'} the host's own server that is on ${bind} alone`,
    reached: reached ? [bind] : [],
    ...(reference === undefined || !reached ? {} : { reference }),
  };
}

/** Entrances for each protocol, in the order of the record: by way, where it is published, and protocol. */
function inOrder(entrances: readonly Entrance[]): (Entrance & { protocol: Protocol })[] {
  return WAYS.flatMap((way) =>
    PRIVATE.flatMap((published) =>
      TCP_AND_UDP.flatMap((protocol) =>
        entrances.filter((one) => one.way === way && one.published === published).map((one) => ({ ...one, protocol })),
      ),
    ),
  );
}

type Judged = { way: WayIn } & Pick<SecurityRecord, 'protocol' | 'published' | 'target' | 'reached'>;

const WHAT: Readonly<Record<string, string>> = {
  not: 'a port that is not published at all',
  host: "the host's own server on its loopback",
};

function record(
  { id, facts }: ConfigurationRecord,
  engine: EngineVersion,
  { way, protocol, published, target, reached }: Judged,
): SecurityRecord {
  const exposed = reached.length > 0;
  const what = WHAT[published] ?? `a port that is published on ${published} alone`;
  const reference = exposed
    ? referenceOf(engine, way, { target, hasRules: hasIPv6Rules(facts, engine) || target !== 'container6' })
    : undefined;
  return {
    id: `${id}/${way}/${protocol}/${published}/${target}`,
    configuration: id,
    way,
    protocol,
    published,
    target,
    verdict: exposed ? 'exposed' : 'contained',
    says: `${whoComes(way, target)} ${exposed ? 'reaches' : 'does not reach'} ${what}`,
    reached,
    ...(reference === undefined ? {} : { reference }),
  };
}

/** Whether Docker was started so that it makes firewall rules for IPv6. */
function hasIPv6Rules(facts: ConfigurationRecord['facts'], { version }: EngineVersion): boolean {
  const given = facts['options of dockerd']?.includes('--ip6tables') ?? false;
  return given || !isOlderVersion(version, DOCKER_FILTERS_IPV6.since);
}

/** The document from which an exposure is known; an exposure that is in no document has none. */
function referenceOf(
  { name, version }: EngineVersion,
  way: WayIn,
  { target, hasRules }: { target: string; hasRules: boolean },
): string | undefined {
  if (name === 'libvirt' && way === 'subnet' && target === 'container6')
    return "libvirt.org/formatnetwork.html: a NAT network forwards IPv6 untranslated unless it has <nat ipv6='yes'/>";
  if (name !== 'docker' || way === 'lan') return undefined;
  const { since, change, issues } = DOCKER_CLOSES;
  if (way === 'subnet' && !hasRules) {
    return `${DOCKER_FILTERS_IPV6.change}: Docker before ${DOCKER_FILTERS_IPV6.since} has no firewall rules for IPv6 by default`;
  }
  if (!isOlderVersion(version, since)) return undefined;
  return `${issues[way]}, fixed in Docker ${since} by ${change}`;
}

/** The ids of all security verdicts that a configuration can have. */
export function securityIds(configuration: string): string[] {
  const host = ['127.0.0.1', '::1'].map((target) => ({ way: 'loopback', published: 'host', target }));
  const outside = [...ENTRANCES, ...host].flatMap(({ way, published, target }) =>
    TCP_AND_UDP.map((protocol) => `${configuration}/${way}/${protocol}/${published}/${target}`),
  );
  return [...outside, ...loopbackServiceIds().map((one) => `${configuration}/${one}`)];
}
