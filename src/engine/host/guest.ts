import type { Engine, HeldContainer } from '../engine.ts';
import { LABEL } from '../sweep.ts';

/** An engine that is someone else's. */
export interface Guest {
  /** Names are ours alone, and containers end with this process, in whatever way that ends. */
  readonly engine: Engine;
  /** Takes back all that was made of it. Never throws. */
  leave(): Promise<void>;
}

/** Networks that an engine has by itself. */
const OWN_NETWORKS = new Set(['host', 'none', 'bridge']);
/** A container ends with its stdin, which we hold, whatever it was to run. */
const WAIT = ['/bin/sh', '-c', 'echo ready; "$@" & exec /bin/cat', 'sh'];

/** Makes an engine one where everything has names that begin with that of a lab, and is taken back at its end. */
export function guestOf(engine: Engine, lab: string): Guest {
  const own = (name: string) => `${lab}-${name}`;
  const labels = { [LABEL]: lab };
  const held = new Map<string, HeldContainer>();
  const networks: string[] = [];
  const images: string[] = [];
  const network = (name: string) => {
    if (name.startsWith('container:')) return `container:${own(name.slice('container:'.length))}`;
    return OWN_NETWORKS.has(name) ? name : own(name);
  };
  const release = async (names: readonly string[]) => {
    const going = names.flatMap((name) => held.get(name) ?? []);
    for (const name of names) held.delete(name);
    await Promise.all(going.map((one) => one.release()));
  };
  return {
    engine: {
      ...engine,
      async importImage(archive, tag, changes) {
        images.push(tag);
        await engine.importImage(archive, tag, changes);
      },
      async createNetwork(plan) {
        networks.push(own(plan.name));
        await engine.createNetwork({ ...plan, name: own(plan.name), labels });
      },
      async run(plan) {
        const command = [...WAIT, ...(plan.command ?? [])];
        const named = { ...plan, name: own(plan.name), networks: plan.networks.map(network), labels, command };
        held.set(plan.name, await engine.hold(named));
      },
      inspect: (name) => engine.inspect(own(name)),
      async remove(names) {
        await release(names);
        await engine.remove(names.map(own));
      },
    },
    async leave() {
      const names = [...held.keys()];
      await release(names);
      await engine.remove(names.map(own)).catch(() => undefined);
      await engine.removeNetworks(networks).catch(() => undefined);
      for (const image of images) await engine.removeImage(image);
    },
  };
}
