import type { Tape } from '../../../report/page/data.ts';
import { duration } from '../../../report/words.ts';
import { h } from '../../h.ts';

/** The calls of a cell on one platform, and the whole observation. */
export function transcriptList(tape: Tape | null): HTMLElement {
  if (tape === null || tape.transcript.length === 0) return h('p', { class: 'quiet' }, 'No calls were made there.');
  const { transcript: lines, left, attempts, duration: took, observation } = tape;
  let tenths = 0;
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'quiet' },
      `${lines.length + left} calls in ${duration(took)}${attempts > 1 ? `, at attempt ${attempts}` : ''}.`,
    ),
    h(
      'div',
      { class: 'scroll transcript', tabindex: 0, role: 'region', 'aria-label': 'Transcript' },
      h(
        'table',
        { class: 'plain mono' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['ms', 'Part', 'Call'].map((title) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h(
          'tbody',
          {},
          lines.map(({ after, part, host, call }) => {
            tenths += after;
            return h(
              'tr',
              {},
              h('td', { class: 'number' }, (tenths / 10).toFixed(1)),
              h('td', {}, host === 'machine' ? part : `${part}@${host}`),
              h('td', {}, call),
            );
          }),
        ),
      ),
    ),
    left > 0 && h('p', {}, `The record has ${left} more calls.`),
    h(
      'details',
      {},
      h('summary', {}, 'The whole observation'),
      h('pre', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Observation' }, inLines(observation)),
    ),
  );
}

/** JSON in lines, each an element of its own, because in the text of the page what can't be seen is written as an escape. */
function inLines(value: unknown): HTMLElement[] {
  return (JSON.stringify(value, null, 2) ?? 'nothing was observed').split('\n').map((line) => h('div', {}, line));
}
