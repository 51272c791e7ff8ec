import { engineMissing } from '../../src/engine/host/engine-host.ts';
import type { EngineName } from '../../src/engine/engine.ts';

/** Why tests with a real engine can't run here, with the line that mends it, or null. */
export function withoutEngine(engine: EngineName): string | null {
  const missing = engineMissing(engine);
  return missing === null ? null : `${missing.reason}; ${missing.enable}`;
}
