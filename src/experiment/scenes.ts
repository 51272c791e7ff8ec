import { HarnessError } from '../harness/harness-error.ts';
import type { AddressKind, HostName } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { Outcome } from './outcome.ts';
import type { PlannedSocket } from './planned.ts';
import { ask, openServer, requestsAt, type Answer, type Protocol, type Server } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

/** The axes that most experiments have. */
export const PROTOCOLS = ['udp', 'tcp'] as const;
export const FAMILIES = ['inet', 'inet6'] as const;

export interface Net {
  protocol: Protocol;
  family: Family;
}

/** Who asks: from which host, at which of the machine's addresses, and from which source unless the system chooses it. */
export interface Asking {
  host?: HostName;
  to: AddressKind;
  from?: AddressKind;
}

/** One server on one address, asked once. */
export async function serveAndAsk(
  trial: Trial,
  net: Net,
  server: { on: AddressKind },
  asking: Asking,
): Promise<{ server: Outcome; answer: Answer; received: { count: number; from: string[] } }> {
  const serving = await serveOn(trial, net, 'server', server.on);
  const answer = await askAt(trial, net, asking);
  return { server: serving.outcome, answer, received: await requestsAt(trial, serving) };
}

/** A server in a part of its own, on one of the machine's addresses. The address is given by its kind or in numeric form. */
export async function serveOn(
  trial: Trial,
  net: Net,
  part: string,
  on: PlannedSocket['on'],
  more: {
    options?: readonly NumberOption[];
    port?: number;
    otherUser?: boolean;
    drop?: boolean[];
    v6only?: 0 | 1;
  } = {},
): Promise<Server> {
  const { otherUser = false, options, port, drop, v6only } = more;
  const player = await trial.part(part, { otherUser });
  return openServer(trial, player, {
    protocol: net.protocol,
    family: net.family,
    address: typeof on === 'string' ? addressOf(trial.facts, net.family, on) : on.address,
    ...(v6only === undefined ? {} : { v6only }),
    ...(options === undefined ? {} : { options }),
    ...(port === undefined ? {} : { port }),
    ...(drop === undefined ? {} : { drop }),
  });
}

/** A client that asks once. Clients of one host are one part. */
export async function askAt(
  trial: Trial,
  { protocol, family }: Net,
  asking: Asking & { port?: number },
): Promise<Answer> {
  const { host = 'machine', to, from, port } = asking;
  const part = await trial.part(host === 'machine' ? 'client' : `client on ${host}`, { host });
  return ask(trial, part, {
    protocol,
    family,
    to: { address: addressOf(trial.facts, family, to), ...(port === undefined ? {} : { port }) },
    ...(from === undefined ? {} : { from: addressOf(trial.facts, family, from) }),
  });
}

/**
 * Binds planned sockets one after the other. Each is a server under the name of its part.
 * @throws HarnessError for a socket that is more than a server: the models would be asked about what was not done
 */
export async function serveAll(trial: Trial, sockets: readonly PlannedSocket[]): Promise<Server[]> {
  const other = sockets.find(({ device, staysBound, afterwards }) => device ?? staysBound ?? afterwards);
  if (other !== undefined) {
    throw new HarnessError(
      `${other.as} has a device, steps afterwards, or stays bound, which serveAll does not do: play the sockets with bindAll`,
    );
  }
  // The processes start at the same time; they bind in order.
  await Promise.all(sockets.map(({ as, otherUser = false }) => trial.part(as, { otherUser })));
  const ports = new Map([[0, trial.port]]);
  const servers: Server[] = [];
  for (const { as, on, options, otherUser, v6only, port: number = 0, ...net } of sockets) {
    const port = ports.get(number) ?? (await trial.anotherPort());
    ports.set(number, port);
    const more = {
      port,
      ...(options === undefined ? {} : { options }),
      ...(otherUser === undefined ? {} : { otherUser }),
      ...(v6only === undefined ? {} : { v6only }),
    };
    servers.push(await serveOn(trial, net, as, on, more));
  }
  return servers;
}
