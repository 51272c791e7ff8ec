import { counted } from '../text/counted.ts';
import type { FirstData } from '../report/page/data.ts';
import { citing } from './cite.ts';
import { fill, h } from './h.ts';
import { hrefOf, readPlace } from './place.ts';
import { keepPositions, returnToPosition } from './scroll.ts';
import { themeSwitch, wearTheme } from './theme.ts';
import { unpack } from './unpack.ts';
import type { View } from './view.ts';
import { claims } from './views/claims.ts';
import { containers } from './views/containers.ts';
import { experimentView } from './views/experiment.ts';
import { explainView } from './views/explain.ts';
import { how } from './views/how.ts';
import { matrix } from './views/matrix.ts';
import { overview } from './views/overview.ts';
import { programs } from './views/programs.ts';
import { receivers } from './views/receivers.ts';
import { singles } from './views/singles.ts';
import { systemsView } from './views/systems.ts';
import { triples } from './views/triples.ts';

/** The views after the first one, in the order of the navigation. */
const VIEWS: readonly View[] = [
  explainView,
  programs,
  containers,
  singles,
  matrix,
  receivers,
  triples,
  overview,
  claims,
  experimentView,
  how,
];

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as FirstData;
const page = document.querySelector('#page') as HTMLElement;
const navigation = h('nav', { 'aria-label': 'Views' });
const main = h('main', { id: 'main', tabindex: -1 });
const theme = themeSwitch();

fill(
  page,
  h('a', { href: '#main', class: 'skip' }, 'Skip to the content'),
  h('header', { class: 'top' }, h('span', { class: 'name' }, 'bindspec'), navigation, theme),
  main,
  h(
    'footer',
    {},
    `Made by bindspec ${data.bindspec} report, of ${counted(recorded(data), 'platform')}. `,
    'MATRIX.md, beside this file, has the same as text; matrix.json for programs.',
    // A view that has these buttons itself has them further up.
    citing(() => `“${main.querySelector('h1')?.textContent ?? ''}”`, data.bindspec),
  ),
);
page.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

let shown = 0;

/** How many platforms were recorded. */
function recorded({ systems }: FirstData): number {
  return systems.columns.reduce((sum, { platforms }) => sum + platforms.length, 0);
}

/** Shows the view that the address names; the first one where it names none, for which nothing is unpacked. */
async function show(): Promise<void> {
  shown += 1;
  const mine = shown;
  const place = readPlace(location.hash);
  wearTheme(place.chosen['theme']);
  const root = h('div', { class: `view ${place.view || systemsView.id}` });
  try {
    const view = VIEWS.find(({ id }) => id === place.view);
    navigate(view?.id ?? systemsView.id);
    if (view === undefined) {
      await open(systemsView, root, () => systemsView.mount(root, place, data));
      return;
    }
    if (data.empty.includes(view.id)) throw new Error('Nothing of this was recorded.');
    const rest = await unpack(data.rest);
    if (mine !== shown) return;
    await open(view, root, () => view.mount(root, place, rest));
  } catch (error) {
    // What a reader asked for by the address may not be there, and a browser may be too old to unpack.
    if (mine === shown) {
      fill(main, root);
      fill(root, h('h1', {}, 'This can’t be shown'), h('p', { class: 'wrong' }, (error as Error).message));
    }
  }
}

/** Puts a view into the page. */
function open(view: Pick<View, 'title'>, root: HTMLElement, mount: () => void | Promise<void>): void | Promise<void> {
  document.title = view.title === systemsView.title ? 'bindspec' : `${view.title} - bindspec`;
  fill(main, root);
  return mount();
}

/** Shows the navigation, with the view that the reader is in. */
function navigate(current: string): void {
  const there = VIEWS.filter(({ id, hidden }) => hidden !== true && !data.empty.includes(id));
  fill(
    navigation,
    h(
      'ul',
      {},
      [systemsView, ...there].map(({ id, title }) =>
        h('li', {}, h('a', { href: hrefOf(id), 'aria-current': id === current ? 'page' : undefined }, title)),
      ),
    ),
  );
}

async function arrive(): Promise<void> {
  window.scrollTo(0, 0);
  await show();
  returnToPosition();
  main.focus({ preventScroll: true });
}

window.addEventListener('hashchange', () => void arrive());
keepPositions();
void show();
