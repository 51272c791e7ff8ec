import { asked, type Asked } from './reading.ts';
import { older } from './configurations.ts';
import type { ConfigurationRecord, SecurityRecord } from '../record/containers.ts';

/** An engine as far as what is known of it depends on. */
export interface EngineVersion {
  name: 'podman' | 'docker';
  version: string;
}

/** A way in to what is published on loopback alone, or not at all. */
interface Way {
  way: SecurityRecord['way'];
  asker: string;
  targets: readonly string[];
  published: readonly string[];
  says: string;
}

const WAYS: readonly Way[] = [
  {
    way: 'loopback',
    asker: 'attacker',
    targets: ['127.0.0.1'],
    published: ['127.0.0.1'],
    says: 'a neighbour that routes 127.0.0.0/8 to the host',
  },
  {
    way: 'loopback',
    asker: 'attacker',
    targets: ['::1'],
    published: ['::1'],
    says: 'a neighbour that routes ::1 to the host',
  },
  {
    way: 'subnet',
    asker: 'neighbour',
    targets: ['container', 'container6'],
    published: ['127.0.0.1', '::1', 'not'],
    says: "a neighbour that routes the container's network to the host",
  },
  {
    way: 'lan',
    asker: 'neighbour',
    targets: ['lan', 'second', 'lan6'],
    published: ['127.0.0.1', '::1'],
    says: "a neighbour that asks by the host's LAN address",
  },
];

/** Where a container has an address of the LAN, everybody on it may ask for that; nothing is private there. */
const ON_THE_LAN: ReadonlySet<ConfigurationRecord['mode']> = new Set(['host', 'macvlan']);

/**
 * Whether what is private can be reached from the LAN, for each way in, protocol and place of publishing: `exposed` as
 * soon as one server answered.
 */
export function securityOf(configuration: ConfigurationRecord, engine: EngineVersion): SecurityRecord[] {
  const all = asked(configuration);
  const ways = WAYS.filter(({ way }) => way !== 'subnet' || !ON_THE_LAN.has(configuration.mode));
  const containers = ways.flatMap((way) =>
    way.published.flatMap((published) =>
      (['tcp', 'udp'] as const).flatMap((protocol) =>
        way.targets.flatMap((target) => {
          const own = all.filter(
            ({ row, asker, target: by }) =>
              row.published === published && row.socket.startsWith(protocol) && asker === way.asker && by === target,
          );
          return own.length === 0
            ? []
            : [verdictOf(configuration, engine, { ...way, published, protocol, target }, own)];
        }),
      ),
    ),
  );
  const host = configuration.hostServer.map(({ protocol, target, outcome }) =>
    record(configuration, engine, {
      way: 'loopback',
      protocol,
      published: 'host',
      target,
      reached: outcome === 'answered' ? [target] : [],
      says: `a neighbour that routes ${target === '::1' ? '::1' : '127.0.0.0/8'} to the host`,
    }),
  );
  return [...containers, ...host];
}

type Private = Pick<SecurityRecord, 'way' | 'protocol' | 'published' | 'target' | 'says'>;

function verdictOf(
  configuration: ConfigurationRecord,
  engine: EngineVersion,
  { way, protocol, published, target, says }: Private,
  own: readonly Asked[],
): SecurityRecord {
  const reached = [...new Set(own.filter(({ outcome }) => outcome.outcome === 'answered').map(({ row }) => row.bind))];
  return record(configuration, engine, { way, protocol, published, target, says, reached });
}

const WHAT: Readonly<Record<string, string>> = {
  not: 'a port that is not published at all',
  host: "the host's own server on its loopback",
};

function record(
  { id }: ConfigurationRecord,
  engine: EngineVersion,
  given: Private & { reached: string[] },
): SecurityRecord {
  const { way, protocol, published, target, says, reached } = given;
  const exposed = reached.length > 0;
  const what = WHAT[published] ?? `a port that is published on ${published} alone`;
  const reference = exposed ? referenceOf(engine, way) : undefined;
  return {
    id: `${id}/${way}/${protocol}/${published}/${target}`,
    configuration: id,
    way,
    protocol,
    published,
    target,
    verdict: exposed ? 'exposed' : 'contained',
    says: `${says} ${exposed ? 'reaches' : 'does not reach'} ${what}`,
    reached,
    ...(reference === undefined ? {} : { reference }),
  };
}

/** Where an exposure is known from; what is not in a document has none. */
function referenceOf({ name, version }: EngineVersion, way: SecurityRecord['way']): string | undefined {
  if (name !== 'docker' || !older(version, '28')) return undefined;
  if (way === 'loopback') return 'moby/moby#45610, fixed in Docker 28 by #49325';
  return way === 'subnet' ? 'moby/moby#41872 and #14041, fixed in Docker 28 by #49325' : undefined;
}

/** The ids of all security verdicts that a configuration can have. */
export function securityIds(configuration: string): string[] {
  const containers = WAYS.flatMap(({ way, published, targets }) =>
    published.flatMap((one) => targets.map((target) => ({ way, published: one, target }))),
  );
  const host = ['127.0.0.1', '::1'].map((target) => ({ way: 'loopback', published: 'host', target }));
  return [...containers, ...host].flatMap(({ way, published, target }) =>
    ['tcp', 'udp'].map((protocol) => `${configuration}/${way}/${protocol}/${published}/${target}`),
  );
}
