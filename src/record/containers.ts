import { z } from 'zod';
import { STARTED_ENGINES } from '../engine/names.ts';
import { folderName, platformSchema } from './record.ts';

/** The version of the shape of a record of containers. */
export const CONTAINERS_VERSION = 1;

const text = z.string();
const protocol = z.enum(['tcp', 'udp']);
const texts = z.record(text, text);

const outcome = z
  .strictObject({
    outcome: text.describe(
      '`answered`; `refused`; `closed` (accepted, then closed); `accepted` (and then silence); `silence`, also where no one has the address; else an errno',
    ),
    seen: text
      .exactOptional()
      .describe("The asker's address as the server saw it, by its name, where it was not the asker's own"),
    from: text
      .exactOptional()
      .describe('The address that answered, by its name, where it was not the one that was asked'),
    by: text.exactOptional().describe('Who answered, where it was not the server that was asked for'),
  })
  .describe('The outcome of one question');

const row = z.strictObject({
  published: text.describe('Where the port is published on the host'),
  bind: text.describe('What the server in the container binds'),
  socket: z.enum(['tcp', 'udp', 'udp unconnected']).describe('What it is asked with'),
  outcomes: z
    .array(z.int().min(0).nullable())
    .describe('For each of `asks` a place in `outcomes`; null where there is nothing to ask'),
});

const moment = z
  .strictObject({
    event: text.describe('What happened to the container or to its engine while clients used its published ports'),
    client: text.describe(
      '`tcp connection`: open since before; `udp flow`: sends from one port without a pause, from before until after; `udp flow even`: the same, of a port with the same number in the container; `new`: comes afterwards',
    ),
    asker: text,
    outcome: text.describe('As in `outcomes`, and `ended`: the connection was closed or reset'),
    by: z
      .enum(['before', 'after'])
      .exactOptional()
      .describe('Which server answered: that from before the event, or that which was started after it'),
    seen: text.exactOptional(),
    from: text.exactOptional(),
    within: z
      .number()
      .min(0)
      .exactOptional()
      .describe(
        'Milliseconds from the end of the event until the answer; with another outcome, for how long it was asked',
      ),
  })
  .describe('The result of one client after an event');

const stay = z
  .strictObject({
    event: text,
    listeners: z.strictObject({ before: z.array(text), after: z.array(text) }),
    rules: z.strictObject({ before: z.int().min(0), after: z.int().min(0) }),
  })
  .describe(
    "What there was on the host of the published ports before and after an event: its sockets, and rules with the ports' numbers",
  );

const portCase = z
  .strictObject({
    name: text.describe('What is published'),
    publish: z.array(z.array(text)).describe('The words of `--publish` of each container'),
    refusal: text.exactOptional().describe('Why the engine did not start one of them'),
    hostPorts: z.array(z.int()).exactOptional().describe('The ports of the host that the engine chose'),
    holders: z
      .strictObject({ sockets: z.int().min(0), processes: z.int().min(0) })
      .exactOptional()
      .describe('How many sockets of the host have the published ports, and of how many processes they are'),
    asked: z.array(
      z.strictObject({
        protocol,
        asker: text,
        target: text,
        port: z.int(),
        outcome: text,
        seen: text.exactOptional(),
        from: text.exactOptional(),
        by: text.exactOptional().describe('Who answered, where it was not the server whose port is published there'),
      }),
    ),
  })
  .describe('What containers publish, and how that is answered');

const ports = z
  .strictObject({
    ordinary: z
      .array(z.strictObject({ protocol, port: z.int(), outcome: text }))
      .describe('What bind() returns to an ordinary user in a container for a port below 1024'),
    cases: z.array(portCase),
    names: z
      .array(
        z.strictObject({
          network: z.enum(['made', 'default']).describe('A network that a user made, or the own one of the engine'),
          name: text.describe('`own` is the name of the container that asks, `other` that of another on its network'),
          addresses: z
            .array(text)
            .describe('What getaddrinfo() returns, in its order; addresses of containers by whose they are'),
          failure: text.exactOptional(),
        }),
      )
      .describe("What names are inside, by the container's hosts file and resolver"),
  })
  .describe('Numbers of ports, and names');

const configuration = z.strictObject({
  id: text,
  title: text,
  mode: z
    .enum(['bridge', 'macvlan', 'host', 'none', 'container', 'slirp4netns', 'pasta'])
    .describe('How containers are connected'),
  duration: z.number().min(0).describe('Milliseconds, from making the namespaces to taking them back'),
  skipped: z.strictObject({ reason: text, enable: text }).exactOptional(),
  error: text.exactOptional().describe('What went wrong in the harness'),
  facts: texts.describe('What the run depends on: versions, settings of the host, its firewall'),
  refusals: texts.describe('Containers that the engine would not start, by where their ports were to be published'),
  asks: z.array(z.strictObject({ asker: text, target: text })),
  outcomes: z.array(outcome),
  rows: z.array(row),
  holders: z
    .array(z.strictObject({ published: text, protocol, listeners: z.array(text) }))
    .describe('What listens on the host for a published port: address and program'),
  conflicts: z
    .array(
      z.strictObject({
        first: z.enum(['engine', 'host']).describe('Who had the port first'),
        protocol,
        published: text.describe('Where the engine publishes the port'),
        bind: text.describe("What the host's own socket binds"),
        outcome: text.describe('`ok`, or how the second was refused'),
        answers: text
          .exactOptional()
          .describe("Who answers at the address of the host's socket, where both have the port"),
      }),
    )
    .describe('A published port and a socket of the host on one port'),
  hostServer: z
    .array(z.strictObject({ protocol, target: text, outcome: text }))
    .describe("The host's own server on its loopback, asked for by the attacker"),
  firewall: z
    .strictObject({
      name: z.enum(['ufw', 'firewalld', 'nftables']),
      states: z.array(
        z.strictObject({
          state: text.describe('What was done on the host last'),
          rules: texts.describe(
            'The rule that translates the port published on every address, as the host prints it, by family; left out where there is none',
          ),
        }),
      ),
      leftOut: texts.describe('The states that could not be brought about, with the reason'),
      words: z.array(text).describe('The outcomes that there are'),
      asked: z.array(
        z.strictObject({
          subject: text.describe('What is asked for'),
          protocol,
          asker: text,
          target: text,
          outcomes: z.array(z.int().min(0)).describe('The place among the words, for each state'),
        }),
      ),
    })
    .exactOptional()
    .describe('What answers on a host with a firewall that denies what comes in'),
  hostServices: z
    .array(
      z.strictObject({
        protocol,
        bind: text.describe("What the host's own server binds"),
        target: text.describe('By which address or name the container asks'),
        outcome: text,
        seen: text.exactOptional().describe('The address that the server saw, by its name'),
      }),
    )
    .exactOptional()
    .describe("The host's own servers, asked for from inside a container"),
  ports: ports.exactOptional(),
  time: z.array(moment).exactOptional(),
  stays: z.array(stay).exactOptional(),
});

const security = z.strictObject({
  id: text,
  configuration: text,
  way: z.enum(['loopback', 'subnet', 'lan', 'inside']),
  protocol,
  published: text,
  target: text,
  verdict: z.enum(['exposed', 'contained']),
  says: text.describe('What it means, in a sentence'),
  reached: z.array(text).describe('What the servers that were reached bind'),
  reference: text.exactOptional(),
  known: text.exactOptional().describe('Why it is known, from the list of known deviations'),
});

const promise = z.strictObject({
  id: text,
  configuration: text,
  says: text,
  source: text,
  known: text,
  held: z.int().min(0),
  broken: z.array(text).describe('The questions whose outcome is not as promised'),
  deviation: text.exactOptional().describe('Why that is known, from the list of known deviations'),
});

export const containersSchema = z.strictObject({
  schema: z.literal(CONTAINERS_VERSION),
  kind: z.literal('containers'),
  bindspec: text,
  complete: z.boolean().describe('False when the run was interrupted, or not all configurations were run'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  platform: platformSchema,
  engine: z.strictObject({ id: folderName, name: z.enum(STARTED_ENGINES), version: text }),
  security: z.array(security),
  promises: z.array(promise).describe('What documents promise, and whether it is so'),
  configurations: z.array(configuration),
});

export type ContainersRecord = z.infer<typeof containersSchema>;
export type ConfigurationRecord = z.infer<typeof configuration>;
export type RowRecord = z.infer<typeof row>;
export type OutcomeRecord = z.infer<typeof outcome>;
export type SecurityRecord = z.infer<typeof security>;
export type PromiseRecord = z.infer<typeof promise>;
