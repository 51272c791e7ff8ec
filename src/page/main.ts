import { counted } from '../text/counted.ts';
import type { PageData } from '../report/page/data.ts';
import { fill, h } from './h.ts';
import { hrefOf, readPlace } from './place.ts';
import { platformDetails } from './platforms.ts';
import { keepPositions, returnToPosition } from './scroll.ts';
import { themeSwitch, wearTheme } from './theme.ts';
import type { View } from './view.ts';
import { claims } from './views/claims.ts';
import { containers } from './views/containers.ts';
import { experimentView } from './views/experiment.ts';
import { explainView } from './views/explain.ts';
import { matrix } from './views/matrix.ts';
import { overview } from './views/overview.ts';
import { programs } from './views/programs.ts';
import { receivers } from './views/receivers.ts';
import { singles } from './views/singles.ts';
import { triples } from './views/triples.ts';

/** All views, in the order of the navigation; the first one is where a reader begins. */
const VIEWS: readonly View[] = [
  overview,
  experimentView,
  claims,
  containers,
  singles,
  matrix,
  receivers,
  triples,
  programs,
  explainView,
];

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as PageData;
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
    `Made by bindspec ${data.bindspec} report, of ${counted(data.platforms.length, 'platform')}. `,
    'MATRIX.md, beside this file, has the same as text; matrix.json for programs.',
  ),
);
page.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

let shown = 0;

/** Shows the view that the address names; the first one where it names none. */
async function show(): Promise<void> {
  shown += 1;
  const mine = shown;
  const place = readPlace(location.hash);
  const there = VIEWS.filter(({ has }) => has?.(data) ?? true);
  const view = there.find(({ id }) => id === place.view) ?? there[0];
  if (view === undefined) {
    fill(main, h('h1', {}, 'bindspec'), platformDetails(data));
    return;
  }
  wearTheme(place.chosen['theme']);
  document.title = view.title === overview.title ? 'bindspec' : `${view.title} - bindspec`;
  fill(
    navigation,
    h(
      'ul',
      {},
      there
        .filter(({ hidden }) => hidden !== true)
        .map(({ id, title }) =>
          h('li', {}, h('a', { href: hrefOf(id), 'aria-current': id === view.id ? 'page' : undefined }, title)),
        ),
    ),
  );
  const root = h('div', { class: `view ${view.id}` });
  fill(main, root);
  try {
    await view.mount(root, place, data);
  } catch (error) {
    // What a reader asked for by the address may not be there, and a browser may be too old to unpack.
    if (mine === shown) {
      fill(root, h('h1', {}, 'This can’t be shown'), h('p', { class: 'wrong' }, (error as Error).message));
    }
  }
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
