import { HarnessError } from '../../../harness/harness-error.ts';
import type { CellWord } from '../../../matrix/receivers/cells.ts';
import { paced } from '../../../process/pace.ts';
import { batchAnswers } from '../batch.ts';
import type { Crew } from '../crew.ts';
import { gotWord, senderRole, toldProbes, type PairProbe } from './probe.ts';
import type { ReceiverStage, SharedPorts } from './stage.ts';

/** How long the error of a closed port may take, in milliseconds; usually it is there when send() returns. */
const WITHIN = 5000;
/** The errors of a connected socket that mean an ICMP port unreachable; the second is Winsock's. */
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'WSAECONNRESET', 'WSAECONNREFUSED']);
const MOST_MARKS = 2 ** 31;

let marks = 1;

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
  const words = await once(probes, stage, crew, shared, false);
  const lost = [...words.keys()].filter((place) => words[place] === '');
  if (lost.length === 0) return words;
  const again = await once(
    lost.map((place) => probes[place] as PairProbe),
    stage,
    crew,
    shared,
    true,
  );
  for (const [index, place] of lost.entries()) words[place] = again[index] === '' ? 'silence' : (again[index] ?? '');
  return words;
}

async function once(
  probes: readonly PairProbe[],
  stage: ReceiverStage,
  crew: Crew,
  shared: SharedPorts,
  slowly: boolean,
): Promise<CellWord[]> {
  const from = takeMarks(probes.length);
  const errors: string[] = probes.map(() => '');
  await Promise.all(
    (['peer', 'neighbour'] as const).map(async (role) => {
      // Marks are consecutive in an operation, so the probes of each sender have to be as well.
      for (const [first, own] of runsOf(probes, role)) {
        const [sent] = await crew.ask(role, {
          op: 'batch-send',
          ...toldProbes(own, stage, shared),
          mark: from + first,
          ...(slowly ? { closed: shared.closed, within: paced(WITHIN) } : {}),
        });
        for (const [index, error] of batchAnswers(sent, own.length).entries()) errors[first + index] = error;
      }
    }),
  );
  const got = await drained(stage, crew, from, probes.length);
  return probes.map((_, place) => {
    const error = errors[place] ?? '';
    const refused = REFUSED.has(error) ? 'refused' : error === 'ok' ? '' : error;
    return [gotWord(got.get(place) ?? []), refused].filter((word) => word !== '').join(' and ');
  });
}

/** The probes of one sender, in runs of neighbours in the list, each with the place of its first. */
function runsOf(probes: readonly PairProbe[], role: 'peer' | 'neighbour'): [first: number, own: PairProbe[]][] {
  const runs: [number, PairProbe[]][] = [];
  for (const [place, probe] of probes.entries()) {
    if (senderRole(probe.way) !== role) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1].length === place) last[1].push(probe);
    else runs.push([place, [probe]]);
  }
  return runs;
}

/** Which sockets got each mark. @throws HarnessError for a mark of an earlier probe, whose outcome is noted already */
async function drained(stage: ReceiverStage, crew: Crew, from: number, count: number): Promise<Map<number, (1 | 2)[]>> {
  const got = new Map<number, (1 | 2)[]>();
  const both = await Promise.all(stage.roles.map((role) => crew.ask(role, { op: 'batch-drain', on: stage.name })));
  for (const [index, [result]] of both.entries()) {
    const socket = index === 0 ? 1 : 2;
    const { got: told = [] } = result ?? {};
    for (let at = 1; at < told.length; at += 2) {
      const place = (told[at] ?? 0) - from;
      if (place < 0 || place >= count) throw new HarnessError('a datagram of an earlier probe arrived late');
      got.set(place, [...(got.get(place) ?? []), socket]);
    }
  }
  return got;
}

function takeMarks(count: number): number {
  if (marks + count > MOST_MARKS) marks = 1;
  const from = marks;
  marks += count;
  return from;
}
