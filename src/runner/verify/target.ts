import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineFailed, type Container, type Engine, type EngineFacts } from '../../engine/engine.ts';
import type { Verification } from '../../record/verification.ts';
import { namespaceOfFile, namespaceOfProcess, NotVerifiable, type Namespace } from './namespace.ts';
import type { VerifyRequest } from './gather.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** The target of a verification: its network, its description, and what its engine says. */
export interface VerifyTarget {
  readonly namespace: Namespace;
  readonly described: Omit<Verification['target'], 'hostNetwork' | 'addresses'>;
  readonly engine?: VerifyRequest['engine'];
}

/** A process's network. @throws NotVerifiable */
export async function processTarget(pid: number): Promise<VerifyTarget> {
  const namespace = await namespaceOfProcess(pid);
  checkStack(pid, `process ${pid}`);
  return { namespace, described: { kind: 'process', name: nameOfProcess(pid), pid } };
}

/** A network namespace by its file. @throws NotVerifiable */
export async function fileTarget(file: string): Promise<VerifyTarget> {
  return { namespace: await namespaceOfFile(file), described: { kind: 'namespace', name: file } };
}

/** A container by its name or id, from the engine that has it. @throws NotVerifiable, Unavailable */
export async function containerTarget(name: string, engines: readonly Engine[]): Promise<VerifyTarget> {
  return engineTarget(await findContainer(name, engines), name);
}

/** The target that a container of an engine is. @throws NotVerifiable */
export async function engineTarget({ engine, facts, container }: FoundContainer, name: string): Promise<VerifyTarget> {
  if (!container.running || container.pid === null) {
    throw new NotVerifiable(`the container '${name}' of ${facts.name} is not running: ${facts.name} start ${name}`);
  }
  const namespace = await namespaceOfProcess(container.pid);
  checkStack(container.pid, `the container '${name}'`);
  const networked = await ownerOfNetwork(engine, container);
  return {
    namespace,
    described: {
      kind: 'container',
      name: container.name,
      id: container.id,
      pid: container.pid,
      engine: { name: facts.name, version: facts.version, rootless: facts.rootless },
      network: container.networkMode,
    },
    engine: {
      published: networked.published,
      networks: networked.networks,
    },
  };
}

/** A container, and the engine that has it. */
export interface FoundContainer {
  readonly engine: Engine;
  readonly facts: EngineFacts;
  readonly container: Container;
}

export async function findContainer(name: string, engines: readonly Engine[]): Promise<FoundContainer> {
  const found: FoundContainer[] = [];
  const failures: Error[] = [];
  for (const engine of engines) {
    try {
      const facts = await engine.facts();
      const container = await engine.inspect(name);
      if (container !== null) found.push({ engine, facts, container });
    } catch (error) {
      // An engine that does not answer does not matter if another has the container.
      if (!(error instanceof Unavailable || error instanceof EngineFailed)) throw error;
      failures.push(error);
    }
  }
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new NotVerifiable(
      `${first.facts.name} and ${second.facts.name} both have a container '${name}': choose with --engine ${first.facts.name}`,
    );
  }
  if (first !== undefined) return first;
  const [failure] = failures;
  if (failure !== undefined && failures.length === engines.length) throw failure;
  const asked = engines.map((engine) => engine.name).join(' or ');
  const unheard = failure === undefined ? '' : `; ${failure.message}`;
  throw new NotVerifiable(
    `there is no container '${name}' in ${asked}: ${asked.split(' ')[0]} ps lists the containers${unheard}`,
  );
}

/** The container whose network it uses: itself, or another, for example the one that holds a pod's network. */
async function ownerOfNetwork(engine: Engine, container: Container): Promise<Container> {
  const other = /^container:(.+)$/.exec(container.networkMode)?.[1];
  if (other === undefined) return container;
  return (await engine.inspect(other)) ?? container;
}

/** gVisor has a network stack of its own, and the kernel's tables show nothing of it. */
function checkStack(pid: number, what: string): void {
  const [program = ''] = read(`/proc/${pid}/cmdline`).split('\0');
  if (!path.basename(program).startsWith('runsc')) return;
  throw new NotVerifiable(
    `${what} runs in gVisor, which has its own network stack that can't be inspected from outside: run it with another runtime to verify it`,
  );
}

function nameOfProcess(pid: number): string {
  return `${read(`/proc/${pid}/comm`).trim() || 'process'} (${pid})`;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has just ended; the next call that uses it will report that.
    return '';
  }
}
