import { CHOICES } from '../../matrix/choices.ts';
import type { PackedMatrices } from '../../matrix/pack.ts';
import type { Corner } from '../../matrix/selection.ts';
import { h } from '../h.ts';
import { sideOptions, type Titled } from './choice.ts';
import type { Changes } from './link.ts';
import type { Shown } from './square.ts';

/** What the controls show as chosen. */
interface Now {
  readonly names: { readonly left: string; readonly right: string };
  readonly corner: Corner;
  readonly corners: readonly Corner[];
  readonly shown: Shown;
}

type Options = readonly (readonly [value: string, text: string])[];

/** What a reader chooses the two systems, the corner and the sockets with. */
export function controlsOf(
  packed: PackedMatrices,
  titled: Titled,
  now: Now,
  update: (changes: Changes) => void,
): HTMLElement {
  const { names, corner, corners, shown } = now;
  const values = (axis: keyof Corner): Options => {
    const possible = axis === 'protocol' ? corners : corners.filter(({ protocol }) => protocol === corner.protocol);
    return [...new Set(possible.map((one) => one[axis]))].map((value) => [value, WORDS[value] ?? value]);
  };
  const select = (name: string, label: string, value: string, options: HTMLElement[]) => {
    const field = h('select', { id: `matrix-${name}` }, options);
    field.value = value;
    field.addEventListener('change', () => update({ [name]: field.value }));
    return h('div', { class: 'field' }, h('label', { for: `matrix-${name}` }, label), field);
  };
  const options = (all: Options) => all.map(([value, text]) => h('option', { value }, text));
  const swap = h('button', { type: 'button', class: 'swap', 'aria-label': 'Swap the two systems' }, '⇄');
  swap.addEventListener('click', () => update({ left: names.right, right: names.left, rule: undefined }));
  const only = h('input', { type: 'checkbox', id: 'matrix-only', checked: shown.onlyDiffering });
  only.addEventListener('change', () => update({ only: only.checked ? 'differing' : undefined }));
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'Systems and pairs' },
    select('left', 'System', names.left, sides(packed, titled)),
    swap,
    select('right', 'beside', names.right, sides(packed, titled)),
    select('protocol', 'Protocol', corner.protocol, options(values('protocol'))),
    select('state', 'The first is', corner.state, options(values('state'))),
    select('uid', 'Owners', corner.uid, options(values('uid'))),
    select('devices', 'Devices', corner.devices, options(values('devices'))),
    select(
      'show',
      'Sockets',
      shown.choice,
      options([...CHOICES.map(({ id, title }) => [id, title] as const), ['all', 'All sockets']]),
    ),
    h('div', { class: 'field check' }, only, h('label', { for: 'matrix-only' }, 'only differences')),
  );
}

/** What axes' values are called where their own names would not tell. */
const WORDS: Readonly<Record<string, string>> = {
  udp: 'UDP',
  tcp: 'TCP',
  same: 'the same user',
  different: 'different users',
  'none/none': 'none',
};

function sides(packed: PackedMatrices, titled: Titled): HTMLElement[] {
  const all = sideOptions(packed, titled);
  const group = (label: string, observed: boolean) => {
    const own = all.filter((option) => option.observed === observed);
    return own.length === 0
      ? []
      : [
          h(
            'optgroup',
            { label },
            own.map(({ value, title }) => h('option', { value }, title)),
          ),
        ];
  };
  return [...group('Observed', true), ...group('Models, not observed', false)];
}
