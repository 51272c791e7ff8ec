/**
 * The systems of which the project has a record of the whole suite, in its folder `reports/`, which the package is
 * without. A test holds it against that folder.
 */
export const OBSERVED_SYSTEMS: ReadonlySet<string> = new Set(['linux', 'gvisor', 'wine']);
