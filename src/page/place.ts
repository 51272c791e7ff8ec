import type { Chosen } from './chosen.ts';

/** Where a reader is: every choice is in the address after `#`, so that any view can be linked. */
export interface PagePlace {
  /** The id of the view; empty for the first one. */
  view: string;
  /** What the view is of, for example the id of an experiment. */
  of: string;
  /** What was chosen in it. */
  chosen: Chosen;
}

/** What is kept from view to view: how the page looks. */
const KEPT = ['theme'] as const;

/** Reads an address. It may be anything; what can't be read is the first view. */
export function readPlace(hash: string): PagePlace {
  const [path, query] = split(hash.replace(/^#?\/?/, ''), '?');
  const [view, of] = split(path, '/');
  return { view, of: decoded(of), chosen: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a place, with what is kept from the one that the reader is at. Empty choices are left out. */
export function hrefOf(view: string, of = '', chosen: Readonly<Record<string, string | undefined>> = {}): string {
  const now = readPlace(location.hash).chosen;
  const kept = KEPT.map((name) => [name, now[name]] as const);
  const all = [...Object.entries(chosen), ...kept.filter(([name]) => !(name in chosen))];
  const query = new URLSearchParams(all.flatMap(([name, value]) => (value ? [[name, value]] : []))).toString();
  const path = of === '' ? view : `${view}/${encodeURIComponent(of).replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

/** Changes what is chosen in the view that the reader is in, without leaving it: the address changes, the view does not. */
export function chooseHere(changes: Readonly<Record<string, string | undefined>>): void {
  const { view, of, chosen } = readPlace(location.hash);
  history.replaceState(history.state, '', hrefOf(view, of, { ...chosen, ...changes }));
}

function split(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
