import { isAnswered, isPromised } from '../published/ask.ts';
import { askOfColumn, publicationsOf, type Published } from './cases.ts';
import { asked, outcomeInWords, questionInWords, type AskedOutcome } from './reading.ts';
import type { ConfigurationRecord, PromiseRecord } from '../record/containers.ts';
import type { EngineVersion } from './security.ts';
import { portPromiseIds, portPromises } from './ports.ts';
import { timePromiseIds, timePromises } from './time.ts';

/** What a document promises about some questions. */
interface Promised {
  id: string;
  says: string;
  /** The document, by engine; an engine without an entry does not make this promise. */
  source: Partial<Record<EngineVersion['name'], string>>;
  modes: readonly ConfigurationRecord['mode'][];
  /** Whether the promise is about this question. */
  about: (asked: AskedOutcome) => boolean;
  /** Whether the question should be answered. */
  answered: (asked: AskedOutcome) => boolean;
}

const PUBLISHING = {
  docker: 'docs.docker.com/engine/network/port-publishing, "Publishing ports"',
  podman: 'podman-run(1), --publish',
};
const FORWARDED = ['bridge', 'container', 'slirp4netns', 'pasta'] as const;

/** A server on every address, by TCP, and by UDP as most clients ask: from a socket that is connected. */
const all = (of: AskedOutcome) => of.row.socket !== 'udp unconnected' && of.row.bind === '0.0.0.0';
const by = (of: AskedOutcome, ...asks: string[]) => asks.includes(`${of.asker} ${of.target}`);

/** The promise for a published port: it answers where `isPromised` says so, and nowhere else. */
function ofPublishing(published: Published, ...asks: string[]): Omit<Promised, 'id' | 'says'> {
  return {
    source: PUBLISHING,
    modes: FORWARDED,
    about: (of) => all(of) && of.row.published === published && by(of, ...asks),
    answered: (of) => {
      const ask = askOfColumn(of);
      return ask !== null && isPromised(publicationsOf(published), ask);
    },
  };
}

const PROMISES: readonly Promised[] = [
  {
    ...ofPublishing('every', 'host lan', 'host 127.0.0.1', 'neighbour lan', 'neighbour second'),
    id: 'published/every',
    says: 'A port that is published without an address is reached by every address of the host.',
  },
  {
    ...ofPublishing('127.0.0.1', 'host 127.0.0.1'),
    id: 'published/127.0.0.1',
    says: 'A port that is published on 127.0.0.1 is reached by the host at that address.',
  },
  {
    ...ofPublishing('lan', 'neighbour lan'),
    id: 'published/lan',
    says: "A port that is published on one of the host's addresses is reached by that address.",
  },
  {
    ...ofPublishing('lan', 'neighbour second', 'host 127.0.0.1'),
    id: 'published/lan-only',
    says: "A port that is published on one of the host's addresses is not reached by another.",
    // The promise that no one reaches the port applies to every server, no matter what it binds.
    about: (of) => of.row.published === 'lan' && by(of, 'neighbour second', 'host 127.0.0.1'),
  },
  {
    id: 'network/same',
    says: 'Containers on one network reach each other, whatever is published.',
    source: {
      docker: 'docs.docker.com/engine/network/drivers/bridge, "User-defined bridge networks"',
      podman: 'podman-network(1)',
    },
    modes: ['bridge', 'container', 'macvlan'],
    about: (of) => all(of) && by(of, 'peer container'),
    answered: () => true,
  },
  {
    id: 'network/other',
    says: 'A container on another bridge network does not reach a container by its own address.',
    source: { docker: 'docs.docker.com/engine/network/drivers/bridge, "isolation"' },
    modes: ['bridge', 'container'],
    about: (of) => by(of, 'stranger container', 'stranger container6'),
    answered: () => false,
  },
  {
    id: 'network/not-isolated',
    says: 'A container on another network reaches a container by its own address, unless both networks are isolated.',
    source: { podman: 'podman-network-create(1), --opt isolate' },
    modes: ['bridge', 'container'],
    about: (of) => all(of) && by(of, 'stranger container'),
    answered: () => true,
  },
  {
    id: 'network/none',
    says: 'With no network only the container itself reaches its server.',
    source: { docker: 'docs.docker.com/engine/network/drivers/none', podman: 'podman-run(1), --network=none' },
    modes: ['none'],
    about: (of) => of.asker !== 'itself',
    answered: () => false,
  },
  {
    id: 'network/host',
    says: "With the host's network publishing has no effect: the published port is not there.",
    source: {
      docker: 'docs.docker.com/engine/network/drivers/host',
      podman: 'podman-run(1), --publish and --network=host',
    },
    modes: ['host'],
    // With one number inside and outside, what answers is the server itself.
    about: (of) => of.row.published !== 'same' && by(of, 'host lan', 'neighbour lan', 'host 127.0.0.1'),
    answered: () => false,
  },
];

/** What documents promise of a configuration, and whether it is kept. A promise that no question tests is left out. */
export function promisesOf(configuration: ConfigurationRecord, engine: EngineVersion): PromiseRecord[] {
  const questions = asked(configuration);
  const ofQuestions = PROMISES.flatMap(({ id, says, source, modes, about, answered }): PromiseRecord[] => {
    const where = source[engine.name];
    if (where === undefined || !modes.includes(configuration.mode)) return [];
    const own = questions.filter(about);
    if (own.length === 0) return [];
    const broken = own.filter((one) => isAnswered(one.outcome) !== answered(one));
    return [
      {
        id: `${configuration.id}/${id}`,
        configuration: configuration.id,
        says,
        source: where,
        known: 'vendor',
        held: own.length - broken.length,
        broken: broken.map((one) => `${questionInWords(one)}: ${outcomeInWords(one.outcome)}`),
      },
    ];
  });
  return [...ofQuestions, ...timePromises(configuration, engine), ...portPromises(configuration, engine)];
}

/** Whether a promise is broken: one question that contradicts it is enough. */
export function isBroken({ broken }: Pick<PromiseRecord, 'broken'>): boolean {
  return broken.length > 0;
}

/** The ids of all promises that a configuration can have. */
export function promiseIds(configuration: string): string[] {
  return [
    ...PROMISES.map(({ id }) => `${configuration}/${id}`),
    ...timePromiseIds(configuration),
    ...portPromiseIds(configuration),
  ];
}
