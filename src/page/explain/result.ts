import type { Answer } from '../../explain/answer.ts';
import { changedTexts } from '../../explain/change.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { sentenceOf } from '../../explain/sentences.ts';
import {
  ADVICE_TITLE,
  adviceOf,
  ALSO_TITLE,
  alsoOf,
  asSentence,
  ASSUMED_TITLE,
  assumedOf,
  cautionsInWords,
  FIND_TITLE,
  findersInWords,
  givenOf,
  groundsOf,
  RECEIVERS_TITLE,
  receiversOf,
  REFUSALS_TITLE,
  refusalsOf,
  SIGNS,
  STOPS_TITLE,
  stopsInWords,
  supposedOf,
  tableOf,
  WHO_IS_WHO,
} from '../../explain/told.ts';
import { h, type Child } from '../h.ts';

/** Makes a link to the form with other sockets in it. */
export type TryLink = (texts: readonly string[], ...children: readonly Child[]) => HTMLElement;

/** What the signs say to who does not see them. */
const WORKS = { yes: 'works', no: 'is refused', unsure: 'may or may not work' } as const;

/**
 * An explanation: what every system does, what would help, and why. Its first element says it all in a sentence.
 * @param isSent whether one case of who receives was asked about, which is answered for a socket alone too
 */
export function resultOf(explanation: Explanation, trial: TryLink, isSent = false): [HTMLElement, ...HTMLElement[]] {
  const { answers, sockets } = explanation;
  return [
    h('h2', { class: 'verdict' }, explanation.answer[0]),
    h(
      'div',
      { class: 'facts' },
      explanation.answer.slice(1).map((sentence) => h('p', { class: 'todo' }, sentence)),
      givenOf(explanation).map((sentence) => h('p', { class: 'quiet' }, sentence)),
      answerTable(answers),
      receivers(explanation, isSent),
      adviceList(explanation, trial),
      supposed(explanation),
      alsoFailed(explanation),
      refusals(explanation, trial),
      finders(explanation),
      stops(explanation),
      assumed(explanation),
    ),
    h(
      'div',
      { class: 'whys' },
      h('h2', {}, 'Why'),
      sockets.length > 2 && h('p', { class: 'quiet' }, WHO_IS_WHO),
      answers.map(why),
    ),
  ];
}

function answerTable(answers: readonly Answer[]): HTMLElement {
  const { head, rows } = tableOf(answers);
  const titles = head.map((title) => h('th', { scope: 'col' }, title === '' ? 'System' : title));
  const body = rows.map(([title = '', ...cells], place) => {
    const works = answers[place]?.works ?? 'unsure';
    return h(
      'tr',
      { class: `works-${works}` },
      h(
        'th',
        { scope: 'row' },
        h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[works]),
        ` ${title}`,
        h('span', { class: 'hidden' }, `: ${WORKS[works]}`),
      ),
      cells.map((cell) => h('td', {}, h('code', {}, cell))),
    );
  });
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Every system' },
    h('table', { class: 'plain answers' }, h('thead', {}, h('tr', {}, titles)), h('tbody', {}, body)),
  );
}

function receivers(explanation: Explanation, isSent: boolean): Child {
  const told = receiversOf(explanation, isSent);
  if (told.length === 0) return null;
  const items = told.map(({ systems, lines }) =>
    h('li', {}, `${systems}: ${lines.map((line) => line.replace(/\.$/, '')).join('; ')}.`),
  );
  const cautions = cautionsInWords(explanation).map((sentence) => h('li', { class: 'caution' }, sentence));
  return [h('h2', {}, RECEIVERS_TITLE), h('ul', { class: 'receivers' }, items, cautions)];
}

function refusals(explanation: Explanation, trial: TryLink): Child {
  const { sockets, refusals: all } = explanation;
  const items = refusalsOf(explanation).map((piece, place) =>
    h('li', {}, piece, ' ', trial(changedTexts(sockets, all[place]?.changes ?? []), 'try it')),
  );
  return items.length > 0 && [h('h2', {}, REFUSALS_TITLE), h('ul', { class: 'refusals' }, items)];
}

function supposed(explanation: Explanation): Child {
  const [first, ...pieces] = supposedOf(explanation);
  const items = pieces.map((piece) => h('li', {}, piece));
  return first !== undefined && [h('h2', {}, ADVICE_TITLE), h('p', {}, first), h('ul', { class: 'supposed' }, items)];
}

function finders(explanation: Explanation): Child {
  const items = findersInWords(explanation).map(({ systems, command }) =>
    h('li', {}, `${systems}: `, h('code', {}, command)),
  );
  return items.length > 0 && [h('h2', {}, FIND_TITLE), h('ul', { class: 'find' }, items)];
}

function stops(explanation: Explanation): Child {
  const items = stopsInWords(explanation).map(({ systems, lines }) => h('li', {}, `${systems}: ${lines.join('; ')}.`));
  return items.length > 0 && [h('h2', {}, STOPS_TITLE), h('ul', { class: 'stops' }, items)];
}

function assumed(explanation: Explanation): Child {
  const items = assumedOf(explanation).map((sentence) => h('li', {}, sentence));
  return items.length > 0 && [h('h2', {}, ASSUMED_TITLE), h('ul', { class: 'assumed' }, items)];
}

function alsoFailed(explanation: Explanation): Child {
  const items = alsoOf(explanation).map((sentence) => h('li', {}, sentence));
  return items.length > 0 && [h('h2', {}, ALSO_TITLE), h('ul', { class: 'also' }, items)];
}

function adviceList(explanation: Explanation, trial: TryLink): Child {
  const { pieces, helpless } = adviceOf(explanation);
  if (pieces.length === 0 && helpless === undefined) return null;
  const { sockets, advice } = explanation;
  const items = pieces.map((piece, place) => {
    const texts = changedTexts(sockets, advice[place]?.changes ?? []);
    const isChanged = (advice[place]?.changes.length ?? 0) > 0;
    return h('li', {}, h('span', { class: 'piece' }, piece), ' ', isChanged && trial(texts, 'try it'));
  });
  return [
    h('h2', {}, ADVICE_TITLE),
    h('ul', { class: 'advice' }, items),
    helpless !== undefined && h('p', {}, helpless),
  ];
}

function why(answer: Answer): HTMLElement {
  return h(
    'section',
    { class: `why works-${answer.works}`, 'aria-label': answer.title },
    h('p', {}, sentenceOf(answer)),
    answer.notes.map((note) => h('p', {}, asSentence(note))),
    h('p', { class: 'quiet' }, groundsOf(answer), ' ', h('code', {}, answer.rule.id)),
  );
}
