import { EngineFailed } from '../../../engine/engine.ts';
import type { EngineHost } from '../../../engine/host/engine-host.ts';
import { AgentProcess } from '../../../harness/agent-process.ts';
import { agentCommand } from '../../../lab/agent-command.ts';
import { Deadline } from '../../../process/pace.ts';
import type { Operation } from '../../../protocol/messages.ts';
import { IMAGE } from '../scene.ts';
import { serving } from '../serving.ts';

/** The ports of the host, by what listens there, and those inside. */
export type SubjectPorts = Readonly<Record<'tcp' | 'udp' | 'even', { host: number; inner: number }>>;

const INNER = { tcp: 8000, udp: 8001 };
const FIRST = 21_000;
const PER_CONTAINER = 10;
/** How long a container may take to run after its engine was started, on a quiet machine, in milliseconds. */
const RUNNING = 15_000;
const PAUSE = 100;
/** What each server binds. */
const EVERYWHERE = { family: 'inet', address: '0.0.0.0' } as const;

/** A container with a server at each of its ports, in its own processes: the server ends with it. */
export class Subject {
  readonly name: string;
  readonly ports: SubjectPorts;
  readonly #host: EngineHost;
  readonly #network: string;
  readonly #options: readonly string[];
  readonly #agents: AgentProcess[];
  /** The agent that is the server now, with the name by which it answers; null where none runs. */
  server: { agent: AgentProcess; name: string } | null = null;
  /** The container's router, as the engine has it. */
  gateway: string | undefined;
  #served = 0;

  constructor(
    host: EngineHost,
    about: { name: string; place: number; network: string; options?: readonly string[] },
    agents: AgentProcess[],
  ) {
    const first = FIRST + about.place * PER_CONTAINER;
    this.name = about.name;
    this.ports = {
      tcp: { host: first, inner: INNER.tcp },
      udp: { host: first + 1, inner: INNER.udp },
      even: { host: first + 2, inner: first + 2 },
    };
    this.#host = host;
    this.#network = about.network;
    // It is to end at once, and its only program would not end by a SIGTERM.
    this.#options = ['--stop-signal=SIGKILL', ...(about.options ?? [])];
    this.#agents = agents;
  }

  /** Starts the container by `run`. */
  async run(): Promise<void> {
    const { tcp, udp, even } = this.ports;
    await this.#host.engine.run({
      name: this.name,
      image: IMAGE,
      networks: [this.#network],
      publish: [`${tcp.host}:${tcp.inner}/tcp`, `${udp.host}:${udp.inner}/udp`, `${even.host}:${even.inner}/udp`],
      options: this.#options,
    });
  }

  /** Starts servers in the container that runs, with a new name. @throws EngineFailed when it does not run */
  async serve(): Promise<void> {
    const pid = await this.#pid();
    this.#served += 1;
    const name = `${this.name} ${this.#served}`;
    const command = [...this.#host.launchAmong(pid), ...agentCommand()];
    const { agent } = await AgentProcess.start({ command, title: `the agent in ${this.name}` });
    this.#agents.push(agent);
    await agent.ask(
      [
        ...serving({ on: 'tcp', protocol: 'tcp', ...EVERYWHERE, port: this.ports.tcp.inner }, name),
        ...serving({ on: 'udp', protocol: 'udp', ...EVERYWHERE, port: this.ports.udp.inner }, name),
        ...serving({ on: 'even', protocol: 'udp', ...EVERYWHERE, port: this.ports.even.inner }, name),
      ],
      true,
    );
    this.server = { agent, name };
  }

  /** The addresses that the server saw, by the number of bytes of a request. */
  async seen(): Promise<ReadonlyMap<number, string>> {
    if (this.server?.agent.usable !== true) return new Map();
    const asked = (['tcp', 'udp', 'even'] as const).map((on): Operation => ({ op: 'served', on }));
    const results = await this.server.agent.ask(asked, false);
    return new Map(
      results.flatMap(({ served }) => (served ?? []).map(({ bytes, from }) => [bytes, from.address] as const)),
    );
  }

  /** The first process of the container, once it runs. */
  async #pid(): Promise<number> {
    for (const deadline = new Deadline(RUNNING); !deadline.passed;) {
      const container = await this.#host.engine.inspect(this.name);
      this.gateway = container?.networks[0]?.gateway ?? this.gateway;
      if (container?.pid != null && container.running) return container.pid;
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE);
      });
    }
    throw new EngineFailed(`${this.#host.engine.name}: ${this.name} does not run`);
  }
}
