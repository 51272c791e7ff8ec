import { LAN } from '../../engine/host/topology.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { Family } from '../../protocol/messages.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import type { Protocol } from '../../model/types.ts';
import { TCP_AND_UDP } from '../../containers/cases.ts';
import {
  HOST_NAMES,
  SERVICE_BINDS,
  SERVICE_TARGETS,
  servicePort,
  type ServiceBind,
  type ServiceTarget,
} from '../../containers/host-services.ts';
import { askAll, type Pace } from './ask-all.ts';
import { nameOfAddress } from './addresses.ts';
import type { Actor, Scene } from './scene.ts';
import { serving } from './serving.ts';

type HostService = NonNullable<ConfigurationRecord['hostServices']>[number];

interface Around {
  host: EngineHost;
  scene: Scene;
  /** The agent on the host, which has the services. */
  owner: AgentProcess;
  /** The container that asks, and its agent. */
  actor: Actor;
  asker: AgentProcess;
  pace: Pace;
}

/** Starts servers on the host itself, has a container ask for them by every address and name of the host, and ends them. */
export async function askHostServices({ host, scene, owner, actor, asker, pace }: Around): Promise<HostService[]> {
  const names = await namesIn(host, actor);
  const services = (
    await Promise.all(
      TCP_AND_UDP.flatMap((protocol) => SERVICE_BINDS.map((bind) => serve(owner, { protocol, bind }, actor))),
    )
  ).filter((one) => one !== null);
  const questions = services.flatMap((service) =>
    SERVICE_TARGETS.flatMap((target, index) => {
      const address = addressOf(target, actor, names);
      if (address === undefined) return [];
      const { protocol, bind } = service;
      const question = { socket: protocol, address, port: servicePort(bind), bytes: index + 1 };
      return [{ ...service, target, question }];
    }),
  );
  const came = await askAll(
    asker,
    questions.map(({ question }) => question),
    pace,
  );
  const seen = new Map<string, ReadonlyMap<number, string>>();
  for (const { on } of services) {
    const [result] = await owner.ask([{ op: 'served', on }], true);
    seen.set(on, new Map((result?.served ?? []).map(({ bytes, from }) => [bytes, from.address])));
    await owner.ask([{ op: 'close', on }], false);
  }
  return came.map(({ outcome, by }, index): HostService => {
    const { on, protocol, bind, target, question } = questions[index] as (typeof questions)[number];
    // The container's own network may have a server at that port, for example with the host's network.
    if (outcome !== 'answered' || by !== on) return { protocol, bind, target, outcome };
    const address = seen
      .get(on)
      ?.get(question.bytes)
      ?.replace(/^::ffff:/, '');
    return {
      protocol,
      bind,
      target,
      outcome,
      ...(address === undefined ? {} : { seen: nameOfAddress(address, scene) }),
    };
  });
}

/** The addresses of the names that the container's hosts file has for its host. */
async function namesIn(host: EngineHost, { pid }: Actor): Promise<ReadonlyMap<string, string>> {
  const printed = await host.shell(`cat /proc/${pid}/root/etc/hosts 2>/dev/null || true`);
  const found = new Map<string, string>();
  for (const line of printed.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    // A client tries the first.
    for (const name of names) if (address !== undefined && !found.has(name)) found.set(name, address);
  }
  return found;
}

function addressOf(target: ServiceTarget, actor: Actor, names: ReadonlyMap<string, string>): string | undefined {
  if ((HOST_NAMES as readonly string[]).includes(target)) return names.get(target);
  switch (target) {
    case 'gateway':
      return actor.gateway;
    case 'gateway6':
      return actor.gateway6;
    case 'lan':
      return LAN.host.inet;
    case 'lan6':
      return LAN.host.inet6;
    default:
      return target;
  }
}

/** @returns null where the host does not have that address */
async function serve(
  owner: AgentProcess,
  { protocol, bind }: { protocol: Protocol; bind: ServiceBind },
  actor: Actor,
): Promise<{ on: string; protocol: Protocol; bind: ServiceBind } | null> {
  const place = placeOf(bind, actor);
  if (place === null) return null;
  const on = `host ${protocol} ${bind}`;
  const bound = { on, protocol, ...place, port: servicePort(bind), ...(bind === '::' ? { v6only: 0 } : {}) };
  const results = await owner.ask(serving(bound), true);
  if (results.at(-1)?.outcome === 'ok') return { on, protocol, bind };
  await owner.ask([{ op: 'close', on }], false);
  return null;
}

function placeOf(bind: ServiceBind, { gateway }: Actor): { family: Family; address: string } | null {
  switch (bind) {
    case 'gateway':
      return gateway === undefined ? null : { family: 'inet', address: gateway };
    case 'lan':
      return { family: 'inet', address: LAN.host.inet };
    case 'lan6':
      return { family: 'inet6', address: LAN.host.inet6 };
    default:
      return { family: bind.includes(':') ? 'inet6' : 'inet', address: bind };
  }
}
