/**
 * The systems for which the project has a record of the whole suite. The records are in its folder `reports/`, which is
 * not in the package. A test compares this list with that folder.
 */
export const OBSERVED_SYSTEMS: ReadonlySet<string> = new Set(['linux', 'gvisor', 'wine']);
