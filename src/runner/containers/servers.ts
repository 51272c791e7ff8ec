import type { Family, Operation } from '../../protocol/messages.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { innerPort, SERVICES, type Bind, type Published, type ContainerService } from '../../containers/cases.ts';
import type { Actor } from './scene.ts';
import { serving } from './serving.ts';

/** The family and address that a bind means in a container; null where the container has none, or nothing is bound. */
function boundTo(bind: Bind, { inet, inet6 }: Actor): { family: Family; address: string; v6only?: number } | null {
  switch (bind) {
    case '0.0.0.0':
    case '127.0.0.1':
      return { family: 'inet', address: bind };
    case 'own':
      return inet === undefined ? null : { family: 'inet', address: inet };
    case '::':
      return { family: 'inet6', address: '::', v6only: 0 };
    case ':: v6only':
      return { family: 'inet6', address: '::', v6only: 1 };
    case 'own6':
      return inet6 === undefined ? null : { family: 'inet6', address: inet6, v6only: 1 };
    case '::1':
      return { family: 'inet6', address: bind, v6only: 1 };
    case 'nothing':
      return null;
  }
}

/** The name of a server in its answers, which is also the name of its socket in its agent. */
export function serverName({ protocol, bind, published }: ContainerService): string {
  return `${protocol} ${published} ${bind}`;
}

/**
 * Starts all servers of one container.
 * @returns the servers that run, and those that are absent on purpose; without those whose address the container lacks
 */
export async function serve(agent: AgentProcess, published: Published, actor: Actor): Promise<ContainerService[]> {
  const wanted = SERVICES.filter((service) => service.published === published);
  const started = await Promise.all(
    wanted.map(async (service) => {
      if (service.bind === 'nothing') return service;
      const place = boundTo(service.bind, actor);
      if (!place) return null;
      const results = await agent.ask(openings(service, place), true);
      return results.at(-1)?.outcome === 'ok' ? service : null;
    }),
  );
  return started.filter((service) => service !== null);
}

function openings(
  service: ContainerService,
  { family, address, v6only }: NonNullable<ReturnType<typeof boundTo>>,
): Operation[] {
  return serving({
    on: serverName(service),
    protocol: service.protocol,
    family,
    address,
    port: innerPort(service),
    backlog: 512,
    ...(v6only === undefined ? {} : { v6only }),
  });
}

/** The address from which each question to a server came, by the number of bytes of the question. */
export async function askersOf(agent: AgentProcess, service: ContainerService): Promise<ReadonlyMap<number, string>> {
  const [result] = await agent.ask([{ op: 'served', on: serverName(service) }], true);
  return new Map((result?.served ?? []).map(({ bytes, from }) => [bytes, from.address]));
}
