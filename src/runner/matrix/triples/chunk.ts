import { ownerOf, PLACES, type TriplePlace } from '../../../matrix/triples/axes.ts';
import { prefixOf, type TripleBlock } from '../../../matrix/triples/blocks.ts';
import type { Lane } from '../../../matrix/triples/lanes.ts';
import { tripleSteps } from '../../../matrix/triples/steps.ts';
import type { Spec } from '../../../matrix/sockets.ts';
import { batchKind } from '../../../plan/operations.ts';
import type { Operation, Result } from '../../../protocol/messages.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import { batchAnswers } from '../../batch-answers.ts';
import { batchOf } from '../batch.ts';
import type { Crew, Role } from '../crew.ts';
import type { PortBlocks } from '../port-block.ts';

/** A lane of a prefix of a block. */
interface PlacedLane {
  readonly prefix: number;
  readonly lane: Lane;
}

/** Some lanes of one block. Each gets a port of its own. */
export interface TripleChunk {
  readonly block: TripleBlock;
  readonly lanes: readonly PlacedLane[];
}

/** What happened in a lane. */
export interface LaneAnswers {
  /** `ok` if the first two sockets were made, or the first call that failed and its errno after the place of its socket. */
  readonly prefix: string;
  /** The answer of each third socket of the lane. They mean nothing if the first two were not made. */
  readonly thirds: readonly string[];
}

let names = 0;

/**
 * Makes the first two sockets of each lane, tries the thirds beside them one after another, and closes everything. Sockets of
 * one owner are made by one process, and those of the other user by another.
 * @throws HarnessError when an agent fails, or a socket can't be made at all.
 */
export async function playTriples(
  { block, lanes }: TripleChunk,
  crew: Crew,
  ports: PortBlocks,
): Promise<LaneAnswers[]> {
  const taken = await ports.take(lanes.length, false, await crew.agent('first'));
  const pairs = lanes.map(({ prefix }) => prefixOf(block, prefix));
  const kept = { first: `first${(names += 1)}`, second: `second${names}` };
  const batch = (place: TriplePlace, specs: readonly Spec[], at: readonly number[], as?: string) =>
    batchOf(specs, (spec) => batchKind(block.protocol, tripleSteps(spec, place, block)), at, as);
  const thirds = lanes.flatMap(({ lane }) => lane.map((third) => block.third[third] as Spec));
  const thirdPorts = lanes.flatMap(({ lane }, index) => lane.map(() => taken[index] ?? 0));
  const operations: Record<TriplePlace, Operation> = {
    first: batch(
      'first',
      pairs.map(([first]) => first),
      taken,
      kept.first,
    ),
    second: batch(
      'second',
      pairs.map(([, second]) => second),
      taken,
      kept.second,
    ),
    third: batch('third', thirds, thirdPorts),
  };
  const closing = { second: { op: 'batch-close', on: kept.second, how: 'close' } } as const;
  const last = { op: 'batch-close', on: kept.first, how: 'close' } as const;
  const results = await inTurn(crew, [
    ...PLACES.map((place) => [roleOf(block, place), operations[place]] as const),
    [roleOf(block, 'second'), closing.second],
    [roleOf(block, 'first'), last],
  ]);
  const [first, second] = [batchAnswers(results[0], lanes.length), batchAnswers(results[1], lanes.length)];
  const all = batchAnswers(results[2], thirds.length);
  const broken = [...first, ...second, ...all].find((answer) => answer.startsWith('socket '));
  if (broken !== undefined) throw new HarnessError(`a socket can't be made: ${broken}`);
  let from = 0;
  return lanes.map(({ lane }, index): LaneAnswers => {
    const answers = all.slice(from, (from += lane.length));
    return { prefix: prefixAnswer(first[index] ?? '', second[index] ?? ''), thirds: answers };
  });
}

function prefixAnswer(first: string, second: string): string {
  if (first !== 'ok') return `first ${first}`;
  return second === 'ok' ? 'ok' : `second ${second}`;
}

function roleOf(block: TripleBlock, place: TriplePlace): Role {
  return ownerOf(block, place) === 1 ? 'first' : 'other';
}

/** Does operations one after another, and those that follow one another in one process in one message. */
async function inTurn(crew: Crew, steps: readonly (readonly [Role, Operation])[]): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < steps.length;) {
    const [role] = steps[from] as (typeof steps)[number];
    const other = steps.findIndex(([next], index) => index > from && next !== role);
    const until = other < 0 ? steps.length : other;
    results.push(...(await crew.ask(role, ...steps.slice(from, until).map(([, operation]) => operation))));
    from = until;
  }
  return results;
}
