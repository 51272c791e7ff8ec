import type { Way } from '../../matrix/receivers/ways.ts';
import { h, type Child } from '../h.ts';
import { breakable } from '../platforms.ts';
import type { ReceiverCell, ReceiverColumn } from './columns.ts';
import { cellClass, receivedInWords } from './words.ts';

/** A probe that is shown. */
export interface ShownWay {
  readonly way: Way;
  readonly key: string;
  readonly apart: boolean;
}

/** Who got each probe: probes down, systems across. */
export function receiverTable(columns: readonly ReceiverColumn[], ways: readonly ShownWay[]): HTMLElement {
  const shown = columns.filter(({ none }) => none === null);
  return h(
    'div',
    { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Who receives, by probe and system' },
    h(
      'table',
      { class: 'results received' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'first' }, 'Probe'), shown.map(head))),
      h(
        'tbody',
        {},
        ways.map(({ way, key, apart }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row', class: 'first' }, probe(way), apart && sign()),
            shown.map(({ cells }) => entry(cells.get(key))),
          ),
        ),
      ),
    ),
  );
}

/** Says of systems whether anybody has run it there. */
export function observedBadge(observed: boolean): HTMLElement {
  return h('span', { class: observed ? 'badge' : 'badge model' }, observed ? 'observed' : 'model, not observed');
}

function head({ names, observed, maybe, strange }: ReceiverColumn): HTMLElement {
  return h(
    'th',
    { scope: 'col' },
    names.map((name) => h('span', { class: 'block' }, breakable(name))),
    observedBadge(observed),
    maybe && h('small', {}, 'if both can be made'),
    strange && h('small', {}, '✗ the model says that both can’t be made'),
  );
}

function probe({ host, from, port, to }: Way): Child {
  const sender = host === 'neighbour' ? `the neighbour, ${from}` : from;
  return [
    h('span', { class: 'to' }, 'to ', h('b', {}, to)),
    h('small', {}, `from ${sender}${port === 'peer' ? ', the peer’s port' : ''}`),
  ];
}

function sign(): Child {
  return h(
    'span',
    { class: 'sign s-differs' },
    h('span', { 'aria-hidden': 'true' }, '≠'),
    h('span', { class: 'hidden' }, 'the systems differ'),
  );
}

function entry(cell: ReceiverCell | undefined): HTMLElement {
  if (cell === undefined) return h('td', { class: 'absent' }, h('small', {}, 'not probed'));
  const { words, rule, unlike } = cell;
  return h(
    'td',
    { class: `${cellClass(cell)}${unlike === null ? '' : ' unlike'}` },
    h('b', {}, receivedInWords(words)),
    rule !== undefined && h('code', {}, rule.split('/').at(-1)),
    unlike !== null &&
      h('small', {}, `✗ model: ${receivedInWords(unlike.all ? [unlike.outcomes.join('|')] : unlike.outcomes)}`),
  );
}
