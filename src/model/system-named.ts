import { unknown } from '../text/unknown.ts';
import { SYSTEM_NAMES, type SystemName } from './types.ts';

/** The error for a name that is not the name of a system with a model. The message is one line. */
export class UnknownSystem extends Error {
  override readonly name = 'UnknownSystem';
}

/** The system that a word names, in upper or lower case; `macos` is darwin. @throws UnknownSystem */
export function systemNamed(text: string): SystemName {
  const word = text.trim().toLowerCase();
  const system = SYSTEM_NAMES.find((one) => one === (word === 'macos' ? 'darwin' : word));
  if (system !== undefined) return system;
  throw new UnknownSystem(
    unknown('system', text.trim(), [...SYSTEM_NAMES, 'macos'], `it is one of ${SYSTEM_NAMES.join(', ')}`),
  );
}
