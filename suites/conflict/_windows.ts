import type { Citation } from '../../src/experiment/experiment.ts';

const TABLE: readonly Citation[] = [{ source: 'ms-exclusive', where: 'table of bind behavior, same user account' }];

/** Windows refuses as the others do; only its error has a name of its own. */
export const IN_USE_ON_WINDOWS = {
  on: ['windows'],
  expect: { second: 'WSAEADDRINUSE' },
  because: 'Windows calls the same refusal WSAEADDRINUSE.',
  known: 'vendor',
  cite: TABLE,
} as const;

/** Without options Windows lets a wildcard and a specific address share a port, in either order. */
export const SHARED_ON_WINDOWS = {
  on: ['windows'],
  expect: { second: 'ok' },
  because:
    'Windows lets the wildcard and a specific address share a port unless one asks for exclusive use; the more specific socket receives.',
  known: 'vendor',
  cite: TABLE,
} as const;
