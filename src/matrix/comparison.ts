import type { Model } from '../model/index.ts';
import type { Setting } from '../model/types.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { commandFor, type Block } from './blocks.ts';
import { encodePlaces, widthFor } from './digits.ts';
import { Legend } from './legend.ts';
import { agrees, decidingRule, likeliest, predictor, type Prediction } from './prediction.ts';
import type { Results } from './results.ts';
import { spellSpec, type Spec } from './sockets.ts';

/** How many mismatches are spelled out. */
const MOST_TOLD = 100;

type Compared = Pick<
  MatrixRecord,
  'sockets' | 'answers' | 'predictions' | 'rules' | 'blocks' | 'mismatches' | 'counts'
>;

export interface With {
  readonly model: Model;
  readonly setting: Setting;
  /** The uid of the first sockets' owner. */
  readonly owner: number;
  /** Words that a command to run a pair again must also have. */
  readonly more: readonly string[];
}

/** Compares the outcomes of the pairs with a model. Returns the parts of a record. */
export function compare(blocks: readonly Block[], results: Results, { model, setting, owner, more }: With): Compared {
  const sockets = new Legend<Spec>();
  const predictions = new Legend<Prediction>();
  const mismatches: MatrixRecord['mismatches'] = [];
  const counts = { pairs: 0, agree: 0, mismatches: 0, notRun: 0, skipped: 0 };
  const answers = results.answers.list;
  const verdicts = new Map<string, boolean>();
  const compared = blocks.map((block) => {
    const { protocol, state, uid, devices } = block;
    const predict = predictor(model, setting, block, owner);
    const place = (spec: Spec) => sockets.place(spellSpec(spec), () => spec);
    const rows = block.first.map((first, row) => {
      const said = block.second.map((second) => {
        const prediction = predict(first, second);
        return predictions.place(JSON.stringify(prediction), () => prediction);
      });
      const came = results.row(block, row);
      counts.pairs += said.length;
      if (!came) counts.notRun += said.length;
      for (const [column, answer] of (came ?? []).entries()) {
        const prediction = predictions.list[said[column] ?? -1] ?? {};
        const key = `${answer} ${said[column]}`;
        const agreed = verdicts.get(key) ?? agrees(answers[answer] ?? '', prediction);
        verdicts.set(key, agreed);
        if (agreed) counts.agree += 1;
        else counts.mismatches += 1;
        if (agreed || mismatches.length >= MOST_TOLD) continue;
        const [one, other] = [spellSpec(first), spellSpec(block.second[column] as Spec)];
        mismatches.push({
          protocol,
          state,
          uid,
          devices,
          first: one,
          second: other,
          kernel: answers[answer] ?? '',
          model: likeliest(prediction),
          rule: decidingRule(prediction) ?? '',
          command: commandFor(block, one, other, more),
        });
      }
      return { said, came };
    });
    return { protocol, state, uid, devices, first: block.first.map(place), second: block.second.map(place), rows };
  });
  const widths = { kernel: widthFor(answers.length), model: widthFor(predictions.list.length) };
  return {
    sockets: sockets.list.map(({ name, letters }) => ({ ...name, letters })),
    answers: [...answers],
    predictions: predictions.list as Compared['predictions'],
    rules: rulesOf(model, predictions.list),
    blocks: compared.map(({ rows, ...block }) => ({
      ...block,
      kernel: rows.map(({ came }) => (came ? encodePlaces(came, widths.kernel) : '')),
      model: rows.map(({ said }) => encodePlaces(said, widths.model)),
    })),
    mismatches,
    counts,
  };
}

/** The rules that some predictions name, with their text for people. */
function rulesOf(model: Model, predictions: readonly Prediction[]): Compared['rules'] {
  const used = new Set(
    predictions.flatMap(({ first, bind, listen }) => [first, bind, listen].map((allowed) => allowed?.rule)),
  );
  return model.rules
    .filter(({ id }) => used.has(id))
    .map(({ id, prose, source, known }) => ({ id, prose, source: `${source.name}, ${source.where}`, known }));
}
