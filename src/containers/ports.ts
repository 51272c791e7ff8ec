import type { Protocol } from '../model/types.ts';
import type { ConfigurationRecord, PromiseRecord } from '../record/containers.ts';
import { TCP_AND_UDP, type AskTarget } from './cases.ts';
import { outcomeInWords } from './reading.ts';
import type { EngineVersion } from './security.ts';

/**
 * What engines do with numbers of ports and with names: ports below 1024, ranges, one port for several addresses, containers on networks
 * without IPv6, and what a name is inside. Each case has containers of its own.
 */

/** One question for a published port, and the server that is to answer it. */
export interface PortQuestion {
  protocol: Protocol;
  asker: 'host' | 'neighbour';
  target: AskTarget;
  /** The port of the host. */
  port: number;
  /** The port inside, and the container that has it, by its place. */
  inner: number;
  container: number;
  bind: '0.0.0.0' | '::';
}

/** What containers publish, as `--publish` takes it with `LAN`, `SECOND` and `LAN6` for the host's addresses, and what is then asked. */
export interface PortCase {
  name: string;
  publish: readonly (readonly string[])[];
  /** The containers' network has no IPv6. */
  withoutIPv6?: boolean;
  /** The engine chooses the host's port. */
  chooses?: boolean;
  /** What is done on the host before, after the same was refused without it. */
  remedy?: { of: string; setting: string; value: string };
  asks: readonly PortQuestion[];
}

/** Below 1024 is what an ordinary user may not bind, unless the setting says less (ip-sysctl.rst, ip_unprivileged_port_start). */
export const LOW_PORT = 88;
const LOW_CASE = 'a port below 1024';
const RANGE_CASE = 'a range of ten ports';
const FIRST_INNER = 8000;
const RANGE = 10;

/** The same question over TCP and over UDP. */
function both(
  one: Pick<PortQuestion, 'port'> & Partial<PortQuestion>,
  protocols: readonly Protocol[] = TCP_AND_UDP,
): PortQuestion[] {
  return protocols.map((protocol) => ({
    protocol,
    asker: 'neighbour',
    target: 'lan',
    inner: FIRST_INNER,
    container: 0,
    bind: '0.0.0.0',
    ...one,
  }));
}

/** A port that is published for both protocols. */
const on = (published: string) => TCP_AND_UDP.map((protocol) => `${published}/${protocol}`);

const LOW = { publish: [on(`${LOW_PORT}:${FIRST_INNER}`)], asks: both({ port: LOW_PORT }) };

export const PORT_CASES: readonly PortCase[] = [
  { name: LOW_CASE, ...LOW },
  {
    name: RANGE_CASE,
    publish: [on(`22000-${22_000 + RANGE - 1}:${FIRST_INNER}-${FIRST_INNER + RANGE - 1}`)],
    asks: [0, 4, RANGE - 1].flatMap((place) => both({ port: 22_000 + place, inner: FIRST_INNER + place })),
  },
  {
    name: 'a range of the host for one port, by two containers',
    publish: [0, 1].map(() => [`22020-22022:${FIRST_INNER}/tcp`]),
    chooses: true,
    asks: [0, 1].flatMap((container) => both({ port: 0, container }, ['tcp'])),
  },
  {
    name: 'one port on two addresses of the host',
    publish: [[...on(`LAN:22030:${FIRST_INNER}`), ...on(`SECOND:22030:${FIRST_INNER + 1}`)]],
    asks: [...both({ port: 22_030 }), ...both({ port: 22_030, target: 'second', inner: FIRST_INNER + 1 })],
  },
  {
    name: 'one port on two addresses of the host, by two containers',
    publish: [on(`LAN:22040:${FIRST_INNER}`), on(`SECOND:22040:${FIRST_INNER}`)],
    asks: [...both({ port: 22_040 }), ...both({ port: 22_040, target: 'second', container: 1 })],
  },
  {
    name: 'one port on an IPv4 and an IPv6 address of the host',
    publish: [[...on(`LAN:22050:${FIRST_INNER}`), ...on(`[LAN6]:22050:${FIRST_INNER + 1}`)]],
    asks: [...both({ port: 22_050 }), ...both({ port: 22_050, target: 'lan6', inner: FIRST_INNER + 1, bind: '::' })],
  },
  {
    name: 'one port for TCP and another container for UDP',
    publish: [[`22060:${FIRST_INNER}/tcp`], [`22060:${FIRST_INNER}/udp`]],
    asks: [...both({ port: 22_060 }, ['tcp']), ...both({ port: 22_060, container: 1 }, ['udp'])],
  },
  {
    name: 'every address, from a network without IPv6',
    publish: [on(`22070:${FIRST_INNER}`)],
    withoutIPv6: true,
    asks: [
      ...both({ port: 22_070 }),
      ...both({ port: 22_070, target: 'lan6' }),
      ...both({ port: 22_070, asker: 'host', target: '127.0.0.1' }),
      ...both({ port: 22_070, asker: 'host', target: '::1' }),
    ],
  },
  {
    name: 'an IPv6 address of the host, from a network without IPv6',
    publish: [on(`[LAN6]:22080:${FIRST_INNER}`)],
    withoutIPv6: true,
    asks: both({ port: 22_080, target: 'lan6', bind: '::' }),
  },
  {
    name: `${LOW_CASE}, after net.ipv4.ip_unprivileged_port_start=${LOW_PORT} on the host`,
    remedy: { of: LOW_CASE, setting: 'net/ipv4/ip_unprivileged_port_start', value: String(LOW_PORT) },
    ...LOW,
  },
];

/** The names that a container asks its resolver for; `own` and `other` stand for its name and that of another container. */
export const NAMES = ['localhost', 'own', 'other', 'host.docker.internal', 'host.containers.internal'] as const;

/** The networks in which names are asked for: one that a user made, and the engine's own. */
export const NAME_NETWORKS = ['made', 'default'] as const;
export type NameNetwork = (typeof NAME_NETWORKS)[number];

type Ports = NonNullable<ConfigurationRecord['ports']>;
type PortCaseRecord = Ports['cases'][number];

/** The cases that documents promise: who asks by an address at which a port is published is answered by its server. */
const PROMISED: ReadonlySet<string> = new Set([
  RANGE_CASE,
  'one port on two addresses of the host',
  'one port on two addresses of the host, by two containers',
  'one port for TCP and another container for UDP',
]);
const PROMISE = {
  id: 'ports/published',
  says: 'Each port of a range, and one port at several addresses, leads to where it is published.',
};

const SOURCES: Partial<Record<EngineVersion['name'], string>> = {
  docker: 'docs.docker.com/engine/network/port-publishing, "Publishing ports"',
  podman: 'podman-run(1), --publish',
};

/** What documents promise about numbers of ports, and whether it is kept. */
export function portPromises({ id, ports }: ConfigurationRecord, engine: EngineVersion): PromiseRecord[] {
  const source = SOURCES[engine.name];
  const own = (ports?.cases ?? []).filter(({ name }) => PROMISED.has(name));
  if (source === undefined || own.length === 0) return [];
  const asked = own.flatMap((one) => one.asked);
  const isWrong = ({ outcome, by }: (typeof asked)[number]) => outcome !== 'answered' || by !== undefined;
  const broken = own.flatMap(({ name, refusal, asked: all }) =>
    refusal === undefined ? all.filter(isWrong).map((one) => `${name}: ${askedInWords(one)}`) : [`${name}: ${refusal}`],
  );
  const held = asked.filter((one) => !isWrong(one)).length;
  return [{ id: `${id}/${PROMISE.id}`, configuration: id, says: PROMISE.says, source, known: 'vendor', held, broken }];
}

/** The ids of all promises about numbers of ports that a configuration can have. */
export function portPromiseIds(configuration: string): string[] {
  return [`${configuration}/${PROMISE.id}`];
}

/** One question of a case with its outcome, in words. */
function askedInWords({ protocol, asker, target, port, ...came }: PortCaseRecord['asked'][number]): string {
  return `${asker} by ${target} to ${protocol} port ${port}: ${outcomeInWords(came)}`;
}

/** What a name is, in words. */
export function nameInWords({ addresses, failure }: Ports['names'][number]): string {
  return failure === undefined ? addresses.join(', then ') : `not known (${failure})`;
}

/** From where it is known that an engine refuses a case, or a user a port; undefined where no document is known. */
export function portReference({ name }: EngineVersion, what: string, outcome: string): string | undefined {
  if (what === 'ordinary') return name === 'docker' && outcome === 'ok' ? 'moby/moby#41030' : undefined;
  if (what === LOW_CASE) {
    return name === 'docker'
      ? 'docs.docker.com/engine/security/rootless/tips, "Exposing privileged ports"'
      : 'podman, rootless.md: "Podman can not create containers that bind to ports < 1024"';
  }
  return name === 'docker' && what.startsWith('one port on two addresses') ? 'moby/moby#47812' : undefined;
}
