import type { AgentProcess } from '../../../harness/agent-process.ts';
import { LAN } from '../../../engine/host/topology.ts';
import type { TimeClient, TimeEvent } from '../../../containers/time.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { askNew, Flow, nameInTime, openConnection, type OpenConnection, type ClientReply, type To } from './clients.ts';
import type { Subject } from './subject.ts';

type Moments = NonNullable<ConfigurationRecord['time']>;

/** Who uses the port, and by which address of the host. */
export interface Askers {
  host: AgentProcess;
  neighbour: AgentProcess;
}

const ADDRESSES = { host: '127.0.0.1', neighbour: LAN.host.inet } as const;

/** How long it is waited for an answer after an event, in milliseconds; the client goes on sending all this time. */
const PATIENCE = 3000;
const PAUSE = 50;

interface Client {
  asker: keyof Askers;
  client: TimeClient;
  to: To;
  flow?: Flow;
  connection?: OpenConnection | null;
}

let bytes = 0;

/** The clients of one container, from before an event until after it. */
export class Watch {
  readonly #subject: Subject;
  readonly #clients: Client[];
  /** The server from before the event. */
  readonly #before: string | undefined;

  private constructor(subject: Subject, clients: Client[]) {
    this.#subject = subject;
    this.#clients = clients;
    this.#before = subject.server?.name;
  }

  /** Starts the clients that are there before an event. Those that are not even answered then are left out. */
  static async begin(subject: Subject, askers: Askers): Promise<Watch> {
    const clients: Client[] = [];
    for (const asker of ['neighbour', 'host'] as const) {
      const to = (port: number): To => {
        bytes += 1;
        return { agent: askers[asker], address: ADDRESSES[asker], port, bytes };
      };
      const { tcp, udp, even } = subject.ports;
      const connection = to(tcp.host);
      clients.push({ asker, client: 'tcp connection', to: connection, connection: await openConnection(connection) });
      clients.push({ asker, client: 'tcp new', to: to(tcp.host) });
      for (const [client, port] of [
        ['udp flow', udp],
        ['udp flow even', even],
      ] as const) {
        const there = to(port.host);
        const flow = new Flow(there);
        if ((await flow.begin()).outcome === 'answered') clients.push({ asker, client, to: there, flow });
        else await flow.end();
      }
      clients.push({ asker, client: 'udp new', to: to(udp.host) });
    }
    return new Watch(subject, clients);
  }

  /** The result of each client since an event that has just ended. */
  async end(event: TimeEvent): Promise<Moments> {
    const ended = performance.now();
    const since = () => Math.round(performance.now() - ended);
    const expected = event === 'stop' ? null : this.#subject.server;
    const came = await Promise.all(
      this.#clients.map(async (client): Promise<[Client, ClientReply & { within: number }] | null> => {
        const { connection, flow, to } = client;
        if (client.client === 'tcp connection') {
          return connection == null ? null : [client, { ...(await connection.look()), within: since() }];
        }
        for (;;) {
          const reply: ClientReply =
            flow?.last ?? (await askNew(to, client.client === 'tcp new' ? 'tcp' : 'udp unconnected'));
          // A datagram may still be answered that was sent before the end of a container.
          const isLater = flow === undefined || flow.last.sent > ended;
          const settled = expected === null ? since() > PATIENCE / 2 : isLater && reply.outcome === 'answered';
          if (settled || since() > PATIENCE) {
            await flow?.end();
            return [client, { ...reply, within: since() }];
          }
          await new Promise((resolve) => {
            setTimeout(resolve, PAUSE);
          });
        }
      }),
    );
    const seen = await this.#subject.seen();
    const { gateway } = this.#subject;
    return came.flatMap((one) => {
      if (one === null) return [];
      const [{ asker, client, to }, { outcome, server, from, within }] = one;
      const address = outcome === 'answered' ? seen.get(to.bytes) : undefined;
      const itself = asker === 'neighbour' ? LAN.neighbour.inet : undefined;
      return [
        {
          event,
          client,
          asker,
          outcome,
          ...(server === undefined ? {} : { by: server === this.#before ? ('before' as const) : ('after' as const) }),
          ...(address === undefined || address === itself ? {} : { seen: nameInTime(address, gateway) }),
          ...(from === undefined ? {} : { from: nameInTime(from, gateway) }),
          within,
        },
      ];
    });
  }
}
