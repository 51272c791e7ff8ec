import { STATE_NAMES } from '../../model/states.ts';
import { notesOf } from '../../explain/told.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { OPTION_KEYS, OPTIONS } from '../../model/options.ts';
import { fill, h } from '../h.ts';
import { fieldsOf, problemIn, problemOf, textOf, type FieldName, type Fields, type Problem } from './fields.ts';

/** The part of the form that one socket is written in. */
export interface SocketForm {
  readonly element: HTMLElement;
  /** The socket as it is written now. */
  readonly text: string;
  /** What of it can't be read. */
  readonly problem: Problem | null;
  /** Tells how the socket was read; nothing, where it could not be. */
  tell(taken: Explanation['sockets'][number] | undefined): void;
}

const ADDRESSES = ['0.0.0.0', '127.0.0.1', '::', '::1', '::ffff:127.0.0.1'];

/** What the fields have in them while the line has never been readable. */
const PLAIN: Fields = {
  protocol: 'tcp',
  address: '',
  port: '',
  v6only: '',
  options: new Set(),
  state: '',
  uid: '',
  device: '',
  local: '',
  anyAddress: false,
};

/**
 * A socket as a line and as fields; a change to one changes the other.
 * @param changed is called whenever a reader has changed something
 * @param remove takes the socket out; null where it has to stay
 */
export function socketForm(
  place: number,
  isAsked: boolean,
  first: string,
  changed: () => void,
  remove: (() => void) | null,
): SocketForm {
  let text = first;
  let problem = problemIn(first);
  let fields = fieldsOf(first) ?? PLAIN;
  const id = (name: string) => `socket${place + 1}-${name}`;
  const line = h('input', { type: 'text', id: id('text'), spellcheck: 'false', autocomplete: 'off', value: first });
  const wrong = h('p', { class: 'wrong', id: id('wrong') });
  const notes = h('ul', { class: 'notes' });
  const controls = new Map<FieldName, HTMLInputElement | HTMLSelectElement>([['text', line]]);

  const show = () => {
    for (const [name, control] of controls) {
      const isWrong = problem?.field === name;
      if (isWrong) {
        control.setAttribute('aria-invalid', 'true');
        control.setAttribute('aria-describedby', wrong.id);
      } else {
        control.removeAttribute('aria-invalid');
        control.removeAttribute('aria-describedby');
      }
    }
    fill(wrong, problem?.message);
  };
  const change = (changes: Partial<Fields>) => {
    fields = { ...fields, ...changes };
    text = textOf(fields);
    line.value = text;
    problem = problemOf(fields);
    show();
    changed();
  };
  const label = (name: string, words: string, control: HTMLElement) =>
    h('div', { class: 'field' }, h('label', { for: id(name) }, words), control);
  const input = (name: 'address' | 'port' | 'uid' | 'device' | 'local', words: string, more = {}) => {
    const control = h('input', {
      type: 'text',
      id: id(name),
      class: name,
      autocomplete: 'off',
      spellcheck: 'false',
      ...more,
    });
    control.addEventListener('input', () => change({ [name]: control.value.trim() }));
    controls.set(name, control);
    return label(name, words, control);
  };
  const select = (
    name: 'protocol' | 'v6only' | 'state',
    words: string,
    options: readonly (readonly [string, string])[],
  ) => {
    const control = h(
      'select',
      { id: id(name) },
      options.map(([value, title]) => h('option', { value }, title)),
    );
    control.addEventListener('change', () => change({ [name]: control.value }));
    controls.set(name, control);
    return label(name, words, control);
  };
  const boxes = OPTION_KEYS.map((key) => {
    const box = h('input', { type: 'checkbox', id: id(key) });
    box.addEventListener('change', () => {
      const options = new Set(fields.options);
      if (box.checked) options.add(key);
      else options.delete(key);
      change({ options });
    });
    if (key === OPTION_KEYS[0]) controls.set('options', box);
    return { key, box, element: h('label', {}, box, ' ', h('code', {}, OPTIONS[key].name)) };
  });
  const put = () => {
    for (const [name, control] of controls) {
      if (name !== 'text' && name !== 'options' && name !== 'anyAddress') control.value = fields[name];
    }
    for (const { key, box } of boxes) box.checked = fields.options.has(key);
  };
  line.addEventListener('input', () => {
    text = line.value;
    problem = problemIn(text);
    const read = fieldsOf(text);
    if (read !== null) {
      fields = read;
      put();
    }
    show();
    changed();
  });
  const removal = h(
    'button',
    { type: 'button', class: 'remove', 'aria-label': `Remove socket ${place + 1}` },
    'Remove',
  );
  removal.addEventListener('click', () => remove?.());
  const addresses = h(
    'datalist',
    { id: id('addresses') },
    ADDRESSES.map((value) => h('option', { value })),
  );
  const element = h(
    'fieldset',
    { class: 'socket' },
    h(
      'legend',
      {},
      `Socket ${place + 1}`,
      isAsked && h('span', { class: 'quiet' }, ' (bound last: what becomes of it?)'),
    ),
    h(
      'div',
      { class: 'field line' },
      h('label', { for: id('text') }, 'In bindspec’s notation, a line of ss, netstat or lsof, or an error message'),
      line,
    ),
    h(
      'div',
      { class: 'fields' },
      select('protocol', 'Protocol', [
        ['udp', 'UDP'],
        ['tcp', 'TCP'],
      ]),
      input('address', 'Address', { list: addresses.id }),
      addresses,
      input('port', 'Port', { inputmode: 'numeric' }),
      select('v6only', 'IPV6_V6ONLY', [
        ['', 'as by default'],
        ['0', '0'],
        ['1', '1'],
      ]),
      isAsked
        ? null
        : select('state', 'State', [['', 'not said'], ...STATE_NAMES.map((state) => [state, state] as const)]),
      input('uid', 'Owner (uid)', { inputmode: 'numeric' }),
      input('device', 'Device'),
      isAsked ? null : input('local', 'Connected from'),
      remove === null ? null : removal,
    ),
    h(
      'div',
      { class: 'options', role: 'group', 'aria-label': 'Options' },
      boxes.map(({ element: box }) => box),
    ),
    wrong,
    notes,
  );
  put();
  show();
  return {
    element,
    get text() {
      return text;
    },
    get problem() {
      return problem;
    },
    tell(taken) {
      fill(
        notes,
        (taken === undefined ? [] : notesOf(taken)).map((note) => h('li', {}, note)),
      );
    },
  };
}
