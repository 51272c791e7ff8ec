import { explain as explainSockets } from '../../explain/explain.ts';
import type { Wanted } from '../../explain/explanation.ts';
import { BadWanted, readWanted } from '../../explain/wanted.ts';
import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import { shellWord } from '../../report/words.ts';
import { command } from '../copy.ts';
import { EXAMPLES } from '../explain/examples.ts';
import { resultOf } from '../explain/result.ts';
import { socketForm, type SocketForm } from '../explain/socket-form.ts';
import { fill, h, type Child } from '../h.ts';
import type { Chosen } from '../chosen.ts';
import { hrefOf, chooseHere } from '../place.ts';
import type { View } from '../view.ts';

/** What an address may ask for at most; models look at every pair of them. */
const MOST_SOCKETS = 9;
/** How long a reader has to pause before the models are asked, in milliseconds. */
const PAUSE = 150;

/** A form for sockets, and what every system makes of them. */
export const explainView: View = {
  id: 'explain',
  title: 'Explain',
  mount(root, { chosen }) {
    new ExplainView(root, chosen).draw(textsOf(chosen));
  },
};

/** The sockets that an address names; an example where it names none. */
function textsOf(chosen: Chosen): string[] {
  const texts: string[] = [];
  for (let number = 1; number <= MOST_SOCKETS; number += 1) {
    const text = chosen[`s${number}`];
    if (text !== undefined) texts.push(text);
  }
  return texts.length > 0 ? texts : [...(EXAMPLES[0]?.texts ?? [])];
}

/** Sockets as choices, for an address. */
function choicesOf(texts: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(Array.from({ length: MOST_SOCKETS }, (_, place) => [`s${place + 1}`, texts[place]]));
}

class ExplainView {
  readonly #root: HTMLElement;
  readonly #sockets = h('div', { class: 'sockets' });
  readonly #command = h('div', {});
  readonly #result = h('div', { class: 'result', 'aria-live': 'off' });
  readonly #spoken = h('p', { class: 'hidden', 'aria-live': 'polite' });
  readonly #kernel: HTMLInputElement;
  readonly #wrong = h('p', { class: 'wrong', id: 'wanted-wrong' });
  readonly #boxes: readonly {
    readonly name: SystemName;
    readonly box: HTMLInputElement;
    readonly element: HTMLElement;
  }[];
  readonly #systems: HTMLElement;
  #system: string | undefined;
  #forms: SocketForm[] = [];
  #pausing: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, { system, kernel }: Chosen) {
    this.#root = root;
    this.#system = system;
    this.#kernel = h('input', { type: 'text', id: 'kernel', value: kernel, placeholder: '6.1.0', autocomplete: 'off' });
    this.#kernel.addEventListener('input', () => this.#changed());
    const chosen = systemsIn(system);
    this.#boxes = Object.values(models).map(({ name, title }) => {
      const box = h('input', { type: 'checkbox', checked: chosen === null || chosen.includes(name) });
      box.addEventListener('change', () => {
        const names = this.#boxes.filter((one) => one.box.checked).map((one) => one.name);
        this.#system = names.length === 0 || names.length === this.#boxes.length ? undefined : names.join(',');
        this.#changed();
      });
      return { name, box, element: h('label', {}, box, ' ', title) };
    });
    this.#systems = h(
      'div',
      { class: 'systems', role: 'group', 'aria-label': 'Systems' },
      this.#boxes.map(({ element }) => element),
    );
    const add = h('button', { type: 'button', class: 'add' }, 'Add a socket');
    add.addEventListener('click', () => {
      if (this.#forms.length >= MOST_SOCKETS) return;
      const last = this.#forms.at(-1)?.text ?? EXAMPLES[0]?.texts[0] ?? '';
      this.draw([...this.#texts(), last]);
      this.#focus(this.#forms.length);
    });
    fill(
      root,
      h('h1', {}, 'Explain a conflict'),
      h(
        'p',
        { class: 'lead' },
        'Sockets are bound to a port one after the other: what happens to the last one on each system, by which rule, and what would help? The models answer here in the browser; no socket is bound.',
      ),
      h(
        'p',
        { class: 'examples' },
        'Examples: ',
        EXAMPLES.map(({ title, texts }, place) => [
          place === 0 ? '' : place === EXAMPLES.length - 1 ? ', or ' : ', ',
          this.#trial(texts, title),
        ]),
        '.',
      ),
      h(
        'form',
        { class: 'explain-form', 'aria-label': 'Sockets, in the order in which they are bound' },
        this.#sockets,
        h('div', { class: 'below' }, add),
        h(
          'div',
          { class: 'wanted' },
          h('div', { class: 'field' }, h('span', { class: 'label' }, 'Systems'), this.#systems),
          h('div', { class: 'field' }, h('label', { for: 'kernel' }, 'Linux kernel'), this.#kernel),
        ),
        this.#wrong,
      ),
      this.#command,
      this.#spoken,
      this.#result,
    );
    root.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
  }

  /** Shows a form for each of some sockets, and what becomes of them. */
  draw(texts: readonly string[]): void {
    this.#forms = texts.map((text, place) => {
      const remove = () => {
        this.draw(this.#texts().filter((_, other) => other !== place));
        this.#focus(Math.min(place + 1, this.#forms.length));
      };
      const isAsked = place === texts.length - 1;
      return socketForm(place, isAsked, text, () => this.#changed(), texts.length > 1 ? remove : null);
    });
    fill(
      this.#sockets,
      this.#forms.map(({ element }) => element),
    );
    this.#answer();
  }

  #texts(): string[] {
    return this.#forms.map(({ text }) => text);
  }

  #focus(number: number): void {
    this.#root.querySelector<HTMLElement>(`#socket${number}-text`)?.focus();
  }

  #changed(): void {
    clearTimeout(this.#pausing);
    this.#pausing = setTimeout(() => {
      if (!this.#root.isConnected) return;
      chooseHere({ ...choicesOf(this.#texts()), system: this.#system, kernel: this.#kernel.value.trim() || undefined });
      this.#answer();
    }, PAUSE);
  }

  #answer(): void {
    const wanted = this.#wanted();
    const isWrong = this.#forms.some(({ problem }) => problem !== null);
    if (isWrong || wanted === null) {
      for (const form of this.#forms) form.tell(undefined);
      const first = this.#forms.findIndex(({ problem }) => problem !== null);
      const where = first === -1 ? 'what is asked for' : `socket ${first + 1}`;
      fill(this.#command);
      fill(this.#spoken, `${where}: ${this.#forms[first]?.problem?.message ?? this.#wrong.textContent}`);
      fill(this.#result, h('p', { class: 'quiet' }, `Correct ${where} to see the answer.`));
      return;
    }
    const explanation = explainSockets(this.#texts(), wanted);
    for (const [place, form] of this.#forms.entries()) form.tell(explanation.sockets[place]);
    const result = resultOf(explanation, this.#trial);
    fill(this.#command, h('h2', { class: 'hidden' }, 'The command'), command(this.#commandLine()));
    fill(this.#spoken, result[0]?.textContent);
    fill(this.#result, result);
  }

  #commandLine(): string {
    const kernel = this.#kernel.value.trim();
    return [
      'npx bindspec explain',
      ...this.#texts().map((text) => shellWord(text.trim())),
      ...(this.#system === undefined ? [] : [`--system ${shellWord(this.#system)}`]),
      ...(kernel === '' ? [] : [`--kernel ${shellWord(kernel)}`]),
    ].join(' ');
  }

  /** What is asked for beside the sockets; null where that can't be read, which is then told at its field. */
  #wanted(): Wanted | null {
    const kernel = this.#kernel.value.trim();
    const problem = this.#readWanted(kernel);
    const isProblem = problem instanceof BadWanted;
    fill(this.#wrong, isProblem && problem.message);
    for (const [field, element] of [
      ['kernel', this.#kernel],
      ['system', this.#systems],
    ] as const) {
      const isWrong = isProblem && problem.field === field;
      for (const [name, value] of [
        ['aria-invalid', 'true'],
        ['aria-describedby', this.#wrong.id],
      ] as const) {
        // A group can't be invalid, only described.
        if (isWrong && (name !== 'aria-invalid' || field === 'kernel')) element.setAttribute(name, value);
        else element.removeAttribute(name);
      }
    }
    return isProblem ? null : problem;
  }

  #readWanted(kernel: string): Wanted | BadWanted {
    try {
      return readWanted({
        ...(this.#system === undefined ? {} : { system: this.#system }),
        ...(kernel === '' ? {} : { kernel }),
      });
    } catch (error) {
      if (error instanceof BadWanted) return error;
      throw error;
    }
  }

  readonly #trial = (texts: readonly string[], ...children: readonly Child[]): HTMLElement => {
    const choices = { ...choicesOf(texts), system: this.#system, kernel: this.#kernel.value.trim() || undefined };
    const link = h('a', { href: hrefOf(explainView.id, '', choices) }, children);
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      chooseHere(choices);
      this.draw(texts);
      this.#focus(texts.length);
    });
    return link;
  };
}

/** The systems that a text names, for the boxes; null for all, and where it can't be read. */
function systemsIn(system: string | undefined): readonly SystemName[] | null {
  try {
    return readWanted(system === undefined ? {} : { system }).systems ?? null;
  } catch {
    return null;
  }
}
