import { stackNamed } from '../../src/stack/index.ts';

/** Why the tests of a stack can't run here, with the line that mends it, or null. */
export async function withoutStack(name: string): Promise<string | null> {
  const missing = await (await stackNamed(name)).missing();
  return missing === null ? null : `${missing.reason}; ${missing.enable}`;
}
