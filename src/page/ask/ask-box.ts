import { Unreadable } from '../../explain/reader/unreadable.ts';
import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import { fill, h, type Child } from '../h.ts';
import { hrefOf } from '../place.ts';
import { resultOf, type TryLink } from '../explain/result.ts';
import { askedIn, type AskedTexts } from './texts.ts';

/** How long a reader has to pause before the models are asked, in milliseconds. */
const PAUSE = 200;

/** Lines that readers have, for who has none at hand. */
const EXAMPLES = [
  'Error: listen EADDRINUSE: address already in use :::3000',
  'tcp LISTEN 0 128 *:80 *:*',
  'tcp 0.0.0.0:8080 and tcp [::]:8080',
] as const;

/** What is in the box at first, and who hears of changes. */
export interface AskOptions {
  /** What is in it at first. */
  readonly text: string;
  /** The system that is asked about; all, where it is empty. */
  readonly system: string;
  /** What else may answer a text that names no socket. */
  readonly elsewhere: (text: string) => Child;
  /** Called when a reader has changed either. */
  readonly changed: (text: string, system: string) => void;
}

/** A field to paste an error, lines of a listing or two sockets into, and the answer of the models below it. */
export class AskBox {
  readonly element: HTMLElement;
  readonly #field: HTMLTextAreaElement;
  readonly #system: HTMLSelectElement;
  readonly #answer = h('div', { class: 'ask-answer' });
  readonly #spoken = h('p', { class: 'hidden', 'aria-live': 'polite' });
  readonly #elsewhere: AskOptions['elsewhere'];
  readonly #changed: AskOptions['changed'];
  #pausing: ReturnType<typeof setTimeout> | undefined;

  constructor({ text, system, elsewhere, changed }: AskOptions) {
    this.#elsewhere = elsewhere;
    this.#changed = changed;
    this.#field = h('textarea', {
      id: 'ask',
      rows: 2,
      spellcheck: 'false',
      autocomplete: 'off',
      placeholder: 'Paste an error message, a line of ss, lsof or netstat, or two sockets',
    });
    this.#field.value = text;
    this.#system = h(
      'select',
      { id: 'ask-system' },
      [['', 'every system'], ...Object.values(models).map(({ name, title }) => [name, title])].map(([value, title]) =>
        h('option', { value, selected: value === system }, title),
      ),
    );
    const later = () => {
      clearTimeout(this.#pausing);
      this.#pausing = setTimeout(() => this.#ask(), PAUSE);
    };
    this.#field.addEventListener('input', later);
    this.#system.addEventListener('change', () => this.#ask());
    this.element = h(
      'section',
      { class: 'ask', 'aria-label': 'Why does a bind fail?' },
      h(
        'div',
        { class: 'ask-fields' },
        h(
          'div',
          { class: 'field grow' },
          h('label', { for: 'ask' }, 'Why does my bind fail, or who receives?'),
          this.#field,
        ),
        h('div', { class: 'field' }, h('label', { for: 'ask-system' }, 'On'), this.#system),
      ),
      h(
        'p',
        { class: 'examples' },
        'For example: ',
        EXAMPLES.map((example) => this.#example(example)),
      ),
      this.#spoken,
      this.#answer,
    );
    if (text !== '') this.#show();
  }

  #example(text: string): HTMLElement {
    const button = h('button', { type: 'button', class: 'example' }, h('code', {}, text));
    button.addEventListener('click', () => {
      this.#field.value = text;
      this.#ask();
    });
    return button;
  }

  #ask(): void {
    this.#changed(this.#field.value, this.#system.value);
    this.#show();
  }

  #show(): void {
    const written = this.#field.value;
    if (written.trim() === '') {
      fill(this.#answer);
      fill(this.#spoken);
      return;
    }
    const wanted = this.#system.value === '' ? {} : { systems: [this.#system.value as SystemName] };
    let asked: AskedTexts;
    try {
      asked = askedIn(written, wanted);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      fill(this.#spoken, error.message);
      fill(
        this.#answer,
        isQuestion(written) ? null : h('p', { class: 'wrong' }, error.message),
        this.#elsewhere(written.trim()),
      );
      return;
    }
    const { texts, explanation } = asked;
    const choices = Object.fromEntries(texts.map((text, place) => [`s${place + 1}`, text]));
    const trial: TryLink = (others: readonly string[], ...children: readonly Child[]) =>
      h(
        'a',
        { href: hrefOf('explain', '', Object.fromEntries(others.map((text, place) => [`s${place + 1}`, text]))) },
        children,
      );
    const [verdict, facts, ...whys] = resultOf(explanation, trial);
    fill(this.#spoken, verdict.textContent);
    fill(
      this.#answer,
      h('div', { class: 'result' }, verdict, facts),
      h('details', {}, h('summary', {}, 'Why, by system'), whys),
      h(
        'p',
        {},
        h(
          'a',
          { href: hrefOf('explain', '', choices) },
          'Change these sockets, or ask for other versions and settings',
        ),
      ),
    );
  }
}

/** Whether a text is a sentence of a reader's own, to which an error about the form of a socket says nothing. */
function isQuestion(text: string): boolean {
  return text.trim().split(/\s+/).length > 3 && !/^\s*(?:tcp|udp)\b/i.test(text);
}
