import { paced } from '../../process/pace.ts';
import { batchAnswers } from '../batch-answers.ts';
import { namedProbes, wayBackOf, type SentProbe, type ProbeEnd, type ProbeGround, type ProbeSender } from './probe.ts';

/** How long the error of a closed port may take, in milliseconds; usually it is there when send() returns. */
const WITHIN = 5000;
/** The errors of a connected socket that mean an ICMP port unreachable; the second is Winsock's. */
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'WSAECONNRESET', 'WSAECONNREFUSED']);
/**
 * How often a datagram without an outcome is sent again before it counts as silence: a system that limits how many errors
 * it sends may have sent one for the closed port, and none for the probe.
 */
const ATTEMPTS = 3;
const MOST_MARKS = 2 ** 31;

let marks = 1;

/** What datagrams need beside their ground. */
export interface DatagramMeans {
  /** The port on which nothing is bound. */
  readonly closed: number;
  /** How long the error of the closed port may take, in milliseconds. */
  readonly within?: number;
  /** The ways by which nothing comes back, see `wayBackOf`, as far as they are known; more are added. Nothing is proved there. */
  readonly dead?: Set<string>;
  /** Whether silence is what is expected of a probe: then one proof of it is enough. */
  readonly maySilence?: (probe: number) => boolean;
}

/** The ends of datagrams, and how many were sent again. */
export interface SentDatagrams {
  /** For each probe undefined, an error, `refused`, `silence`, or `no proof` where nothing shows that an error would come. */
  readonly ends: readonly ProbeEnd[];
  readonly again: number;
}

/** Datagrams that were sent together: their marks are consecutive, and each belongs to a probe. */
interface Sent {
  readonly from: number;
  /** The places of the probes. */
  readonly places: readonly number[];
}

/**
 * Sends a datagram for each probe, and finds who got each. All but those to many are sent without waiting. Those for which there is then neither
 * a receiver nor an error are sent again one by one, each followed by one that must be refused: when that error has arrived,
 * so has everything before it, and no answer means silence. @throws HarnessError
 */
export async function sendDatagrams<Agent>(
  probes: readonly SentProbe[],
  ground: ProbeGround<Agent>,
  { closed, within = paced(WITHIN), dead = new Set(), maySilence }: DatagramMeans,
): Promise<SentDatagrams> {
  const got = new Uint8Array(probes.length);
  const ends: ProbeEnd[] = probes.map(() => undefined);
  const sent: Sent[] = [];
  const isOpen = (place: number) => got[place] === 0 && ends[place] === undefined;
  const isSure = (place: number, attempt: number) =>
    isToMany(probes[place]) || (attempt > 0 && maySilence?.(place) === true);
  const isDead = (place: number) => dead.size > 0 && dead.has(wayBackOf((probes[place] as SentProbe).path));
  let open = [...probes.keys()];
  const silent = new Set<number>();
  for (let attempt = 0; attempt <= ATTEMPTS && open.length > 0; attempt += 1) {
    const now: Sent = { from: takeMarks(open.length), places: open };
    sent.push(now);
    await Promise.all(
      (['peer', 'neighbour'] as const).map(async (sender) => {
        // Marks are consecutive in an operation, so the probes of each sender have to be as well.
        for (const { first, own } of runsOf(probes, now.places, sender)) {
          const { proofs, ...named } = namedProbes(own, ground.ports);
          const slowly = attempt > 0 || isToMany(own[0]) ? { closed, proofs, within } : {};
          const result = await ground.ask(sender, { op: 'probe-send', ...named, mark: now.from + first, ...slowly });
          for (const [index, word] of batchAnswers(result, own.length).entries()) {
            if (word === 'ok') continue;
            const place = now.places[first + index] ?? -1;
            if (word === 'silence') silent.add(place);
            else if (word === 'no proof') dead.add(wayBackOf((own[index] as SentProbe).path));
            else ends[place] = REFUSED.has(word) ? 'refused' : word;
          }
        }
      }),
    );
    await drain(ground, sent, got);
    open = open.filter((place) => isOpen(place) && !isDead(place) && !isSure(place, attempt));
  }
  for (const place of probes.keys()) if (isOpen(place)) ends[place] = silent.has(place) ? 'silence' : 'no proof';
  return { ends, again: sent.slice(1).reduce((sum, { places }) => sum + places.length, 0) };
}

/** Whether a probe goes to many: no error comes back, so that it is proved at once. */
function isToMany(probe: SentProbe | undefined): boolean {
  return probe?.path.source.many === true;
}

/** The probes of one sender among those that are open, in runs of neighbours, each with the place of its first there. */
function runsOf(probes: readonly SentProbe[], open: readonly number[], sender: ProbeSender) {
  const runs: { readonly first: number; readonly own: SentProbe[] }[] = [];
  for (const [index, place] of open.entries()) {
    const probe = probes[place];
    if (probe === undefined || probe.path.sender !== sender) continue;
    const last = runs.at(-1);
    const follows =
      last !== undefined && last.first + last.own.length === index && isToMany(last.own[0]) === isToMany(probe);
    if (follows) last.own.push(probe);
    else runs.push({ first: index, own: [probe] });
  }
  return runs;
}

/** Notes which sockets got which probes, whenever these were sent. Marks of other calls are of probes that were sent again. */
async function drain<Agent>(ground: ProbeGround<Agent>, sent: readonly Sent[], got: Uint8Array): Promise<void> {
  const { receivers } = ground;
  const results = await Promise.all(
    receivers.map(({ agent, on }) =>
      ground.ask(agent, { op: 'probe-drain', on: typeof on === 'string' ? on : [...on] }),
    ),
  );
  for (const [index, { got: found = [] }] of results.entries()) {
    for (let at = 0; at < found.length; at += 2) {
      const mark = found[at + 1] ?? 0;
      const of = sent.findLast(({ from, places }) => mark >= from && mark < from + places.length);
      const place = of?.places[mark - of.from];
      if (place === undefined) continue;
      got[place] = 1;
      ground.note(index, found[at] ?? 0, place);
    }
  }
}

function takeMarks(count: number): number {
  if (marks + count > MOST_MARKS) marks = 1;
  const from = marks;
  marks += count;
  return from;
}
