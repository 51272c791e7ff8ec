import { readlinkSync } from 'node:fs';
import { EngineFailed, type Engine } from '../../engine/engine.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { NotVerifiable } from './namespace.ts';
import { findContainer, type FoundContainer } from './target.ts';

/** Which containers of a system are meant: some by name, or those that run, all of them or of one project or pod. */
export type SystemScope =
  | { readonly names: readonly string[] }
  | { readonly all: true }
  | { readonly project: string }
  | { readonly pod: string };

/** Containers that share a network, or one that has its own. */
interface NetworkGroup {
  readonly first: FoundContainer;
  /** The names of the others. */
  readonly shared: readonly string[];
}

/** What is there to look at, and the engines that did not answer. */
export interface FoundSystem {
  readonly groups: readonly NetworkGroup[];
  readonly unheard: readonly { readonly name: string; readonly reason: string }[];
}

/** Both Docker's compose and podman's give it to the containers of a project. */
const PROJECT_LABEL = 'com.docker.compose.project';

/** What a scope is called in messages and in the record. */
export function scopeInWords(scope: SystemScope): string {
  if ('names' in scope) return scope.names.join(', ');
  if ('project' in scope) return `the compose project ${scope.project}`;
  return 'pod' in scope ? `the pod ${scope.pod}` : 'every container that runs';
}

/** Finds the containers of a scope. @throws NotVerifiable where there is none, Unavailable where no engine answers */
export async function findSystem(scope: SystemScope, engines: readonly Engine[]): Promise<FoundSystem> {
  if ('names' in scope) {
    const found: FoundContainer[] = [];
    for (const name of scope.names) found.push(await findContainer(name, engines));
    return { groups: byNetwork(found), unheard: [] };
  }
  const asked = 'pod' in scope ? engines.filter(({ name }) => name === 'podman') : engines;
  if (asked.length === 0) throw new NotVerifiable('--pod is for podman, which is the engine that has pods');
  const found: FoundContainer[] = [];
  const unheard: { name: string; reason: string; error: Error }[] = [];
  for (const engine of asked) {
    try {
      found.push(...(await runningOf(engine, scope)));
    } catch (error) {
      // An engine that is installed and not in use does not matter if another has containers.
      if (!(error instanceof Unavailable || error instanceof EngineFailed)) throw error;
      unheard.push({ name: engine.name, reason: error.message, error });
    }
  }
  const [silent] = unheard;
  if (silent !== undefined && unheard.length === asked.length) throw silent.error;
  if (found.length === 0) throw new NotVerifiable(nothingOf(scope, asked));
  return { groups: byNetwork(found), unheard: unheard.map(({ name, reason }) => ({ name, reason })) };
}

function nothingOf(scope: SystemScope, engines: readonly Engine[]): string {
  const asked = engines.map(({ name }) => name).join(' or ');
  if ('project' in scope)
    return `no container of the compose project '${scope.project}' runs in ${asked}: ${engines[0]?.name} ps --filter label=${PROJECT_LABEL} lists those that do`;
  if ('pod' in scope) return `no container of the pod '${scope.pod}' runs: podman pod ps lists the pods`;
  return `no container runs in ${asked}: ${engines[0]?.name} ps --all lists those that have stopped`;
}

async function runningOf(engine: Engine, scope: SystemScope): Promise<FoundContainer[]> {
  const facts = await engine.facts();
  const filters =
    'project' in scope ? [`label=${PROJECT_LABEL}=${scope.project}`] : 'pod' in scope ? [`pod=${scope.pod}`] : [];
  const found: FoundContainer[] = [];
  for (const name of await engine.running(filters)) {
    const container = await engine.inspect(name);
    // One may have ended in the meantime.
    if (container !== null && container.running) found.push({ engine, facts, container });
  }
  return found;
}

/**
 * Containers by the network namespace that they are in. Those on the host's network are apart: of that network only what is a
 * container's own counts.
 */
function byNetwork(found: readonly FoundContainer[]): NetworkGroup[] {
  const groups = new Map<string, FoundContainer[]>();
  for (const one of found) {
    const key = networkOf(one) ?? `container ${one.container.id}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [first, ...others] = group.toSorted((a, b) => rankIn(a) - rankIn(b) || byName(a, b));
      return first === undefined ? [] : [{ first, shared: others.map(({ container }) => container.name) }];
    })
    .toSorted((a, b) => byName(a.first, b.first));
}

function networkOf({ container }: FoundContainer): string | null {
  if (container.networkMode === 'host' || container.pid === null) return null;
  try {
    return readlinkSync(`/proc/${container.pid}/ns/net`);
  } catch {
    // It may not be looked into, and is reported when it is its turn.
    return null;
  }
}

/** The owner of a network first, then those that joined it; last the one that holds a pod's network, whose name podman makes up. */
function rankIn({ container }: FoundContainer): number {
  if (container.name.endsWith('-infra')) return 2;
  return container.networkMode.startsWith('container:') ? 1 : 0;
}

function byName({ container: one }: FoundContainer, { container: other }: FoundContainer): number {
  return one.name.localeCompare(other.name);
}
