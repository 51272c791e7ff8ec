import type { Reception } from '../model/receive/types.ts';
import type { SystemName } from '../model/types.ts';
import { answerOf, isOverlapping, type Answer } from './answer.ts';
import type { Question } from './question.ts';
import { list } from './sentences.ts';

/** Something about who receives that may surprise, and the systems where it is so. */
export interface Caution {
  readonly text: string;
  readonly systems: readonly SystemName[];
}

/** The Linux kernels that are asked beside the newest. */
const OLDER = ['6.12.0', '6.1.0', '5.10.0'] as const;

/** Looks for what may surprise in who receives, where the last socket works beside one that it overlaps. */
export function cautionsOf(question: Question, answers: readonly Answer[]): Caution[] {
  const found = new Map<string, SystemName[]>();
  for (const answer of answers) {
    for (const text of cautionsOn(question, answer)) {
      found.set(text, [...(found.get(text) ?? []), answer.system]);
    }
  }
  return [...found].map(([text, systems]) => ({ text, systems }));
}

function cautionsOn(question: Question, answer: Answer): string[] {
  const { readings, given } = question;
  const { system, receives } = answer;
  const sockets = readings.map(({ socket }) => socket);
  const last = sockets.at(-1);
  if (last === undefined || receives.length === 0 || given !== undefined) return [];
  const overlaps = sockets.slice(0, -1).some((socket) => isOverlapping(system, socket, last));
  if (!overlaps) return [];
  const texts: string[] = [];
  const all = receives.flatMap(({ outcomes = [] }) => outcomes);
  const heard = new Set(all.flatMap((one) => (typeof one === 'string' ? [] : one)));
  const live = [...sockets.keys()].filter(
    (place) => isLive(sockets[place]?.state) && isOverlapping(system, sockets[place] ?? last, last),
  );
  const isKnown = receives.every(({ outcomes }) => outcomes !== undefined);
  const [only] = heard;
  if (isKnown && question.sent === undefined && live.length > 1 && heard.size === 1 && only !== undefined) {
    const deaf = live.filter((place) => place !== only).map((place) => String(place + 1));
    texts.push(`socket ${only + 1} gets everything, and socket${deaf.length > 1 ? 's' : ''} ${list(deaf)} nothing`);
  }
  const unheard = receives.filter(({ outcomes }) => outcomes?.some((one) => typeof one === 'string') === true);
  if (unheard.length > 0) texts.push(`no one gets what is sent to ${list(unheard.flatMap(({ to }) => to))}`);
  const before = keyOf(answer);
  const other = readings.length === 2 ? turned(question) : undefined;
  const reversed = other === undefined ? undefined : answerOf(system, other);
  if (reversed?.works === 'yes' && reversed.refused.length === 0 && keyOf(reversed, (place) => 1 - place) !== before) {
    texts.push('it depends on the order in which they are bound');
  }
  if (readings.every(({ socket }) => socket.uid === undefined)) {
    const owners = readings.map((reading, place) =>
      place === readings.length - 1
        ? { ...reading, socket: { ...reading.socket, uid: 1001, privileged: true } }
        : reading,
    );
    const others = answerOf(system, { ...question, readings: owners });
    if (others.works === 'yes' && keyOf(others) !== before)
      texts.push('it depends on whether one user has the sockets');
  }
  if (system === 'linux' && question.kernel === undefined && question.releases?.linux === undefined) {
    const older = OLDER.find((kernel) => {
      const then = answerOf(system, { ...question, kernel });
      return then.works === 'yes' && keyOf(then) !== before;
    });
    if (older !== undefined) texts.push(`it depends on the kernel: Linux ${older.replace(/\.0$/, '')} is different`);
  }
  return texts;
}

function isLive(state: string | undefined): boolean {
  return state === undefined || state === 'bound' || state === 'listening';
}

/** The question with its two sockets bound the other way round; undefined where the first is in a state of its own. */
function turned(question: Question): Question | undefined {
  const [first, second] = question.readings;
  if (first === undefined || second === undefined || !isLive(first.socket.state)) return undefined;
  const { state: _, ...bare } = first.socket;
  return { ...question, readings: [second, { ...first, socket: bare }] };
}

/** Who receives at each address, as a text to compare; `place` says which socket a place stands for. */
function keyOf({ receives }: Answer, place = (one: number) => one): string {
  const words = (outcome: Reception) =>
    typeof outcome === 'string'
      ? outcome
      : outcome
          .map(place)
          .toSorted((a, b) => a - b)
          .join('+');
  return receives
    .flatMap(({ to, outcomes }) => to.map((name) => `${name}: ${outcomes?.map(words).toSorted().join(' or ') ?? '?'}`))
    .toSorted()
    .join('; ');
}
