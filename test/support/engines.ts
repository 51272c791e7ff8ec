import { engineMissing } from '../../src/engine/host/engine-host.ts';
import type { StartedEngine } from '../../src/engine/names.ts';
import type { Lack } from './needs.ts';

/** A real engine, on a host that is made for it. */
export function withoutEngine(engine: StartedEngine): Lack | null {
  const missing = engineMissing(engine);
  return missing === null ? null : { need: engine, ...missing };
}
