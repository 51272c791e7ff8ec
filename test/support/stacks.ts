import { stackNamed } from '../../src/stack/index.ts';
import type { Lack } from './needs.ts';

/** Another network stack, which was prepared. */
export async function withoutStack(name: string): Promise<Lack | null> {
  const missing = await (await stackNamed(name)).missing();
  return missing === null ? null : { need: name, ...missing };
}
