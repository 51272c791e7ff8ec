import { fill, h } from '../h.ts';
import { command as commandBox } from '../copy.ts';
import { pairPlan } from '../../matrix/pair.ts';
import { decidingRule } from '../../matrix/prediction.ts';
import { formatPlan } from '../../plan/notation.ts';
import { receiversHref } from '../receivers/links.ts';
import { isAsModelled, ruleAt } from './difference.ts';
import type { At } from './grid.ts';
import type { Link } from './link.ts';
import { ruleInWords, ruleNamed } from './rule.ts';
import type { Side, SideBlock } from './side.ts';
import { placeIn, type Square } from './square.ts';
import { answerInWords, cornerInWords, predictionInWords } from './words.ts';
import type { Corner } from '../../matrix/selection.ts';

/** A side with its details. */
export interface ToldSide {
  readonly side: Side;
  readonly block: SideBlock | null;
}

/**
 * Tells of one pair: both names, what either system does with it, by which rule, and what runs it again.
 * @param link a link to a rule marks the cells that it decides
 */
export function tellDetails(
  element: HTMLElement,
  corner: Corner,
  { rows, columns, differs }: Square,
  at: At,
  sides: { readonly left: ToldSide; readonly right: ToldSide },
  link: Link,
): void {
  const [row, column] = [rows[at.row], columns[at.column]];
  if (row === undefined || column === undefined) {
    fill(element, h('p', { class: 'quiet' }, 'No pair is shown.'));
    return;
  }
  const apart = differs[at.row]?.[at.column];
  const receivers = receiversHref(corner, row.spelled, column.spelled);
  const verdict = apart === null ? 'not compared' : apart === true ? '≠ they differ' : '= the same';
  fill(
    element,
    h(
      'p',
      { class: 'pair' },
      'first ',
      h('code', {}, row.spelled),
      ', second ',
      h('code', {}, column.spelled),
      ` (${cornerInWords(corner)}): `,
      h('b', {}, verdict),
    ),
    receivers !== null &&
      h('p', { class: 'onward' }, h('a', { href: receivers }, 'Who receives, where both are there')),
    h(
      'div',
      { class: 'sides' },
      (['left', 'right'] as const).map((which) => {
        const { side, block } = sides[which];
        const place = placeIn(row, column, which);
        return h(
          'div',
          { class: 'side' },
          h('h3', {}, side.title, ' ', badge(side)),
          block === null || place === null
            ? h('p', { class: 'quiet' }, 'There is no such pair here.')
            : told(side, block, place, link),
        );
      }),
    ),
  );
}

/** A pair and what both systems do with it, in a sentence that can be read aloud. */
export function sayPair(
  { rows, columns, differs }: Square,
  at: At,
  sides: { readonly left: ToldSide; readonly right: ToldSide },
): string {
  const [row, column] = [rows[at.row], columns[at.column]];
  if (row === undefined || column === undefined) return '';
  const said = (['left', 'right'] as const).map((which) => {
    const { side, block } = sides[which];
    const place = placeIn(row, column, which);
    if (block === null || place === null) return `${side.title}: no such pair`;
    const rule = ruleAt(block, place);
    const by = rule === undefined ? '' : `, by the rule ${rule}`;
    return `${side.title}: ${answerInWords(block.answer(place.row, place.column))}${by}`;
  });
  const verdict = differs[at.row]?.[at.column] === true ? ' They differ.' : '';
  return `First ${row.spelled}, second ${column.spelled}. ${said.join('. ')}.${verdict}`;
}

/** Says of a side whether anybody has run it. */
export function badge({ observed }: Side): HTMLElement {
  return h('span', { class: observed ? 'badge' : 'badge model' }, observed ? 'observed' : 'model, not observed');
}

function told(side: Side, block: SideBlock, place: At, link: Link): HTMLElement[] {
  const { row, column } = place;
  const [answer, prediction] = [block.answer(row, column), block.prediction(row, column)];
  const asModelled = isAsModelled(block, place);
  const id = ruleAt(block, place) ?? (prediction === null ? undefined : decidingRule(prediction));
  const rule = id === undefined ? undefined : ruleNamed(id);
  const command = block.command(row, column);
  const [first, second] = [block.first[row], block.second[column]];
  const lines = [
    ...(side.observed ? [['kernel', h('b', {}, answerInWords(answer))] as const] : []),
    ...(prediction === null
      ? []
      : [
          [
            'model',
            [predictionInWords(prediction), !asModelled && h('b', {}, ' ✗ the kernel does something else')],
          ] as const,
        ]),
    ...(id === undefined ? [] : [['rule', link({ rule: id }, {}, h('code', {}, id))] as const]),
    ...(first && second ? [['plan', h('code', {}, formatPlan(pairPlan(block.corner, first, second)))] as const] : []),
  ];
  return [
    h(
      'dl',
      {},
      lines.map(([name, content]) => [h('dt', {}, name), h('dd', {}, content)]),
    ),
    ...(rule === undefined ? [] : ruleInWords(rule)),
    ...(command === null ? [] : [commandBox(command, `Command for ${side.title}`)]),
  ];
}
