import { EngineFailed } from '../../../engine/engine.ts';
import { LAN } from '../../../engine/host/topology.ts';
import { isLoopback } from '../../../published/publication.ts';
import { AgentProcess } from '../../../harness/agent-process.ts';
import { agentCommand } from '../../../lab/agent-command.ts';
import type { PortCase, PortQuestion } from '../../../containers/ports.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { addressOfTarget, nameOnLan } from '../addresses.ts';
import { askAll } from '../ask-all.ts';
import { start, unlisted, type Actor } from '../scene.ts';
import { serving } from '../serving.ts';
import { settle } from '../settle.ts';
import { networkOfCase, type PortsAround } from './around.ts';

type Case = NonNullable<ConfigurationRecord['ports']>['cases'][number];

interface Started {
  actor: Actor;
  agent: AgentProcess;
  hostPorts: number[];
}

/** Starts the containers of a case, asks for their ports, and removes them. @throws EngineFailed, HarnessError */
export async function askCase(around: PortsAround, one: PortCase, place: number): Promise<Case> {
  const { host } = around;
  const record: Case = { name: one.name, publish: one.publish.map((words) => words.map(atHost)), asked: [] };
  const names = one.publish.map((_, index) => `ports-${place}-${index}`);
  const started: Started[] = [];
  try {
    for (const [index, name] of names.entries()) started.push(await startOne(around, one, { name, index }));
    record.holders = await holdersOf(around, one, started);
    if (one.chooses === true) record.hostPorts = started.flatMap(({ hostPorts }) => hostPorts);
    record.asked = await ask(around, one, started);
  } catch (error) {
    if (!(error instanceof EngineFailed)) throw error;
    // Numbers of containers and endpoints are others every time.
    record.refusal = error.message.replaceAll(/ ?\(?\b[0-9a-f]{64}\b\)?/g, '');
  }
  await Promise.all(started.map(({ agent }) => agent.end()));
  await host.engine.remove(names).catch(() => undefined);
  return record;
}

/** The words of `--publish`, with the host's addresses. */
function atHost(word: string): string {
  return word.replace('LAN6', LAN.host.inet6).replace('LAN', LAN.host.inet).replace('SECOND', LAN.host.second);
}

async function startOne(
  { host, configuration, agents }: PortsAround,
  { publish, asks, withoutIPv6 = false }: PortCase,
  { name, index }: { name: string; index: number },
): Promise<Started> {
  const words = (publish[index] ?? []).map(atHost);
  const actor = await start(host, name, networkOfCase(configuration, withoutIPv6), words);
  await settle(host, configuration, [actor.pid]);
  Object.assign(actor, await unlisted(host, configuration, actor));
  const command = [...host.launchIn(actor.pid), ...agentCommand()];
  const { agent } = await AgentProcess.start({ command, title: `the agent in ${name}` });
  agents.push(agent);
  for (const question of serversOf(asks, index)) await agent.ask(opening(question), true);
  const published = (await host.engine.inspect(name))?.published ?? [];
  return { actor, agent, hostPorts: [...new Set(published.map(({ hostPort }) => hostPort))] };
}

/** A question for each server of a container. */
function serversOf(asks: readonly PortQuestion[], container: number): PortQuestion[] {
  return [...new Map(asks.filter((one) => one.container === container).map((one) => [serverName(one), one])).values()];
}

function serverName({ protocol, inner, container }: PortQuestion): string {
  return `${protocol} ${inner} of container ${container + 1}`;
}

function opening(question: PortQuestion) {
  const { protocol, inner, bind } = question;
  const family = bind === '::' ? 'inet6' : 'inet';
  const both = bind === '::' ? { v6only: 0 } : {};
  return serving({ on: serverName(question), protocol, family, address: bind, port: inner, ...both });
}

/** How many sockets of the host have the ports that a case publishes, and of how many processes they are. */
async function holdersOf({ host }: PortsAround, { publish, chooses }: PortCase, started: readonly Started[]) {
  const given = chooses === true ? [] : publish.flat().flatMap(hostPortsOf);
  const ports = new Set([...given, ...started.flatMap(({ hostPorts }) => hostPorts)]);
  const lines = (await host.shell('ss -Hlntup'))
    .split('\n')
    .filter((line) => ports.has(Number(/^\S+ +\S+ +\S+ +\S+ +\S*:(\d+) /.exec(line)?.[1])));
  const processes = lines.flatMap((line) => [...line.matchAll(/pid=(\d+)/g)].map(([, pid]) => pid));
  return { sockets: lines.length, processes: new Set(processes).size };
}

/** The ports of the host in words of `--publish`, for example those of `22000-22009:8000-8009/tcp`. */
function hostPortsOf(words: string): number[] {
  const [, first = '', last = first] = /(?:^|:)(\d+)(?:-(\d+))?:\d+(?:-\d+)?\/\w+$/.exec(words) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
}

async function ask({ askers, pace }: PortsAround, one: PortCase, started: readonly Started[]): Promise<Case['asked']> {
  const all = one.asks.flatMap((question, index) => {
    const server = started[question.container];
    if (server === undefined) return [];
    const { protocol, target } = question;
    const address = addressOfTarget(target, server.actor, null);
    const port = one.chooses === true ? server.hostPorts[0] : question.port;
    if (address === undefined || port === undefined) return [];
    const socket = protocol === 'tcp' ? ('tcp' as const) : ('udp unconnected' as const);
    return [{ question, server, port, asked: { socket, address, port, bytes: index + 1 } }];
  });
  const found: Case['asked'] = [];
  for (const asker of ['neighbour', 'host'] as const) {
    const own = all.filter(({ question }) => question.asker === asker);
    const came = await askAll(
      askers[asker],
      own.map(({ asked }) => asked),
      pace,
    );
    for (const [index, { question, server, port, asked }] of own.entries()) {
      const { outcome = 'silence', by, from } = came[index] ?? {};
      const { protocol, target } = question;
      const isWrong = by !== undefined && by !== serverName(question);
      const seen = outcome === 'answered' && !isWrong ? await seenBy(server, question, asked.bytes) : undefined;
      const isOther = from !== undefined && from !== asked.address;
      found.push({
        protocol,
        asker,
        target,
        port,
        outcome,
        ...(seen === undefined || seen === 'the neighbour' ? {} : { seen }),
        ...(isOther ? { from: nameIn(server.actor, from) } : {}),
        ...(isWrong ? { by } : {}),
      });
    }
  }
  return found;
}

/** The name of the address that a server saw for a question of some bytes. */
async function seenBy({ agent, actor }: Started, question: PortQuestion, bytes: number): Promise<string | undefined> {
  const [result] = await agent.ask([{ op: 'served', on: serverName(question) }], true);
  const from = (result?.served ?? []).find((served) => served.bytes === bytes)?.from.address;
  return from === undefined ? undefined : nameIn(actor, from);
}

function nameIn({ inet, inet6, gateway, gateway6 }: Actor, address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  if (plain === gateway || plain === gateway6) return 'the gateway';
  if (plain === inet || plain === inet6) return 'the container';
  if (isLoopback(plain)) return plain;
  return nameOnLan(plain) ?? (/^fe[89ab]/.test(plain) ? 'a link-local address' : 'another address');
}
