import type { PageData } from './data.ts';

/** By the id of a view, whether there is something to show in it; the views that are not here always have something. */
const HAS: Readonly<Record<string, (data: PageData) => boolean>> = {
  programs: ({ servers }) => servers.length > 0,
  containers: ({ engines }) => engines.length > 0,
  singles: ({ singles }) => singles !== null,
  triples: ({ triples }) => triples.length > 0,
  experiments: ({ experiments }) => experiments.length > 0,
  claims: ({ claims, rulings }) =>
    claims.some(({ on }) => on.some((ruling) => ruling !== null && rulings[ruling]?.verdict !== 'untested')),
};

/** The ids of the views that have nothing to show, because none of it was recorded. */
export function emptyViews(data: PageData): string[] {
  return Object.entries(HAS).flatMap(([id, has]) => (has(data) ? [] : [id]));
}
