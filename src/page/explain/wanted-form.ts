import type { Wanted } from '../../explain/explanation.ts';
import { BadWanted, readWanted } from '../../explain/wanted.ts';
import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import type { Chosen } from '../chosen.ts';
import { fill, h } from '../h.ts';

/** The fields that are texts: the command's options of the same names. */
const FIELDS = [
  ['kernel', 'Linux kernel', '6.1.0'],
  ['release', 'Releases', 'freebsd=14.3'],
  ['setting', 'Settings of the machine', 'bindv6only=1 ipv6=0'],
  ['to', 'Sent to', '127.0.0.1'],
  ['from', 'Sent from', '192.0.2.9:4000'],
] as const;

type FieldName = (typeof FIELDS)[number][0];

/** The part of the form with what is asked for beside the sockets: the options of the command. */
export class WantedForm {
  readonly element: HTMLElement;
  readonly #inputs: ReadonlyMap<FieldName, HTMLInputElement>;
  readonly #systems: HTMLElement;
  readonly #wrong = h('p', { class: 'wrong', id: 'wanted-wrong' });
  #system: string | undefined;

  /** @param changed is called whenever a reader has changed something */
  constructor(chosen: Chosen, changed: () => void) {
    this.#system = chosen['system'];
    const names = systemsIn(this.#system);
    const boxes = Object.values(models).map(({ name, title }) => {
      const box = h('input', { type: 'checkbox', checked: names === null || names.includes(name) });
      box.addEventListener('change', () => {
        const all = boxes.filter((one) => one.box.checked).map((one) => one.name);
        this.#system = all.length === 0 || all.length === boxes.length ? undefined : all.join(',');
        changed();
      });
      return { name, box, element: h('label', {}, box, ' ', title) };
    });
    this.#systems = h(
      'div',
      { class: 'systems', role: 'group', 'aria-label': 'Systems' },
      boxes.map(({ element }) => element),
    );
    const fields = FIELDS.map(([name, title, placeholder]) => {
      const input = h('input', {
        type: 'text',
        id: name,
        value: chosen[name],
        placeholder,
        autocomplete: 'off',
        spellcheck: 'false',
      });
      input.addEventListener('input', changed);
      return { name, input, element: h('div', { class: `field ${name}` }, h('label', { for: name }, title), input) };
    });
    this.#inputs = new Map(fields.map(({ name, input }) => [name, input]));
    this.element = h(
      'div',
      {},
      h(
        'div',
        { class: 'wanted' },
        h('div', { class: 'field' }, h('span', { class: 'label' }, 'Systems'), this.#systems),
        fields.map(({ element }) => element),
      ),
      this.#wrong,
    );
  }

  /** What is chosen, for an address; undefined for what is not. */
  get chosen(): Readonly<Record<'system' | FieldName, string | undefined>> {
    const texts = FIELDS.map(([name]) => [name, this.#text(name) || undefined] as const);
    return { system: this.#system, ...(Object.fromEntries(texts) as Record<FieldName, string | undefined>) };
  }

  /** The options of the command that ask for the same. */
  get options(): readonly string[] {
    const { system, setting, ...rest } = this.chosen;
    const option = (name: string, value: string | undefined) => (value === undefined ? [] : [`--${name}`, value]);
    return [
      ...option('system', system),
      ...Object.entries(rest).flatMap(([name, value]) => option(name, value)),
      ...listOf(setting).flatMap((one) => option('setting', one)),
    ];
  }

  /** The message about what can't be read; empty where all of it can. */
  get problem(): string {
    return this.#wrong.textContent ?? '';
  }

  /** What is asked for; null where that can't be read, which is then told at its field. */
  read(): Wanted | null {
    const found = this.#read();
    const wrong = found instanceof BadWanted ? found : undefined;
    fill(this.#wrong, wrong?.message);
    mark(this.#systems, wrong?.field === 'system', ['aria-describedby']);
    for (const [name, input] of this.#inputs) {
      mark(input, wrong?.field === name, ['aria-invalid', 'aria-describedby']);
    }
    return found instanceof BadWanted ? null : found;
  }

  #text(name: FieldName): string {
    return this.#inputs.get(name)?.value.trim() ?? '';
  }

  #read(): Wanted | BadWanted {
    const { system, kernel, release, setting, to, from } = this.chosen;
    try {
      return readWanted({
        ...(system === undefined ? {} : { system }),
        ...(kernel === undefined ? {} : { kernel }),
        ...(release === undefined ? {} : { release: listOf(release) }),
        ...(setting === undefined ? {} : { setting: listOf(setting) }),
        ...(to === undefined ? {} : { to }),
        ...(from === undefined ? {} : { from }),
      });
    } catch (error) {
      if (error instanceof BadWanted) return error;
      throw error;
    }
  }
}

/** Values that are separated by spaces; one with spaces in it is in no option. */
function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(/\s+/).filter((one) => one !== '');
}

/** Says of a control that its value is wrong. A group can't be invalid, only described. */
function mark(element: HTMLElement, isWrong: boolean, names: readonly ('aria-invalid' | 'aria-describedby')[]): void {
  for (const name of names) {
    if (isWrong) element.setAttribute(name, name === 'aria-invalid' ? 'true' : 'wanted-wrong');
    else element.removeAttribute(name);
  }
}

/** The systems that a text names, for the boxes; null for all, and where it can't be read. */
function systemsIn(system: string | undefined): readonly SystemName[] | null {
  try {
    return readWanted(system === undefined ? {} : { system }).systems ?? null;
  } catch {
    return null;
  }
}
