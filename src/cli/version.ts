import { OWN_PACKAGE } from '../process/own-package.ts';

/** The version in the package's own manifest. */
export function version(): string {
  return OWN_PACKAGE.version;
}
