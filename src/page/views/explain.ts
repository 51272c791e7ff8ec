import { explain as explainSockets } from '../../explain/explain.ts';
import { shellWord } from '../../report/words.ts';
import { Unreadable } from '../../explain/reader/unreadable.ts';
import { askedIn } from '../ask/texts.ts';
import { command } from '../copy.ts';
import { EXAMPLES } from '../explain/examples.ts';
import { resultOf } from '../explain/result.ts';
import { socketForm, type SocketForm } from '../explain/socket-form.ts';
import { WantedForm } from '../explain/wanted-form.ts';
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
  if (texts.length > 0) return texts;
  return askedOf(chosen['ask'] ?? '') ?? [...(EXAMPLES[0]?.texts ?? [])];
}

/** The sockets in what was written elsewhere; null where there are none. */
function askedOf(written: string): string[] | null {
  if (written.trim() === '') return null;
  try {
    return [...askedIn(written, {}).texts];
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return null;
  }
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
  readonly #whys = h('div', {});
  readonly #spoken = h('p', { class: 'hidden', 'aria-live': 'polite' });
  readonly #wanted: WantedForm;
  #forms: SocketForm[] = [];
  #pausing: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, chosen: Chosen) {
    this.#root = root;
    this.#wanted = new WantedForm(chosen, () => this.#changed());
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
      this.#spoken,
      this.#result,
      h('h2', {}, 'The sockets, in the order in which they are bound'),
      this.#paste(chosen['ask'] ?? ''),
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
        this.#wanted.element,
      ),
      this.#command,
      this.#whys,
      h(
        'p',
        { class: 'quiet' },
        'The models answer here in the browser, from the rules of each system; no socket is bound.',
      ),
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
      chooseHere({ ...choicesOf(this.#texts()), ...this.#wanted.chosen });
      this.#answer();
    }, PAUSE);
  }

  #answer(): void {
    const wanted = this.#wanted.read();
    const isWrong = this.#forms.some(({ problem }) => problem !== null);
    if (isWrong || wanted === null) {
      for (const form of this.#forms) form.tell(undefined);
      const first = this.#forms.findIndex(({ problem }) => problem !== null);
      const where = first === -1 ? 'what is asked for' : `socket ${first + 1}`;
      fill(this.#command);
      fill(this.#spoken, `${where}: ${this.#forms[first]?.problem?.message ?? this.#wanted.problem}`);
      fill(this.#whys);
      fill(this.#result, h('p', { class: 'quiet' }, `Correct ${where} to see the answer.`));
      return;
    }
    const explanation = explainSockets(this.#texts(), wanted);
    for (const [place, form] of this.#forms.entries()) form.tell(explanation.sockets[place]);
    const { to, from } = this.#wanted.chosen;
    const result = resultOf(explanation, this.#trial, to !== undefined || from !== undefined);
    fill(this.#command, h('h2', { class: 'hidden' }, 'The command'), command(this.#commandLine()));
    fill(this.#spoken, result[0]?.textContent);
    const [verdict, facts, ...whys] = result;
    fill(this.#result, verdict, facts);
    fill(this.#whys, whys);
  }

  /** A field for an error message or a listing, which become sockets of the form. */
  #paste(first: string): HTMLElement {
    const field = h('textarea', {
      id: 'paste',
      rows: 2,
      spellcheck: 'false',
      placeholder: 'an error message, lines of ss, lsof or netstat, or a configuration',
    });
    field.value = first;
    const wrong = h('p', { class: 'wrong' });
    field.addEventListener('input', () => {
      fill(wrong);
      if (field.value.trim() === '') return;
      try {
        const { texts } = askedIn(field.value, {});
        chooseHere({ ...choicesOf(texts), ask: undefined });
        this.draw(texts);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        fill(wrong, error.message);
      }
    });
    return h('div', { class: 'field paste' }, h('label', { for: 'paste' }, 'Paste'), field, wrong);
  }

  #commandLine(): string {
    const sockets = this.#texts().map((text) => shellWord(text.trim()));
    return ['npx bindspec explain', ...sockets, ...this.#wanted.options.map(shellWord)].join(' ');
  }

  readonly #trial = (texts: readonly string[], ...children: readonly Child[]): HTMLElement => {
    const choices = { ...choicesOf(texts), ...this.#wanted.chosen };
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
