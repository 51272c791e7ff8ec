import { OPTIONS } from '../model/options.ts';
import type { SystemName } from '../model/types.ts';
import { decisionOf, isOverlapping, isRelevant, type Answer } from './answer.ts';
import { isLeft, type Change } from './change.ts';
import { isOfOneConfiguration } from './configuration.ts';
import { judged, type Advice } from './judge.ts';
import type { AskedPlan } from './plan.ts';
import type { Question } from './question.ts';
import { holderInWords } from './reader/reading.ts';
import { list } from './sentences.ts';

// Remedies beside changes of an option or of a name: the models are asked about each, like about every other change.

/** How long TIME_WAIT lasts: 2 MSL. Linux and gVisor have a constant; the others have settings with these defaults. */
const TIME_WAIT: Readonly<Partial<Record<SystemName, string>>> = {
  linux: '60 s on Linux (TCP_TIMEWAIT_LEN)',
  gvisor: '60 s on gVisor',
  darwin: '30 s on macOS (2 × net.inet.tcp.msl)',
  freebsd: '60 s on FreeBSD (2 × net.inet.tcp.msl)',
  openbsd: '60 s on OpenBSD (2 × TCPTV_MSL)',
  windows: '30 s to 5 min on Windows (TcpTimedWaitDelay)',
  wine: '60 s on a Linux host of Wine',
};

/** The advice to end whoever has the sockets in the way, or to wait until they are gone. */
export function ending(question: Question, answers: readonly Answer[], holders: readonly number[]): Advice[] {
  const { readings } = question;
  const there = holders.filter((place) => place < readings.length - 1);
  const everyone = inTheWay(question, answers);
  const sets = [...there.map((place) => [place]), ...(everyone.length > 1 ? [everyone] : [])];
  const all = sets.map((places) => {
    const kind = places.every((place) => isLeft(readings[place]?.socket)) ? ('wait' as const) : ('end' as const);
    const changes = places.map((socket): Change => ({ what: 'end', socket }));
    const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
    const texts = ofProcesses(question, places).map((place) => endInWords(question, place, failing));
    const text = texts.map((one) => one.text).join(', and ');
    const brief = briefEnds(texts.map((one) => one.brief));
    return judged(answers, without(question, places), { kind, changes, text, brief });
  });
  const helpful = all.filter(({ helps }) => helps.length > 0);
  // Ending one of several is enough if it helps wherever ending all of them does.
  const together = helpful.find(({ changes }) => changes.length > 1);
  const alone = helpful.filter(({ changes }) => changes.length === 1);
  const covered = (system: SystemName) => alone.some(({ helps }) => helps.includes(system));
  return together === undefined || together.helps.every(covered) ? alone : [...alone, together];
}

/** Several endings in few words: `end the programs of sockets 1, 2 and 3`. */
function briefEnds(briefs: readonly string[]): string {
  const numbers = briefs.map((brief) => /^end the program of socket (\d+)$/.exec(brief)?.[1]);
  const known = numbers.filter((one) => one !== undefined);
  if (briefs.length > 1 && known.length === briefs.length) return `end the programs of sockets ${list(known)}`;
  return briefs.join(', and ');
}

/** The first of the sockets that one process has: whoever ends it ends all of them. */
function ofProcesses({ readings }: Question, places: readonly number[]): readonly number[] {
  const pidOf = (place: number) => readings[place]?.holder?.pid;
  return places.filter(
    (place, at) => pidOf(place) === undefined || places.findIndex((other) => pidOf(other) === pidOf(place)) === at,
  );
}

/** All sockets that stand in the way on some system: where the first has gone, another may stand in the way. */
function inTheWay(question: Question, answers: readonly Answer[]): number[] {
  const found = new Set<number>();
  for (const { system, works, holder } of answers) {
    const gone: number[] = [];
    let next = works === 'yes' ? undefined : holder;
    while (next !== undefined && gone.length < question.readings.length) {
      gone.push(next);
      found.add(next);
      const places = [...question.readings.keys()].filter((place) => !gone.includes(place));
      const answer = decisionOf(system, without(question, gone));
      next = answer.works === 'yes' || answer.holder === undefined ? undefined : places[answer.holder];
    }
  }
  return [...found].filter((place) => place < question.readings.length - 1).toSorted((one, other) => one - other);
}

function endInWords(
  { readings }: Question,
  place: number,
  failing: readonly SystemName[],
): Required<Pick<Advice, 'text' | 'brief'>> {
  const reading = readings[place];
  const who = `socket ${place + 1}`;
  const state = reading?.socket.state;
  if (reading !== undefined && isLeft(reading.socket)) {
    const times = failing.flatMap((system) => TIME_WAIT[system] ?? []);
    const [first] = times;
    if (state !== 'time-wait') {
      const text = `wait until the other end of ${who} has closed too, or the system gives up`;
      return { text, brief: text };
    }
    const wait = `wait until what is left of ${who} has gone`;
    return {
      text: `${wait}${times.length === 0 ? '' : `: ${list(times)}`}`,
      brief: `wait until ${who} has gone${first === undefined ? '' : ` (${first.replace(/ \(.*/, '')})`}`,
    };
  }
  if (state === 'connected' || state === 'accepted' || state === 'close-wait') {
    const text = `close the connection that ${who} has, or end its program`;
    return { text, brief: `close the connection of ${who}` };
  }
  if (isOfOneConfiguration({ readings })) {
    const asked = readings.at(-1)?.text ?? '';
    const text = `take out one of the lines '${reading?.text ?? ''}' and '${asked}'`;
    return { text, brief: `take out the line '${asked}'` };
  }
  if (reading?.holder?.pid === 1 && /^(?:systemd|init)?$/.test(reading.holder.program ?? '')) {
    // The first process has the sockets of units, which the program of the unit would get from it.
    const text = `stop the .socket unit of systemd that has ${who} (systemctl list-sockets shows it)`;
    return { text, brief: `stop the .socket unit of systemd that has ${who}` };
  }
  const holder = reading?.holder === undefined ? '' : `, ${holderInWords(reading.holder)}`;
  return {
    text: `end the program that has ${who}${holder}, or close that socket first`,
    brief: `end the program of ${who}${holder}`,
  };
}

/** The question without some of the sockets that are there. */
function without(question: Question, places: readonly number[]): Question {
  const readings = question.readings.filter((_, place) => !places.includes(place));
  const { given, ...rest } = question;
  if (given === undefined) return { ...rest, readings };
  return { ...rest, readings, given: planWithout(given, places) };
}

function planWithout({ plan, bind, listen, places }: AskedPlan, gone: readonly number[]): AskedPlan {
  const stays = plan.steps.map((step) => {
    const place = places.get(step.socket);
    return place === undefined || !gone.includes(place);
  });
  const before = (index: number) => stays.slice(0, index).filter(Boolean).length;
  const moved = (place: number) => place - gone.filter((one) => one < place).length;
  return {
    plan: { ...plan, steps: plan.steps.filter((_, index) => stays[index]) },
    bind: before(bind),
    ...(listen === undefined ? {} : { listen: before(listen) }),
    places: new Map([...places].filter(([, place]) => !gone.includes(place)).map(([n, place]) => [n, moved(place)])),
  };
}

/** What would have the last socket refused where it works beside a socket that it overlaps. */
export function refusing(question: Question, answers: readonly Answer[]): Advice[] {
  const { readings } = question;
  const sockets = readings.map(({ socket }) => socket);
  const asked = sockets.at(-1);
  if (asked === undefined || question.given !== undefined) return [];
  const sharing = answers.filter(
    ({ works, system }) => works === 'yes' && sockets.slice(0, -1).some((one) => isOverlapping(system, one, asked)),
  );
  if (sharing.length === 0) return [];
  const places = [...sockets.keys()].filter(
    (place) => isRelevant(sockets[place] ?? asked, asked) && !isLeft(sockets[place] ?? asked),
  );
  const changes = places.flatMap((socket): Change[] => {
    const { options = {} } = sockets[socket] ?? asked;
    return [
      ...(options.exclusive === true ? [] : [{ what: 'exclusive', socket } as const]),
      ...(options.reuseaddr === true ? [{ what: 'unset', socket, option: 'reuseaddr' } as const] : []),
      ...(options.reuseport === true ? [{ what: 'unset', socket, option: 'reuseport' } as const] : []),
    ];
  });
  const found = changes.map((change) => {
    const socket = change.socket;
    const changed = readings.map((reading, place) => {
      if (place !== socket) return reading;
      const { optionsOn: _, ...rest } = reading;
      const own = reading.socket.options ?? {};
      const options =
        change.what === 'exclusive'
          ? { ...own, reuseaddr: false, exclusive: true }
          : change.what === 'unset'
            ? { ...own, [change.option]: false }
            : own;
      return { ...rest, socket: { ...reading.socket, options } };
    });
    const instead = sockets[socket]?.options?.reuseaddr === true ? ' instead of SO_REUSEADDR' : '';
    const text =
      change.what === 'exclusive'
        ? `set SO_EXCLUSIVEADDRUSE on socket ${socket + 1}${instead}`
        : `do not set ${change.what === 'unset' && change.option === 'reuseport' ? 'SO_REUSEPORT' : 'SO_REUSEADDR'} on socket ${socket + 1}`;
    const among =
      change.what === 'exclusive'
        ? answers.filter(({ system }) => OPTIONS.exclusive.systems.includes(system))
        : answers;
    return judged(among, { ...question, readings: changed }, { kind: 'refuse', changes: [change], text });
  });
  const kept: Advice[] = [];
  for (const advice of found.toSorted((one, other) => other.helps.length - one.helps.length)) {
    const isNew = advice.helps.some((system) => !kept.some(({ helps }) => helps.includes(system)));
    if (isNew) kept.push(advice);
  }
  return kept;
}
