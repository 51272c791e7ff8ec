import type { BindRecord } from '../../record/record.ts';
import { outcomeWord } from '../page/headline.ts';
import { sceneInWords, type SceneAsk, type ScenePart, type SceneSocket } from '../page/scene.ts';
import { drawn, type Drawn } from './tree.ts';

/** What a drawing needs to know of the lab: what its hosts and addresses are called. */
type DrawnLab = Pick<BindRecord['lab'], 'hosts' | 'addresses'>;

// Lengths are in the units of the drawing, which are pixels where there is room.
/** For the arrows that lead out of the last box. */
const ROOM = 60;
const ASKERS = { x: 22, width: 398 };
const HOLDERS = { x: 540, width: 378 };
const LINE = 18;
const PAD = 8;
/** More lines of one process than this are counted. */
const MOST = 9;

/** A line of a card: text on its left, the outcome on its right. */
interface Row {
  text: string;
  came: string;
  ask?: SceneAsk;
  socket?: SceneSocket;
}

interface Card {
  part: ScenePart;
  title: string;
  rows: Row[];
  x: number;
  y: number;
  width: number;
}

interface HostBox {
  title: string;
  x: number;
  y: number;
  width: number;
  height: number;
  cards: Card[];
}

/**
 * Who is where and who asks whom, as a drawing: a box for each host, a card for each process; those who ask at the left,
 * those who hold a socket at the right, and an arrow for each question that goes as far as it came. Null where nothing is bound or asked.
 */
export function drawingOf(parts: readonly ScenePart[], lab: DrawnLab): Drawn | null {
  const called = kindOf(lab);
  const boxes = layout(parts, lab, called);
  if (boxes.length === 0) return null;
  const last = boxes.at(-1);
  const height = last ? last.y + last.height + 4 : 0;
  const left = Math.min(...boxes.map(({ x }) => x)) - 4;
  const width = Math.max(...boxes.map((one) => one.x + one.width)) + ROOM - left;
  return drawn(
    'svg',
    {
      viewBox: `${left} 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'drawn described',
    },
    drawn('title', { id: 'drawn' }, 'The hosts, their sockets, and the requests between them'),
    drawn('desc', { id: 'described' }, sceneInWords(parts, called).join(' ')),
    drawn(
      'defs',
      {},
      drawn(
        'marker',
        { id: 'head', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto' },
        drawn('path', { d: 'M0 0 10 5 0 10z', class: 'head' }),
      ),
    ),
    boxes.map(box),
    boxes.flatMap((one) => one.cards.map(card)),
    arrows(boxes),
  );
}

/** What an address is in a lab, for example `loopback`; null for one that is none of it. */
function kindOf({ addresses }: DrawnLab): (name: string) => string | null {
  const kinds = new Map(
    [addresses.inet, addresses.inet6].flatMap((own) => Object.entries(own).map(([kind, address]) => [address, kind])),
  );
  return (name) => kinds.get(/^\[(.*?)(?:%.*)?\]/.exec(name)?.[1] ?? name.replace(/:\d+$/, '')) ?? null;
}

function layout(
  parts: readonly ScenePart[],
  { hosts: titles }: DrawnLab,
  called: (name: string) => string | null,
): HostBox[] {
  const hosts = [...new Set(parts.map(({ host }) => host))].toSorted(
    (one, other) => Number(other === 'machine') - Number(one === 'machine'),
  );
  let y = 4;
  return hosts.flatMap((host) => {
    const top = y + 26;
    const own = parts.filter((part) => part.host === host);
    const askers = column(own, ASKERS, top, (part) => part.asks.map((ask) => askRow(ask, called)));
    const holders = column(own, HOLDERS, top, (part) => [
      ...part.programs.map((program): Row => ({ text: program, came: '' })),
      ...part.sockets.flatMap((socket) => socketRows(socket, called)),
    ]);
    const cards = [...askers.cards, ...holders.cards];
    if (cards.length === 0) return [];
    const left = askers.cards.length > 0 ? ASKERS.x - 12 : HOLDERS.x - 12;
    const right = holders.cards.length > 0 ? HOLDERS.x + HOLDERS.width + 12 : ASKERS.x + ASKERS.width + 12;
    const bottom = Math.max(askers.bottom, holders.bottom);
    const title = Object.hasOwn(titles, host) ? (titles[host] ?? host) : host;
    const made = { title, x: left, y, width: right - left, height: bottom - y + 4, cards };
    y = bottom + 18;
    return [made];
  });
}

/** Cards one below the other. */
function column(
  parts: readonly ScenePart[],
  { x, width }: { x: number; width: number },
  top: number,
  rowsOf: (part: ScenePart) => Row[],
): { cards: Card[]; bottom: number } {
  let y = top;
  const cards = parts.flatMap((part): Card[] => {
    const all = rowsOf(part);
    if (all.length === 0) return [];
    const rows = all.length > MOST ? [...all.slice(0, MOST), { text: `and ${all.length - MOST} more`, came: '' }] : all;
    const made = { part, title: part.name, rows, x, y, width };
    y += cardHeight(made) + 8;
    return [made];
  });
  return { cards, bottom: y };
}

function cardHeight({ rows }: Pick<Card, 'rows'>): number {
  return PAD * 2 + LINE * (rows.length + 1);
}

function askRow(ask: SceneAsk, called: (name: string) => string | null): Row {
  const kind = called(ask.to);
  const from = ask.from === undefined ? '' : ` from ${called(ask.from) ?? ask.from}`;
  const times = ask.times > 1 ? ` ×${ask.times}` : '';
  return {
    text: `${ask.protocol} → ${ask.to}${kind === null ? '' : ` ${kind}`}${from}${times}`,
    came: outcomeWord(ask.outcome) ?? ask.outcome,
    ask,
  };
}

function socketRows(socket: SceneSocket, called: (name: string) => string | null): Row[] {
  const kind = called(socket.name);
  const came = outcomeWord(socket.outcome) ?? socket.outcome;
  return [
    {
      text: `${socket.protocol} ${socket.name}${kind === null ? '' : ` ${kind}`}`,
      came: socket.call === undefined ? came : `${socket.call}: ${came}`,
      socket,
    },
    ...socket.options.map((option) => ({ text: `    ${option}`, came: '' })),
  ];
}

function box({ title, x, y, width, height }: HostBox): Drawn {
  return drawn(
    'g',
    { class: 'host' },
    drawn('rect', { x, y, width, height, rx: 8 }),
    drawn('text', { x: x + 10, y: y + 18, class: 'title' }, title),
  );
}

function card({ title, rows, x, y, width, ...rest }: Card): Drawn {
  return drawn(
    'g',
    { class: 'card' },
    drawn('rect', { x, y, width, height: cardHeight({ rows }), rx: 5 }),
    drawn('text', { x: x + PAD, y: y + PAD + 11, class: 'part' }, title),
    rows.map(({ text, came }, index) => {
      const baseline = rowAt({ ...rest, title, rows, x, y, width }, index) + 4;
      return [
        drawn('text', { x: x + PAD, y: baseline }, text),
        ...(came === '' ? [] : [drawn('text', { x: x + width - PAD, y: baseline, class: 'came' }, came)]),
      ];
    }),
  );
}

/** The middle of a card's row. */
function rowAt({ y }: Card, index: number): number {
  return y + PAD + LINE * (index + 1) + LINE / 2;
}

/** An arrow for each question: to who answered it, or as far as it came. */
function arrows(boxes: readonly HostBox[]): Drawn[] {
  const cards = boxes.flatMap((one) => one.cards);
  return cards.flatMap((from) =>
    from.rows.flatMap(({ ask }, index): Drawn[] => {
      if (ask === undefined) return [];
      const [x, y] = [from.x + from.width, rowAt(from, index)];
      const end = answeredAt(cards, ask);
      if (end) {
        const middle = (x + end.x) / 2;
        return [
          drawn('path', {
            class: 'arrow',
            d: `M${x} ${y}C${middle} ${y} ${middle} ${end.y} ${end.x} ${end.y}`,
            'marker-end': 'url(#head)',
          }),
        ];
      }
      if (ask.outcome === 'silence' || ask.outcome === 'sent') {
        return [drawn('path', { class: 'arrow lost', d: `M${x} ${y}H${x + 46}` })];
      }
      const isAnswered = ask.outcome === 'answered' || ask.outcome === 'connected';
      return [
        drawn('path', {
          class: 'arrow',
          d: `M${x} ${y}H${x + 34}`,
          'marker-end': isAnswered ? 'url(#head)' : undefined,
        }),
        !isAnswered && drawn('path', { class: 'arrow', d: `M${x + 30} ${y - 5}l10 10m0 -10l-10 10` }),
      ].filter((one) => one !== false);
    }),
  );
}

/** Where the arrow of an answered question ends: at the socket of who answered; at the program, where there is but one. */
function answeredAt(cards: readonly Card[], { outcome, by, to, protocol }: SceneAsk): { x: number; y: number } | null {
  if (outcome !== 'answered') return null;
  const holders = cards.filter(({ x }) => x === HOLDERS.x);
  const own =
    by === undefined
      ? holders.filter(({ part }) => part.programs.length > 0)
      : holders.filter(({ part }) => part.name === by);
  const [holder] = own;
  if (own.length !== 1 || holder === undefined) return null;
  const open = holder.rows.flatMap(({ socket }, index) =>
    socket?.outcome === 'ok' && socket.protocol === protocol ? [{ socket, index }] : [],
  );
  const exact = open.find(({ socket }) => socket.name === to) ?? open[0];
  return { x: holder.x, y: rowAt(holder, exact?.index ?? 0) };
}
