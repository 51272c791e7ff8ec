import { mannerInWords } from '../../matrix/singles/binds.ts';
import { spellSingle } from '../../matrix/singles/names.ts';
import { singlesOf, type Single } from '../../matrix/singles/reading.ts';
import { KEY_OF_SHORT } from '../../matrix/answers.ts';
import type { PageSingles } from '../../report/page/data.ts';
import { singleMismatches, singlesSentence, singlesTable } from '../../report/matrix/singles.ts';
import type { Chosen } from '../chosen.ts';
import { fill, h } from '../h.ts';
import { ruleInWords, ruleNamed } from '../matrix/rule.ts';
import { chooseHere } from '../place.ts';
import { platformTitle } from '../platforms.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view.ts';

/** The binds of one socket alone, of each platform on which they were run. */
export const singles: View = {
  id: 'singles',
  title: 'One socket',
  async mount(root, { chosen }, data) {
    const all = data.singles === null ? [] : await unpack(data.singles);
    if (all.length > 0) new SinglesView(root, all, chosen, (name) => platformTitle(data, name)).draw();
  },
};

class SinglesView {
  readonly #all: readonly PageSingles[];
  readonly #titled: (name: string) => string;
  readonly #platform: HTMLSelectElement;
  readonly #table = h('div', { class: 'alone' });
  readonly #details = h('section', { class: 'details', 'aria-label': 'The name', 'aria-live': 'polite' });
  #name: string | undefined;

  constructor(
    root: HTMLElement,
    all: readonly PageSingles[],
    { platform, name }: Chosen,
    titled: (name: string) => string,
  ) {
    this.#all = all;
    this.#titled = titled;
    this.#name = name;
    this.#platform = h(
      'select',
      { id: 'singles-platform' },
      all.map((one) => h('option', { value: one.name }, titled(one.name))),
    );
    this.#platform.value = all.some((one) => one.name === platform) ? (platform ?? '') : (all[0]?.name ?? '');
    this.#platform.addEventListener('change', () => {
      chooseHere({ platform: this.#platform.value });
      this.draw();
    });
    fill(
      root,
      h('h1', {}, 'One socket alone'),
      h(
        'p',
        { class: 'lead' },
        'No other socket has the port: which names can be bound at all, and what decides? Choose a name to see every way in which it was bound.',
      ),
      h('div', { class: 'field' }, h('label', { for: 'singles-platform' }, 'Platform'), this.#platform),
      h('div', { class: 'beside' }, this.#table, this.#details),
    );
  }

  draw(): void {
    const shown = this.#all.find(({ name }) => name === this.#platform.value) ?? this.#all[0];
    if (shown === undefined) return;
    const { head, rows } = singlesTable(shown.singles);
    const binds = singlesOf(shown.singles);
    const wrong = singleMismatches(shown.singles);
    const { absent } = shown.singles;
    fill(
      this.#table,
      h('p', {}, `${singlesSentence(shown.singles)}.`),
      h(
        'div',
        {
          class: 'scroll wide',
          tabindex: 0,
          role: 'region',
          'aria-label': `Single binds of ${this.#titled(shown.name)}`,
        },
        h(
          'table',
          { class: 'plain' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              head.map((title) => h('th', { scope: 'col' }, title)),
            ),
          ),
          h(
            'tbody',
            {},
            rows.map((row, place) => this.#row(row, binds[place] ?? [])),
          ),
        ),
      ),
      h('p', { class: 'key quiet' }, `${KEY_OF_SHORT}; *: not what the model says.`),
      absent.length > 0 &&
        h('p', { class: 'quiet' }, absent.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')),
      wrong.length > 0 && h('p', {}, `Unlike the model: ${wrong.map(inWords).join('; ')}.`),
    );
    const chosen = binds.find(([first]) => first !== undefined && spellSingle(first.name) === this.#name) ?? binds[0];
    this.#tell(chosen ?? []);
  }

  #row([name = '', ...cells]: readonly string[], binds: readonly Single[]): HTMLElement {
    const button = h('button', { type: 'button', class: 'name' }, h('code', {}, name));
    button.addEventListener('click', () => {
      this.#name = name;
      chooseHere({ name });
      this.#tell(binds);
    });
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, button),
      cells.map((cell) => h('td', {}, cell)),
    );
  }

  /** Every way in which a name was bound, by answer and by the rule of the model. */
  #tell(binds: readonly Single[]): void {
    const [first] = binds;
    const groups = groupsOf(binds);
    fill(
      this.#details,
      first !== undefined && h('h2', {}, h('code', {}, spellSingle(first.name)), ` (${first.name.kind})`),
      [...groups.values()].map((group) => {
        const [one] = group;
        const rule = one === undefined ? undefined : ruleNamed(one.predicted.rule);
        const isWrong = one?.agrees === false;
        return h(
          'div',
          { class: 'single' },
          h('h3', {}, one?.answer ?? 'not run', isWrong && ` (the model says ${one.predicted.outcomes.join(' or ')})`),
          h('p', {}, `${group.map(({ manner }) => mannerInWords(manner)).join('; ')}.`),
          // Without a bind() no rule decided.
          rule === undefined || one?.agrees === null ? null : ruleInWords(rule),
        );
      }),
    );
  }
}

function inWords({ name, manner, answer, predicted }: Single): string {
  return `${spellSingle(name)}, ${mannerInWords(manner)}: ${answer}, the model says ${predicted.outcomes.join(' or ')}`;
}

function groupsOf(binds: readonly Single[]): ReadonlyMap<string, readonly Single[]> {
  const groups = new Map<string, Single[]>();
  for (const bind of binds) {
    const key = `${bind.answer} ${bind.predicted.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), bind]);
  }
  return groups;
}
