import type { Chosen } from './chosen.ts';
import { h } from './h.ts';

/**
 * A field of filters: a list to choose one value from, with "all" for none.
 * @param name the field's own, in the page's address too
 * @param options each value, and its text
 * @param choose takes what the reader chose, '' for all
 */
export function choiceField(
  { name, label, options }: { name: string; label: string; options: readonly (readonly [string, string])[] },
  chosen: Chosen,
  choose: (changes: Chosen) => void,
): HTMLElement {
  const select = h(
    'select',
    { id: name },
    [['', 'all'] as const, ...options].map(([value, text]) =>
      h('option', { value, selected: value === (chosen[name] ?? '') }, text),
    ),
  );
  select.addEventListener('change', () => choose({ [name]: select.value }));
  return h('div', { class: 'field' }, h('label', { for: name }, label), select);
}
