import { h } from './h.ts';
import { MEANING } from './standings.ts';

/** What the signs and colours mean. */
export function legend(): HTMLElement {
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'What the signs mean' },
    Object.entries(MEANING).map(([standing, { sign, title, means }]) =>
      h(
        'li',
        {},
        h('span', { class: `sign s-${standing}`, 'aria-hidden': 'true' }, sign),
        h('b', {}, title),
        `: ${means}`,
      ),
    ),
  );
}
