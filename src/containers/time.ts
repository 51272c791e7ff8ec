import { isOlderVersion } from '../text/versions.ts';
import type { ConfigurationRecord, PromiseRecord } from '../record/containers.ts';
import type { EngineVersion } from './security.ts';

/** What happens to a container whose port is published, or to its engine, while clients use the port. */
export const EVENTS = [
  'restart',
  'replace',
  'stop',
  'reconnect',
  'forwarder killed',
  'engine restart',
  'engine killed',
  'engine started again',
] as const;
export type TimeEvent = (typeof EVENTS)[number];

/**
 * A client of the published port. A `flow` is a UDP client that goes on sending from one port, without a pause, from before
 * the event until after it; `even` is one whose published port has the same number in the container. The others are a TCP
 * connection that was open before, and clients that come afterwards.
 */
export const TIME_CLIENTS = ['tcp connection', 'tcp new', 'udp flow', 'udp flow even', 'udp new'] as const;
export type TimeClient = (typeof TIME_CLIENTS)[number];

type Moment = NonNullable<ConfigurationRecord['time']>[number];

/** Something that a client loses by an event although another client has it. */
export interface TimeFinding {
  configuration: string;
  says: string;
  /** The document from which it is known; none where no document is known. */
  reference?: string;
}

const AFTER: Readonly<Record<TimeEvent, string>> = {
  restart: 'its container was restarted',
  replace: 'its container was replaced by another that publishes the same port',
  stop: 'its container was stopped',
  reconnect: "its container's network was disconnected and connected again",
  'forwarder killed': 'the program that forwards the port was killed',
  'engine restart': 'the engine was restarted',
  'engine killed': 'the engine was killed',
  'engine started again': 'the engine was started again after it had been killed',
};

/** An event in words, after `after`. */
function afterEvent(event: string): string {
  return AFTER[event as TimeEvent] ?? event;
}

/** One result in words, for example `answered by the new server` or `silence`. */
export function momentInWords({ outcome, by, from, seen }: Moment): string {
  const server = by === undefined ? '' : ` by the ${by === 'before' ? 'same' : 'new'} server`;
  return [
    `${outcome}${server}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(seen === undefined ? [] : [`seen as ${seen}`]),
  ].join(', ');
}

/**
 * UDP clients that lose something because they go on sending from one port, which a new client has: the kernel keeps where it
 * sent their datagrams (conntrack) for as long as they send. They are not answered, or the server sees another address.
 */
export function timeFindings({ id, time = [], refusals }: ConfigurationRecord, engine: EngineVersion): TimeFinding[] {
  const lost = time.flatMap((flow) => {
    if (!flow.client.startsWith('udp flow')) return [];
    const other = time.find(
      ({ event, asker, client }) => event === flow.event && asker === flow.asker && client === 'udp new',
    );
    if (other?.outcome !== 'answered') return [];
    const even = flow.client === 'udp flow even';
    const plain = time.find(
      ({ event, asker, client }) => event === flow.event && asker === flow.asker && client === 'udp flow',
    );
    // Only where it differs it is said of both.
    if (even && plain?.outcome === flow.outcome && plain.seen === flow.seen) return [];
    const what = even ? 'a UDP port with the same number inside' : 'a UDP port';
    const after = `after ${afterEvent(flow.event)}, a client of ${what} that goes on sending from its port`;
    if (flow.outcome !== 'answered') {
      return [{ flow, says: `${after} is not answered any more, and a new client is` }];
    }
    if (flow.seen === other.seen) return [];
    const is = ({ seen = 'itself' }: Moment) => seen;
    return [{ flow, says: `${after} is seen as ${is(flow)}, and a new client as ${is(other)}` }];
  });
  const askers = (says: string) => lost.filter((one) => one.says === says).map(({ flow }) => flow.asker);
  const flows = [...new Map(lost.map((one) => [one.says, one])).values()].map(({ flow, says }) => {
    const reference = astrayReference(engine, flow);
    return {
      configuration: id,
      says: `${says} (${askers(says).join(', ')})`,
      ...(reference === undefined ? {} : { reference }),
    };
  });
  const failed = (time.length === 0 ? [] : Object.entries(refusals)).map(([event, why]) => {
    const taken = engine.name === 'podman' && /pasta failed.*address already in use/i.test(why);
    const reference = taken ? { reference: 'containers/podman#23737, #24365' } : {};
    return { configuration: id, says: `${event} fails: ${why}`, ...reference };
  });
  return [...failed, ...flows];
}

/** Where it is known that a UDP flow goes astray. */
function astrayReference({ name, version }: EngineVersion, { client, outcome }: Moment): string | undefined {
  if (name === 'podman') return outcome === 'answered' ? undefined : 'containers/netavark#1045';
  const issue = outcome === 'answered' ? 'moby/moby#44688' : 'moby/moby#8795';
  if (isOlderVersion(version, '23')) return `${issue}, fixed in Docker 23 by #44742`;
  return client === 'udp flow even' ? undefined : 'moby/moby#53384';
}

interface TimePromise {
  id: string;
  says: string;
  source: Partial<Record<EngineVersion['name'], string>>;
  events: readonly TimeEvent[];
}

const PROMISES: readonly TimePromise[] = [
  {
    id: 'time/published-again',
    says: 'A port is published whenever its container runs: a new client is answered after a restart too.',
    source: {
      docker: 'docs.docker.com/engine/network/port-publishing, "Publishing ports"',
      podman: 'podman-run(1), --publish',
    },
    events: ['restart', 'replace', 'reconnect'],
  },
  {
    id: 'time/always',
    says: 'A container with the restart policy `always` is started again when the daemon starts again.',
    source: { docker: 'docs.docker.com/engine/containers/start-containers-automatically, "always"' },
    events: ['engine restart', 'engine started again'],
  },
];

/** What documents promise of new clients after an event, and whether it is kept. */
export function timePromises({ id, time = [] }: ConfigurationRecord, engine: EngineVersion): PromiseRecord[] {
  return PROMISES.flatMap(({ id: promise, says, source, events }): PromiseRecord[] => {
    const where = source[engine.name];
    const own = time.filter(
      ({ event, client }) => events.includes(event as TimeEvent) && (client === 'tcp new' || client === 'udp new'),
    );
    if (where === undefined || own.length === 0) return [];
    const broken = own.filter(({ outcome }) => outcome !== 'answered');
    return [
      {
        id: `${id}/${promise}`,
        configuration: id,
        says,
        source: where,
        known: 'vendor',
        held: own.length - broken.length,
        broken: broken.map((one) => `${momentTitle(one)}: ${momentInWords(one)}`),
      },
    ];
  });
}

/** The ids of all promises about time that a configuration can have. */
export function timePromiseIds(configuration: string): string[] {
  return PROMISES.map(({ id }) => `${configuration}/${id}`);
}

/** Who it is, in words: `udp flow of the neighbour after restart`. */
export function momentTitle({ event, client, asker }: Moment): string {
  return `${client} of the ${asker} after ${event}`;
}
