import type { CellWord } from '../../../matrix/receivers/cells.ts';
import { paced } from '../../../process/pace.ts';
import { batchAnswers } from '../batch.ts';
import type { Crew } from '../crew.ts';
import { GOT_BITS, GOT_WORDS, senderRole, toldProbes, type PairProbe } from './probe.ts';
import type { ReceiverStage, SharedPorts } from './stage.ts';

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

/** Datagrams that were sent together: their marks are consecutive, and each belongs to a probe. */
interface Sent {
  readonly from: number;
  /** The places of the probes. */
  readonly places: readonly number[];
}

/**
 * Sends a datagram for each probe, and returns what became of each. All are sent without waiting. Those for which there
 * is then neither a receiver nor an error are sent again one by one, each followed by one that must be refused: when that
 * error has arrived, so has everything before it, and no answer means silence.
 * @throws HarnessError when that error does not come.
 */
export async function askDatagrams(
  probes: readonly PairProbe[],
  stage: ReceiverStage,
  crew: Crew,
  shared: SharedPorts,
): Promise<CellWord[]> {
  const got = new Uint8Array(probes.length);
  const errors: (string | undefined)[] = [];
  const sent: Sent[] = [];
  let open = [...probes.keys()];
  for (let attempt = 0; attempt <= ATTEMPTS && open.length > 0; attempt += 1) {
    const now: Sent = { from: takeMarks(open.length), places: open };
    sent.push(now);
    const slowly = attempt > 0 ? { closed: shared.closed, within: paced(WITHIN) } : {};
    await Promise.all(
      (['peer', 'neighbour'] as const).map(async (role) => {
        // Marks are consecutive in an operation, so the probes of each sender have to be as well.
        for (const { first, own } of runsOf(probes, now.places, role)) {
          const told = toldProbes(own, stage, shared);
          const [result] = await crew.ask(role, { op: 'batch-send', ...told, mark: now.from + first, ...slowly });
          for (const [index, error] of batchAnswers(result, own.length).entries()) {
            if (error !== 'ok') errors[now.places[first + index] ?? -1] = REFUSED.has(error) ? 'refused' : error;
          }
        }
      }),
    );
    await drain(stage, crew, sent, got);
    open = open.filter((place) => got[place] === 0 && errors[place] === undefined);
  }
  return probes.map((_, place) => {
    const [word, error] = [GOT_WORDS[got[place] ?? 0] ?? '', errors[place]];
    if (error === undefined) return word === '' ? 'silence' : word;
    return word === '' ? error : `${word} and ${error}`;
  });
}

/** The probes of one sender among those that are open, in runs of neighbours, each with the place of its first there. */
function runsOf(probes: readonly PairProbe[], open: readonly number[], role: 'peer' | 'neighbour') {
  const runs: { readonly first: number; readonly own: PairProbe[] }[] = [];
  for (const [index, place] of open.entries()) {
    const probe = probes[place];
    if (probe === undefined || senderRole(probe.way) !== role) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.own.length === index) last.own.push(probe);
    else runs.push({ first: index, own: [probe] });
  }
  return runs;
}

/** Notes which sockets got which probes, whenever these were sent. Marks of other calls are of probes that were sent again. */
async function drain(stage: ReceiverStage, crew: Crew, sent: readonly Sent[], got: Uint8Array): Promise<void> {
  const both = await Promise.all(stage.roles.map((role) => crew.ask(role, { op: 'batch-drain', on: stage.name })));
  for (const [index, [result]] of both.entries()) {
    const { got: told = [] } = result ?? {};
    const bit = GOT_BITS[index] ?? 0;
    for (let at = 1; at < told.length; at += 2) {
      const mark = told[at] ?? 0;
      const of = sent.findLast(({ from, places }) => mark >= from && mark < from + places.length);
      const place = of?.places[mark - of.from];
      if (place !== undefined) got[place] = (got[place] ?? 0) | bit;
    }
  }
}

function takeMarks(count: number): number {
  if (marks + count > MOST_MARKS) marks = 1;
  const from = marks;
  marks += count;
  return from;
}
