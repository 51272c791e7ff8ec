import { spellStates, type ReceiverCorner } from '../../matrix/receivers/axes.ts';
import type { ReceiverBlock } from '../../matrix/receivers/blocks.ts';
import { spellSpec, type Letters, type Spec } from '../../matrix/sockets.ts';
import { h } from '../h.ts';
import type { Changes } from '../matrix/link.ts';
import { ALL_LETTERS, type AskedPair } from './asked.ts';

/** The options of each letter, as they are offered. */
const OPTIONS: Readonly<Record<Letters, string>> = {
  '-': 'none',
  A: 'SO_REUSEADDR',
  P: 'SO_REUSEPORT',
  AP: 'both of these',
  E: 'SO_EXCLUSIVEADDRUSE',
};

const WORDS: Readonly<Record<string, string>> = {
  udp: 'UDP',
  tcp: 'TCP',
  same: 'the same user',
  different: 'different users',
  connected: 'connected here',
  'connected-out': 'connected to neighbour',
  'none/none': 'none',
};

/** What a reader chooses the pair with, and whether only probes are shown with which systems do different things. */
export function receiverControls(
  { block, first, second }: AskedPair,
  blocks: readonly ReceiverBlock[],
  onlyDiffering: boolean,
  update: (changes: Changes) => void,
): HTMLElement {
  const select = (
    id: string,
    label: string,
    value: string,
    values: readonly string[],
    choose: (to: string) => Changes,
  ) => {
    const field = h(
      'select',
      { id: `receivers-${id}` },
      [...new Set(values)].map((one) => h('option', { value: one }, WORDS[one] ?? one)),
    );
    field.value = value;
    field.addEventListener('change', () => update(choose(field.value)));
    return h('div', { class: 'field' }, h('label', { for: `receivers-${id}` }, label), field);
  };
  const own = blocks.filter(({ protocol }) => protocol === block.protocol);
  const states = (place: 0 | 1) => own.map((one) => one.states[place]);
  const axis = (name: keyof ReceiverCorner & ('uid' | 'devices'), of: readonly ReceiverBlock[]) =>
    of.map((one) => one[name]);
  const alike = own.filter((one) => spellStates(one.states) === spellStates(block.states));
  const socket = (which: 'first' | 'second', place: 0 | 1, spec: Spec) => {
    const title = which === 'first' ? 'First' : 'Second';
    const options = h(
      'select',
      { id: `receivers-${which}-options` },
      ALL_LETTERS.map((value) => h('option', { value }, OPTIONS[value])),
    );
    options.value = spec.letters;
    options.addEventListener('change', () =>
      update({ [which]: spellSpec({ ...spec, letters: options.value as Letters }) }),
    );
    return h(
      'fieldset',
      {},
      h('legend', {}, `${title} socket`),
      select(`${which}-state`, 'State', block.states[place], states(place), (to) => ({
        states: place === 0 ? `${to}/${block.states[1]}` : `${block.states[0]}/${to}`,
      })),
      select(
        `${which}-name`,
        'Address',
        spec.name.text,
        block[which].map(({ name }) => name.text),
        (to) => ({
          [which]: `${to} ${spec.letters}`,
        }),
      ),
      h('div', { class: 'field' }, h('label', { for: options.id }, 'Options'), options),
    );
  };
  const only = h('input', { type: 'checkbox', id: 'receivers-only', checked: onlyDiffering });
  only.addEventListener('change', () => update({ only: only.checked ? 'differing' : undefined }));
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'The pair' },
    select(
      'protocol',
      'Protocol',
      block.protocol,
      blocks.map(({ protocol }) => protocol),
      (protocol) => ({ protocol }),
    ),
    socket('first', 0, first),
    socket('second', 1, second),
    select(
      'uid',
      'Owners',
      block.uid,
      axis(
        'uid',
        alike.filter(({ devices }) => devices === block.devices),
      ),
      (uid) => ({ uid }),
    ),
    select(
      'devices',
      'Devices',
      block.devices,
      axis(
        'devices',
        alike.filter(({ uid }) => uid === block.uid),
      ),
      (devices) => ({ devices }),
    ),
    h('div', { class: 'field check' }, only, h('label', { for: only.id }, 'only differences')),
  );
}
