import { receiverPlan } from '../../matrix/receivers/socket-steps.ts';
import type { PackedReceivers } from '../../matrix/receivers/pack.ts';
import type { LabFacts } from '../../lab/lab.ts';
import { formatPlan } from '../../plan/notation.ts';
import { compareAsRead } from '../../text/versions.ts';
import { counted } from '../../text/counted.ts';
import type { Chosen } from '../chosen.ts';
import { command } from '../copy.ts';
import { fill, h, type Child } from '../h.ts';
import { NETNS } from '../matrix/choice.ts';
import type { Changes } from '../matrix/link.ts';
import { receiveRuleNamed, ruleInWords } from '../matrix/rule.ts';
import type { RecordedLab } from '../matrix/alike.ts';
import { chooseHere } from '../place.ts';
import { platformTitle } from '../platforms.ts';
import { askedPair, blocksIn, choicesOfPair, type AskedPair } from '../receivers/asked.ts';
import { receiverColumns, wayKey, type ReceiverColumn } from '../receivers/columns.ts';
import { matrixHref, RECEIVERS_VIEW } from '../receivers/links.ts';
import { receiverControls } from '../receivers/controls.ts';
import { observedBadge, receiverTable, type ShownWay } from '../receivers/table.ts';
import { isApart, pairInWords } from '../receivers/words.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view.ts';
import { spellSpec } from '../../matrix/sockets.ts';

/** Who gets what is sent to a port on which two sockets are, on every system. */
export const receivers: View = {
  id: RECEIVERS_VIEW,
  title: 'Who receives',
  async mount(root, { chosen }, data) {
    const records = data.receivers === null ? [] : await unpack(data.receivers);
    const titled = records.map((one) => ({ ...one, name: platformTitle(data, one.name) }));
    new ReceiversView(root, titled, chosen).draw();
  },
};

class ReceiversView {
  readonly #root: HTMLElement;
  readonly #records: readonly PackedReceivers[];
  readonly #lab: RecordedLab;
  readonly #controls = h('div', {});
  readonly #sentence = h('p', { class: 'lead count', 'aria-live': 'polite' });
  readonly #result = h('div', {});
  #chosen: Chosen;

  constructor(root: HTMLElement, records: readonly PackedReceivers[], chosen: Chosen) {
    this.#root = root;
    this.#records = records;
    this.#lab = labOf(records);
    this.#chosen = chosen;
    fill(
      root,
      h('h1', {}, 'Who receives'),
      h(
        'p',
        { class: 'lead' },
        'Two sockets share a port, and a datagram or a connection is sent to each address of the machine: which socket gets it? Systems with the same answers by the same rules share a column.',
      ),
      this.#controls,
      this.#sentence,
      this.#result,
    );
  }

  draw(): void {
    const labs = [this.#lab, ...this.#records.map(({ lab }) => lab)];
    const asked = askedPair(this.#lab, this.#chosen, labs);
    const onlyDiffering = this.#chosen['only'] === 'differing';
    const columns = receiverColumns(asked, this.#records);
    const all = waysOfPair(asked, columns);
    const differing = all.filter(({ apart }) => apart);
    const ways = onlyDiffering ? differing : all;
    fill(this.#controls, receiverControls(asked, blocksIn(this.#lab), onlyDiffering, this.#update));
    fill(this.#sentence, sentenceOf(asked, columns, all.length, differing.length));
    fill(
      this.#result,
      columns.every(({ none }) => none !== null) || ways.length === 0
        ? h('p', { class: 'quiet' }, ways.length === 0 ? 'Nothing differs here.' : 'Both can be there on no system.')
        : receiverTable(columns, ways),
      withoutProbes(columns),
      onward(asked),
      commandsOf(columns),
      rulesOf(columns, ways),
    );
  }

  readonly #update = (changes: Changes): void => {
    const id = document.activeElement?.id ?? '';
    const { block, first, second } = askedPair(this.#lab, this.#chosen, [this.#lab]);
    const now = choicesOfPair(block, spellSpec(first), spellSpec(second));
    const next = { ...this.#chosen, ...now, ...changes };
    this.#chosen = Object.fromEntries(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])));
    chooseHere({ ...now, ...changes });
    this.draw();
    // What had the focus was made again.
    if (id !== '') this.#root.querySelector<HTMLElement>(`#${CSS.escape(id)}`)?.focus({ preventScroll: true });
  };
}

/** The lab whose addresses are shown, and about which models are asked: that of the newest Linux, if any was recorded. */
function labOf(records: readonly PackedReceivers[]): RecordedLab {
  const [newest] = records
    .filter(({ platform, lab }) => platform.system === 'linux' && lab.lab === 'netns')
    .toSorted((one, other) => compareAsRead(other.platform.release, one.platform.release));
  return newest?.lab ?? NETNS;
}

function waysOfPair({ block, lab }: AskedPair, columns: readonly ReceiverColumn[]): ShownWay[] {
  return block.ways.flatMap((way) => {
    const key = wayKey(way, lab);
    const isProbed = columns.some(({ cells }) => cells.has(key));
    return isProbed ? [{ way, key, apart: isApart(columns, key) }] : [];
  });
}

function sentenceOf(
  { block, first, second }: AskedPair,
  columns: readonly ReceiverColumn[],
  all: number,
  differing: number,
): string {
  const shown = columns.filter(({ none }) => none === null).flatMap(({ names }) => names).length;
  const pair = pairInWords(block, first, second);
  if (shown === 0) return `${pair}. Both can be there on no system.`;
  return `${pair}. Both can be there on ${counted(shown, 'system')}; of ${counted(all, 'probe')}, ${differing} ${differing === 1 ? 'has' : 'have'} different outcomes.`;
}

function withoutProbes(columns: readonly ReceiverColumn[]): Child {
  const items = columns.flatMap(({ names, none, observed, strange }) =>
    none === null
      ? []
      : [
          h(
            'li',
            {},
            h('b', {}, names.join(', ')),
            `: ${none}${strange ? ', but the model says that both can be made' : ''} `,
            observedBadge(observed),
          ),
        ],
  );
  return (
    items.length > 0 && [h('h2', {}, 'Systems on which there is no such pair'), h('ul', { class: 'lacking' }, items)]
  );
}

function onward({ block, first, second, lab }: AskedPair): Child {
  const href = matrixHref(block, first, second);
  return [
    h('h2', {}, 'The pair'),
    h('p', {}, 'As a plan: ', h('code', {}, formatPlan(receiverPlan(block, first, second, lab as LabFacts)))),
    href !== null && h('p', {}, h('a', { href }, 'The pair in the bind matrix'), ', with the rules of bind()'),
  ];
}

function commandsOf(columns: readonly ReceiverColumn[]): Child {
  const commands = columns.flatMap((column) => column.commands);
  return (
    commands.length > 0 &&
    h(
      'details',
      { class: 'again' },
      h('summary', {}, 'Commands that run the pair again'),
      commands.map(({ name, text }) => [h('p', {}, name), command(text, `Command for ${name}`)]),
    )
  );
}

/** The rules that decided about the probes that are shown. */
function rulesOf(columns: readonly ReceiverColumn[], ways: readonly ShownWay[]): Child {
  const ids = columns.flatMap(({ cells }) => ways.flatMap(({ key }) => cells.get(key)?.rule ?? []));
  const rules = [...new Set(ids)].flatMap((id) => receiveRuleNamed(id) ?? []);
  if (rules.length === 0) return null;
  return [
    h('h2', {}, 'Rules that decided'),
    h(
      'div',
      { class: 'expectations' },
      rules.map((rule) => h('div', { class: 'expectation' }, h('code', {}, rule.id), ruleInWords(rule))),
    ),
  ];
}
