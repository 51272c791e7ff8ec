import type { Protocol } from '../../model/types.ts';
import { EngineFailed, type EngineFacts } from '../../engine/engine.ts';
import { programMissing, startEngineHost, type EngineHost } from '../../engine/host/engine-host.ts';
import type { Hello } from '../../protocol/messages.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { askEverything, type Agents } from './ask.ts';
import { asksOf, PUBLISHED, TCP_AND_UDP, type AskColumn, type Asker, type Published } from '../../containers/cases.ts';
import { neededBy, notIn, type Configuration } from '../../containers/configurations.ts';
import { conflictsOf, portHolders } from './conflicts.ts';
import { factsOf } from './facts.ts';
import { askOnce, Pace } from './ask-all.ts';
import { askBehindFirewall, BEHIND_FIREWALL } from './firewall.ts';
import { serve } from './servers.ts';
import { serving } from './serving.ts';
import { askHostServices } from './host-services.ts';
import { askOverTime } from './time/ask-over-time.ts';
import { askPorts } from './ports/ask-ports.ts';
import { IMAGE, setScene, type Actor, type Scene } from './scene.ts';
import { Unavailable } from '../../process/unavailable.ts';

export interface ConfigurationSettings {
  /** The root file system of the image, see `idleImage`. */
  image: Buffer;
  /** Asks for the host's own servers alone, from one container: a part of the record that is made quickly. */
  onlyInside?: boolean;
  /** Ends the configuration early. */
  signal: AbortSignal;
}

/** A configuration as the record has it, with its engine. */
export interface Done {
  configuration: ConfigurationRecord;
  /** Absent where not even the engine could be started. */
  engine?: EngineFacts;
  hello?: Hello;
}

/** The port of the host's own server on its loopback. */
const HOST_PORT = 7777;

/**
 * Runs one configuration on a host made for it, and then removes all of it. Its record says what went wrong.
 * @throws Error for what only a mistake in bindspec can cause.
 */
export async function runConfiguration(given: Configuration, settings: ConfigurationSettings): Promise<Done> {
  const started = Date.now();
  const done: Done = { configuration: empty(given) };
  const { configuration } = done;
  let host: EngineHost | null = null;
  const agents: AgentProcess[] = [];
  const lacks = programMissing(given.needs ?? {}, given.host.root);
  if (lacks) {
    configuration.skipped = lacks;
    return done;
  }
  try {
    host = await startEngineHost(given.host);
    done.engine = await host.engine.facts();
    const absent = notIn(given, done.engine.version);
    if (absent !== null) {
      configuration.skipped = { reason: absent, enable: 'another version of the engine' };
      return done;
    }
    const alsoLacks = programMissing(neededBy(given, done.engine.version), given.host.root);
    if (alsoLacks) {
      configuration.skipped = alsoLacks;
      return done;
    }
    settings.signal.throwIfAborted();
    await host.engine.importImage(settings.image, IMAGE, ['CMD ["/bin/sleep","2147483647"]']);
    if (given.part !== undefined) {
      const { at, hello } = await startOutside(host, agents);
      done.hello = hello;
      if (given.part === 'time') Object.assign(configuration, await askOverTime(host, given, at, agents));
      else {
        const around = { host, configuration: given, engine: done.engine, askers: at, agents };
        configuration.ports = await askPorts(around);
      }
      configuration.facts = await factsOf(host, given, done.engine);
      return done;
    }
    const scene = await setScene(host, given, done.engine, serversFor(given, settings));
    configuration.refusals = { ...scene.refusals };
    configuration.facts = await factsOf(host, given, done.engine);
    settings.signal.throwIfAborted();
    const cast = await startAgents(host, scene, agents);
    done.hello = cast.hello;
    configuration.asks = asksOf(given.mode === 'host');
    const own = cast.agents.at.host as AgentProcess;
    const pace = new Pace();
    const behind = given.host.firewall;
    if (behind) {
      for (const published of BEHIND_FIREWALL) {
        const [agent, actor] = [cast.agents.servers[published], scene.servers[published]];
        if (agent && actor) await serve(agent, published, actor);
      }
      configuration.firewall = await askBehindFirewall({
        host,
        scene,
        agents: cast.agents,
        firewall: behind,
        bridged: given.mode === 'bridge',
        pace: new Pace(),
      });
      return done;
    }
    const asksOutside = settings.onlyInside !== true;
    const [answers, hostServer, holders] = await Promise.all([
      !asksOutside ? {} : askEverything(scene, cast.agents, configuration.asks as AskColumn[], pace),
      !asksOutside ? [] : askHostServer(own, cast.agents.at.attacker as AgentProcess, pace),
      !asksOutside || given.mode === 'host' || given.mode === 'none' ? [] : portHolders(host, scene),
    ]);
    Object.assign(configuration, answers, { hostServer, holders });
    const inside = insideOf(scene, cast.agents);
    if (inside !== null) {
      configuration.hostServices = await askHostServices({ host, scene, owner: own, ...inside, pace });
    }
    settings.signal.throwIfAborted();
    if (asksOutside && ['bridge', 'slirp4netns', 'pasta'].includes(given.mode)) {
      // Not at the same time: the changes of an engine for a new container can make others silent briefly (seen with netavark).
      configuration.conflicts = await conflictsOf({ host, scene, agent: own, network: given.network ?? 'one', pace });
    }
  } catch (error) {
    if (settings.signal.aborted) configuration.error = 'interrupted';
    else if (error instanceof Unavailable) configuration.skipped = { reason: error.message, enable: error.enable };
    else if (error instanceof EngineFailed || error instanceof HarnessError) configuration.error = error.message;
    else throw error;
  } finally {
    await Promise.all(agents.map((agent) => agent.end()));
    await host?.close();
    configuration.duration = Date.now() - started;
  }
  return done;
}

function empty({ id, title, mode }: Configuration): ConfigurationRecord {
  const nothing = { asks: [], outcomes: [], rows: [], holders: [], conflicts: [], hostServer: [] };
  return { id, title, mode, duration: 0, facts: {}, refusals: {}, ...nothing };
}

/** Starts agents on the host and on the neighbour. */
async function startOutside(host: EngineHost, all: AgentProcess[]) {
  const start = async (place: 'host' | 'neighbour') => {
    const command = [...host.launch(place), ...agentCommand()];
    const started = await AgentProcess.start({ command, title: `the agent on the ${place}` });
    all.push(started.agent);
    return started;
  };
  const [own, neighbour] = await Promise.all([start('host'), start('neighbour')]);
  return { at: { host: own.agent, neighbour: neighbour.agent }, hello: own.hello };
}

async function startAgents(
  host: EngineHost,
  scene: Scene,
  all: AgentProcess[],
): Promise<{ agents: Agents; hello: Hello }> {
  const start = async (words: readonly string[], title: string) => {
    const command = [...words, ...agentCommand()];
    const { agent, hello } = await AgentProcess.start({ command, title: `the agent ${title}` });
    all.push(agent);
    return { agent, hello };
  };
  const inside = (actor: Actor) => start(host.launchIn(actor.pid), `in ${actor.name}`);
  const agents: Agents = { at: {}, servers: {} };
  const places = (['host', 'neighbour', 'attacker'] as const).map(async (place) => {
    const { agent, hello } = await start(host.launch(place), `on the ${place}`);
    agents.at[place] = agent;
    return hello;
  });
  const others = (['peer', 'stranger'] as const satisfies readonly Asker[]).map(async (which) => {
    const actor = scene[which];
    if (actor) agents.at[which] = (await inside(actor)).agent;
  });
  const servers = (Object.entries(scene.servers) as [Published, Actor][]).map(async ([published, actor]) => {
    agents.servers[published] = (await inside(actor)).agent;
  });
  const outcomes = await Promise.allSettled([...places, ...others, ...servers]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  const [hello] = await Promise.all(places);
  return { agents, hello: hello as Hello };
}

/** The containers with servers that a run needs. */
function serversFor({ host }: Configuration, { onlyInside }: ConfigurationSettings): readonly Published[] {
  return host.firewall ? BEHIND_FIREWALL : onlyInside === true ? ['not'] : PUBLISHED;
}

/** The container that asks for the host's own servers: one that publishes nothing. */
function insideOf(scene: Scene, { at, servers }: Agents): { actor: Actor; asker: AgentProcess } | null {
  if (scene.peer && at.peer) return { actor: scene.peer, asker: at.peer };
  const { not: actor } = scene.servers;
  return actor && servers.not ? { actor, asker: servers.not } : null;
}

/** Starts servers on the host's own loopback, has the attacker ask them, and ends them. */
async function askHostServer(
  host: AgentProcess,
  attacker: AgentProcess,
  pace: Pace,
): Promise<ConfigurationRecord['hostServer']> {
  const asked = (['127.0.0.1', '::1'] as const).flatMap((target) =>
    TCP_AND_UDP.map((protocol) => ({ target, protocol })),
  );
  return Promise.all(
    asked.map(async ({ target, protocol }: { target: '127.0.0.1' | '::1'; protocol: Protocol }) => {
      const on = `own ${protocol} ${target}`;
      const family = target === '::1' ? 'inet6' : 'inet';
      await host.ask(serving({ on, protocol, family, address: target, port: HOST_PORT }), true);
      const question = { socket: protocol, address: target, port: HOST_PORT, bytes: 1 };
      const { outcome } = await askOnce(attacker, question, pace);
      return { protocol, target, outcome };
    }),
  );
}
