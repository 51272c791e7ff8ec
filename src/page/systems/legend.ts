import { SIGN_MEANINGS } from '../../report/systems/answer.ts';
import { h } from '../h.ts';

/** What the signs of the table of systems mean. */
export function systemsLegend(): HTMLElement {
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'What the signs mean' },
    SIGN_MEANINGS.map(({ sign, means }) =>
      h('li', {}, h('span', { class: 'sign', 'aria-hidden': 'true' }, sign), means),
    ),
  );
}
