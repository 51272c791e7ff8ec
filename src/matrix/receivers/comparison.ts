import type { Model } from '../../model/index.ts';
import type { ReceiversMismatch, ReceiversRecord } from '../../record/receivers.ts';
import { encodePlaces, widthFor } from '../digits.ts';
import { Legend } from '../legend.ts';
import type { Results } from '../results.ts';
import { spellSpec, type Spec } from '../sockets.ts';
import { readAnswer } from './answer.ts';
import { receiverCommand, type ReceiverBlock } from './blocks.ts';
import { agreesWithCell, cellInWords, type AllowedCell } from './cells.ts';
import { countPair, noCounts } from './counts.ts';
import type { BlockPredictor, PairReceivers } from './prediction.ts';
import { waysKey, type Way } from './ways.ts';

/** How many mismatches are spelled out. */
const MOST_TOLD = 100;

type Compared = Pick<
  ReceiversRecord,
  'sockets' | 'ways' | 'words' | 'answers' | 'allowed' | 'predictions' | 'rules' | 'blocks' | 'mismatches' | 'counts'
>;

/**
 * Compares who received with what a model says. Returns the parts of a record.
 * @param more words that a command to run a pair again must also have
 */
export function compareReceivers(
  blocks: readonly ReceiverBlock[],
  results: Results,
  predictor: BlockPredictor,
  { model, more }: { readonly model: Model; readonly more: readonly string[] },
): Compared {
  const sockets = new Legend<Spec>();
  const ways = new Legend<Way>();
  const words = new Legend<string>();
  const allowed = new Legend<AllowedCell>();
  const predictions = new Legend<{ together: PairReceivers['together']; cells: readonly number[] }>();
  const placesOf = new Map<PairReceivers, number>();
  const placeOf = (prediction: PairReceivers) => {
    const there = placesOf.get(prediction);
    if (there !== undefined) return there;
    const { together } = prediction;
    const cells = prediction.cells.map((cell) => allowed.place(JSON.stringify(cell), () => cell));
    const placed = predictions.place(`${together} ${cells.join()}`, () => ({ together, cells }));
    placesOf.set(prediction, placed);
    return placed;
  };
  const mismatches: ReceiversMismatch[] = [];
  const counts = noCounts();
  const answers = results.answers.list.map(readAnswer);
  const answerPlaces = answers.map((answer) =>
    'failed' in answer ? answer : { cells: answer.words.map((word) => words.place(word, () => word)) },
  );
  // The same two answers meet many times.
  const wrongOf = new Map<string, readonly number[] | 'together' | null>();
  const compared = blocks.map((block) => {
    const { protocol, states, uid, devices } = block;
    const predict = predictor(block);
    const place = (spec: Spec) => sockets.place(spellSpec(spec), () => spec);
    const own = block.ways.map((way) => ways.place(waysKey(way), () => way));
    const rows = block.first.map((first, row) => {
      const came = results.row(block, row);
      const said = block.second.map((second, column) => {
        const prediction = predict(row * block.second.length + column);
        const placed = placeOf(prediction);
        const answer = came === null ? undefined : answers[came[column] ?? -1];
        if (answer === undefined) {
          countPair(counts, null, prediction, null);
          return placed;
        }
        const key = `${came?.[column]} ${placed}`;
        let wrong = wrongOf.get(key);
        if (wrong === undefined) {
          wrong = wrongIn(answer, prediction);
          wrongOf.set(key, wrong);
        }
        countPair(counts, answer, prediction, wrong);
        if (wrong === null) return placed;
        const pair = {
          protocol,
          states: [...states] as [(typeof states)[0], (typeof states)[1]],
          uid,
          devices,
          first: spellSpec(first),
          second: spellSpec(second),
        };
        const command = receiverCommand(block, pair.first, pair.second, more);
        for (const cell of wrong === 'together' ? [null] : wrong) {
          if (mismatches.length < MOST_TOLD) {
            mismatches.push({
              ...pair,
              ...toldWrong(cell, answer, prediction),
              way: cell === null ? null : (own[cell] ?? 0),
              command,
            });
          }
        }
        return placed;
      });
      return { said, came };
    });
    const first = block.first.map(place);
    return { protocol, states, uid, devices, first, second: block.second.map(place), ways: own, rows };
  });
  const widths = { kernel: widthFor(answers.length), model: widthFor(predictions.list.length) };
  const cellWidths = { kernel: widthFor(words.list.length), model: widthFor(allowed.list.length) };
  return {
    sockets: sockets.list.map(({ name, letters }) => ({ ...name, letters })),
    ways: ways.list.map((way) => ({ ...way })),
    words: [...words.list],
    answers: answerPlaces.map((answer) =>
      'failed' in answer ? answer : { cells: encodePlaces(answer.cells, cellWidths.kernel) },
    ),
    allowed: allowed.list.map(({ outcomes, ...cell }) => ({ ...cell, outcomes: [...outcomes] })),
    predictions: predictions.list.map(({ together, cells }) => ({
      together,
      cells: encodePlaces(cells, cellWidths.model),
    })),
    rules: rulesOf(model, allowed.list),
    blocks: compared.map(({ rows, states, ...block }) => ({
      ...block,
      states: [...states],
      kernel: rows.map(({ came }) => (came ? encodePlaces(came, widths.kernel) : '')),
      model: rows.map(({ said }) => encodePlaces(said, widths.model)),
    })),
    mismatches,
    counts,
  };
}

/**
 * What of an answer a model does not allow: the places of ways; `together` where the two are there together against the
 * model, or are not; null where it allows all.
 */
export function wrongIn(
  answer: ReturnType<typeof readAnswer>,
  { together, cells }: PairReceivers,
): readonly number[] | 'together' | null {
  if ('failed' in answer) return together === 'yes' ? 'together' : null;
  if (together === 'no') return 'together';
  const wrong = cells.flatMap((cell, place) => (agreesWithCell(answer.words[place] ?? '', cell) ? [] : [place]));
  return wrong.length === 0 ? null : wrong;
}

function toldWrong(
  cell: number | null,
  answer: ReturnType<typeof readAnswer>,
  { together, cells }: PairReceivers,
): Pick<ReceiversMismatch, 'kernel' | 'model' | 'rule'> {
  if (cell === null) {
    const kernel = 'failed' in answer ? answer.failed : 'both are there';
    return { kernel, model: together === 'no' ? 'one of the two can not be made' : 'both are there', rule: '' };
  }
  const said = cells[cell] ?? { outcomes: [], all: false, rule: '' };
  const kernel = 'failed' in answer ? answer.failed : (answer.words[cell] ?? '');
  return { kernel, model: cellInWords(said), rule: said.rule };
}

/** The rules that some cells name, with their text for people. */
function rulesOf(model: Model, cells: readonly AllowedCell[]): ReceiversRecord['rules'] {
  const used = new Set(cells.map(({ rule }) => rule));
  return model.receiveRules
    .filter(({ id }) => used.has(id))
    .map(({ id, prose, source, known }) => ({ id, prose, source: `${source.name}, ${source.where}`, known }));
}
