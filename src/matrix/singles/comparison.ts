import type { Model } from '../../model/index.ts';
import type { Setting } from '../../model/types.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { Singles } from '../../record/singles.ts';
import { encodePlaces, widthFor } from '../digits.ts';
import { Legend } from '../legend.ts';
import type { Allowed } from '../prediction.ts';
import { allowsSingle, isComparable, singlePredictor, type SingleBlock, type Users } from './binds.ts';
import type { AbsentSingle, SingleName } from './names.ts';

/** The answers of a block: for each name, in each manner; null where it was not run. */
export type SingleAnswers = ReadonlyMap<SingleBlock, readonly (readonly string[])[] | null>;

interface With {
  readonly model: Model;
  readonly setting: Setting;
  readonly users: Users;
}

/** Compares single binds with a model. Returns their part of a record, and the rules that decided. */
export function compareSingles(
  blocks: readonly SingleBlock[],
  absent: readonly AbsentSingle[],
  answers: SingleAnswers,
  { model, setting, users }: With,
): { singles: Singles; rules: MatrixRecord['rules'] } {
  const names = new Legend<SingleName>();
  const spelled = new Legend<string>();
  const predictions = new Legend<Allowed>();
  const predict = singlePredictor(model, setting, users);
  const counts = { binds: 0, agree: 0, mismatches: 0, notCompared: 0, notRun: 0 };
  const read = blocks.map((block) => {
    const rows = block.names.map((name, row) => {
      const said = block.manners.map((manner) => {
        const allowed = predict(name, manner);
        return predictions.place(`${allowed.rule} ${allowed.outcomes.join()}`, () => allowed);
      });
      const came = answers.get(block)?.[row];
      counts.binds += said.length;
      if (came === undefined) counts.notRun += said.length;
      for (const [column, answer] of (came ?? []).entries()) {
        if (!isComparable(answer)) counts.notCompared += 1;
        else if (allowsSingle(predictions.list[said[column] ?? -1] as Allowed, answer)) counts.agree += 1;
        else counts.mismatches += 1;
      }
      return { said, came: came?.map((answer) => spelled.place(answer, () => answer)) };
    });
    return { block, rows };
  });
  const widths = { kernel: widthFor(spelled.list.length), model: widthFor(predictions.list.length) };
  const singles: Singles = {
    names: [],
    answers: spelled.list,
    predictions: predictions.list.map(({ outcomes, rule }) => ({ outcomes: [...outcomes], rule })),
    blocks: read.map(({ block, rows }) => ({
      family: block.family,
      names: block.names.map((name) => names.place(JSON.stringify(name), () => name)),
      manners: block.manners.map((manner) => ({ ...manner })),
      kernel: rows.map(({ came }) => (came === undefined ? '' : encodePlaces(came, widths.kernel))),
      model: rows.map(({ said }) => encodePlaces(said, widths.model)),
    })),
    absent: absent.map((one) => ({ ...one })),
    counts,
  };
  const used = new Set(predictions.list.map(({ rule }) => rule));
  const rules = model.rules
    .filter(({ id }) => used.has(id))
    .map(({ id, prose, source, known }) => ({ id, prose, source: `${source.name}, ${source.where}`, known }));
  return { singles: { ...singles, names: names.list.map((name) => ({ ...name })) }, rules };
}
