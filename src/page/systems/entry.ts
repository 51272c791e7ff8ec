import { signOf } from '../../report/systems/answer.ts';
import type { SystemAnswer } from '../../report/systems/answer.ts';
import { h, type Child } from '../h.ts';

/** An answer as a cell of a table shows it. */
export interface Entry extends Pick<SystemAnswer, 'word' | 'likeness' | 'basis'> {
  /** In how many cases it is so, of how many with an answer; left out where it is so in all. */
  readonly part?: readonly [alike: number, answered: number];
}

/** What a sign says, for who does not see it. */
const SAYS: Readonly<Record<SystemAnswer['likeness'], string>> = {
  same: 'as on Linux',
  differs: 'differs',
  deviates: 'not what is expected there',
  none: '',
};

/** The cell of an answer, with a link to its question. */
export function entryCell(entry: Entry | null, href: string, isLinux = false): HTMLElement {
  if (entry === null || entry.basis === 'none') {
    return h('td', { class: 'unknown' }, h('span', { class: 'hidden' }, 'not known'));
  }
  const { word, likeness, basis, part } = entry;
  const said = isLinux && likeness === 'same' ? '' : `, ${SAYS[likeness]}`;
  const how = basis === 'observed' ? ', observed' : ', known from source, documents or tests';
  const some: Child = part !== undefined && part[0] < part[1] && h('small', {}, `in ${part[0]} of ${part[1]}`);
  return h(
    'td',
    { class: `a-${likeness} b-${basis}` },
    h(
      'a',
      { class: 'entry', href },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, signOf(entry)),
      h('span', { class: 'word' }, word, some),
      h('span', { class: 'hidden' }, `${said}${how}`),
    ),
  );
}
