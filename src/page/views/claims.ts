import type { PageClaim, PageData, Ruling } from '../../report/page/data.ts';
import type { Standing } from '../../report/page/standing.ts';
import { fill, h, type Child } from '../h.ts';
import { choiceField } from '../choice-field.ts';
import type { Chosen } from '../chosen.ts';
import { hrefOf, chooseHere } from '../place.ts';
import { platformTitle } from '../platforms.ts';
import { documentLink } from '../sources.ts';
import type { View } from '../view.ts';
import { shownPlatforms } from './filters.ts';

type Verdict = Ruling['verdict'];

/** The sign of a claim's verdict, the colours that it shares with a standing, and what it means. */
const VERDICTS: Readonly<Record<Verdict, { sign: string; like: Standing; means: string }>> = {
  confirmed: { sign: '✓', like: 'same', means: 'observed as the document says' },
  qualified: { sign: '±', like: 'differs', means: 'true, but not in every case' },
  refuted: { sign: '✗', like: 'deviates', means: 'observed differently from what the document says' },
  untested: { sign: '–', like: 'unobserved', means: 'none of its cells ran' },
};

/** What documents claim, and on which platforms it is true. */
export const claims: View = {
  id: 'claims',
  title: 'Claims',
  mount(root, { chosen: first }, data) {
    let chosen: Chosen = first;
    const count = h('p', { class: 'count', 'aria-live': 'polite' });
    const table = h('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Claims by platform' });
    const draw = () => {
      const rows = data.claims.filter((claim) => isMeant(data, claim, chosen));
      fill(count, `${rows.length} of ${data.claims.length} claims`);
      fill(table, claimTable(data, rows, chosen));
    };
    const select = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
      choiceField({ name, label, options }, chosen, (changes) => {
        chooseHere(changes);
        chosen = { ...chosen, ...changes };
        draw();
      });
    const documents = [...new Set(data.claims.flatMap((claim) => claim.documents))];
    fill(
      root,
      h('h1', {}, 'What documents claim'),
      h(
        'p',
        { class: 'lead' },
        'Whether a document’s statements about binding a socket are true on each platform. This is a separate question from whether the platform does what is right.',
      ),
      h(
        'div',
        { class: 'filters', role: 'search', 'aria-label': 'Claims' },
        select(
          'document',
          'Document',
          documents.map((id) => [id, data.sources[id]?.title ?? id]),
        ),
        select(
          'verdict',
          'Verdict on at least one platform',
          Object.keys(VERDICTS).map((verdict) => [verdict, verdict]),
        ),
      ),
      h('div', { class: 'above' }, count, h('details', {}, h('summary', {}, 'What the signs mean'), key())),
      table,
    );
    draw();
    root.querySelector('[aria-expanded="true"]')?.scrollIntoView({ block: 'center' });
  },
};

function key(): HTMLElement {
  return h(
    'ul',
    { class: 'legend' },
    Object.entries(VERDICTS).map(([verdict, { sign, like, means }]) =>
      h(
        'li',
        {},
        h('span', { class: `sign s-${like}`, 'aria-hidden': 'true' }, sign),
        h('b', {}, verdict),
        `: ${means}`,
      ),
    ),
  );
}

function isMeant({ rulings }: PageData, { documents, on }: PageClaim, { document: id = '', verdict = '' }: Chosen) {
  const hasVerdict = on.some((ruling) => ruling !== null && rulings[ruling]?.verdict === verdict);
  return (id === '' || documents.includes(id)) && (verdict === '' || hasVerdict);
}

function claimTable(data: PageData, rows: readonly PageClaim[], chosen: Chosen): HTMLElement {
  const shown = shownPlatforms(data, {});
  const open = new Set(chosen['claim']?.split(','));
  return h(
    'table',
    { class: 'results' },
    h('caption', { class: 'hidden' }, 'Whether claims are true, by platform'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'first' }, 'Claim'),
        shown.map((place) => h('th', { scope: 'col' }, platformTitle(data, data.platforms[place]?.name ?? ''))),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((claim) => claimRows(data, claim, shown, open)),
    ),
  );
}

function claimRows(data: PageData, claim: PageClaim, shown: readonly number[], open: Set<string>): Child {
  const { id, claim: text, on } = claim;
  const isOpen = open.has(id);
  const button = h(
    'button',
    { type: 'button', class: 'open', 'aria-expanded': String(isOpen) },
    'Evidence',
    h('span', { class: 'hidden' }, ` of: ${id}`),
  );
  const row = h(
    'tr',
    { class: 'claim' },
    h('th', { scope: 'row', class: 'first' }, text, h('span', { class: 'under' }, h('code', {}, id), button)),
    shown.map((place) => {
      const { verdict = 'untested' } = data.rulings[on[place] ?? -1] ?? {};
      const { sign, like } = VERDICTS[verdict];
      return h(
        'td',
        { class: `s-${like}` },
        h(
          'span',
          { class: 'entry' },
          h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
          h('span', { class: 'word' }, verdict),
        ),
      );
    }),
  );
  let detail = isOpen ? evidenceRow(data, claim, shown) : null;
  button.addEventListener('click', () => {
    const opens = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(opens));
    detail?.remove();
    detail = opens ? evidenceRow(data, claim, shown) : null;
    if (detail) row.after(detail);
    if (opens) open.add(id);
    else open.delete(id);
    chooseHere({ claim: [...open].filter(Boolean).join(',') || undefined });
  });
  return [row, detail];
}

function evidenceRow(data: PageData, { documents, on }: PageClaim, shown: readonly number[]): HTMLElement {
  const groups = new Map<number, number[]>();
  for (const place of shown) {
    const ruling = on[place];
    if (ruling !== null && ruling !== undefined) groups.set(ruling, [...(groups.get(ruling) ?? []), place]);
  }
  return h(
    'tr',
    { class: 'evidence' },
    h(
      'td',
      { colspan: shown.length + 1 },
      h(
        'div',
        { class: 'inside' },
        h(
          'p',
          {},
          'It is in: ',
          documents.map((document, index) => [index > 0 && '; ', documentLink(data, document)]),
        ),
        h(
          'div',
          { class: 'expectations' },
          [...groups].map(([ruling, places]) => ground(data, data.rulings[ruling], places)),
        ),
      ),
    ),
  );
}

function ground(data: PageData, ruling: Ruling | undefined, places: readonly number[]): Child {
  if (ruling === undefined) return null;
  const { verdict, detail, holds, contradicts } = ruling;
  return h(
    'section',
    { class: 'expectation' },
    h(
      'p',
      { class: 'names' },
      places.map((place) => h('span', {}, platformTitle(data, data.platforms[place]?.name ?? ''))),
    ),
    h('p', {}, h('b', {}, verdict), `, ${detail}`),
    cellLinks(data, 'Cells that say so', holds, places[0] ?? 0),
    cellLinks(data, 'Cells that say otherwise', contradicts, places[0] ?? 0),
  );
}

function cellLinks({ experiments, platforms }: PageData, title: string, ids: readonly string[], place: number): Child {
  if (ids.length === 0) return null;
  const platform = platforms[place]?.name;
  const links = ids.map((id) => {
    const experiment = experiments.find(({ cells }) => cells.some((cell) => cell.id === id));
    const label = h('code', {}, id);
    return h(
      'li',
      {},
      experiment ? h('a', { href: hrefOf('experiment', experiment.id, { cell: id, platform }) }, label) : label,
    );
  });
  return h('details', {}, h('summary', {}, `${title}: ${ids.length}`), h('ul', { class: 'cited' }, links));
}
