import type { ReceiverAnswer } from '../../../matrix/receivers/answer.ts';
import { joinedWords, lacksOutcome, type CellWord } from '../../../matrix/receivers/cells.ts';
import type { PairReceivers } from '../../../matrix/receivers/prediction.ts';
import type { Peers } from '../../../matrix/receivers/socket-steps.ts';
import type { Crew } from '../crew.ts';
import type { PortBlocks } from '../port-block.ts';
import type { Way } from '../../../matrix/receivers/ways.ts';
import { askProbes, pathOfWay, type PairProbe } from './probe.ts';
import { closePairs, makePairs, type ReceiverChunk, type SharedPorts } from './stage.ts';

/**
 * From how many ports more the ways are asked for which the model says that a hash of the sender chooses, and how many
 * times: the chance that one of two members never shows in 49 probes is 2^-48.
 */
const EXTRA = 8;
const ROUNDS = 6;

/** Where chunks are asked: the agents of a lab, and what they share. */
export interface ChunkPlace {
  readonly crew: Crew;
  readonly ports: PortBlocks;
  readonly shared: SharedPorts;
  readonly peers: Peers;
}

/** Makes the pairs of a chunk, sends a probe by every way to each, and returns what became of them. */
export async function askChunk(
  chunk: ReceiverChunk,
  predicted: (pair: number) => PairReceivers,
  { crew, ports, shared, peers }: ChunkPlace,
): Promise<ReceiverAnswer[]> {
  const { ways } = chunk.block;
  const stage = await makePairs(chunk, crew, ports, shared, peers);
  const there = [...chunk.pairs.keys()].filter((index) => stage.failures[index] === null);
  const seen: CellWord[][] = chunk.pairs.map(() => []);
  const places = new Map(ways.map((way, place) => [way, place]));
  const note = (probes: readonly PairProbe[], words: readonly CellWord[]) => {
    for (const [at, { place: index, way }] of probes.entries()) {
      const [cells, place, word] = [seen[index] ?? [], places.get(way) ?? -1, words[at] ?? ''];
      const before = cells[place];
      if (before !== word) cells[place] = before === undefined ? word : joinedWords([...before.split('|'), word]);
    }
  };
  const probesOf = (way: Way, extra: number, indexes: readonly number[]): PairProbe[] => {
    const path = pathOfWay(way, extra, shared);
    return indexes.map((place) => ({ place, way, path }));
  };
  const first = ways.flatMap((way) => probesOf(way, 0, there));
  note(first, await askProbes(first, stage, crew, shared));
  const shares = there.filter((index) => predicted(chunk.pairs[index] ?? -1).cells.some(({ all }) => all));
  for (let round = 0; round < ROUNDS; round += 1) {
    const more = ways.flatMap((way, place) => {
      const lacking = shares.filter((index) => {
        const [cell, word] = [predicted(chunk.pairs[index] ?? -1).cells[place], seen[index]?.[place]];
        return cell !== undefined && word !== undefined && lacksOutcome(word, cell);
      });
      return Array.from({ length: EXTRA }, (_, extra) => probesOf(way, round * EXTRA + extra + 1, lacking)).flat();
    });
    if (more.length === 0) break;
    note(more, await askProbes(more, stage, crew, shared));
  }
  await closePairs(stage, crew);
  return chunk.pairs.map((_, index): ReceiverAnswer => {
    const failed = stage.failures[index] ?? null;
    return failed === null ? { words: seen[index] ?? [] } : { failed };
  });
}
