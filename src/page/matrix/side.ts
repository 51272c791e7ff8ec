import { devicesOf, NO_DEVICES } from '../../matrix/axes.ts';
import { commandFor, matrixPlanOf, type Block } from '../../matrix/blocks.ts';
import { answersOf, socketsAt, type PackedMatrices, type PackedMatrix } from '../../matrix/pack.ts';
import { likeliest, predictor, type Prediction } from '../../matrix/prediction.ts';
import type { Corner } from '../../matrix/selection.ts';
import { settingOf } from '../../matrix/setting.ts';
import { specOf } from '../../matrix/recorded-sockets.ts';
import { namesOf, spellSpec, type Spec } from '../../matrix/sockets.ts';
import { modelNamed, models, type Model } from '../../model/index.ts';
import { parseKernel } from '../../model/linux-kernel.ts';
import { DEVICE_SYSTEMS } from '../../model/options.ts';
import type { Setting, SystemName } from '../../model/types.ts';
import { cornerKey, socketKey, type RecordedLab } from './alike.ts';

/** One of the two systems that are checked against each other: what was observed there, or what its model says. */
export interface Side {
  readonly title: string;
  readonly observed: boolean;
  /** When and how completely it was observed; what is to be said of a model. */
  readonly note: string;
  /** Null for a record that names a system without a model. */
  readonly model: Model | null;
  readonly lab: RecordedLab;
  readonly corners: readonly Corner[];
  /** The pairs at the corner that is like the given one of a lab; null where there are none. */
  at(corner: Corner, of: RecordedLab): SideBlock | null;
}

/** All pairs of a side at one corner. Rows and columns are those of `first` and `second`. */
export interface SideBlock {
  readonly corner: Corner;
  readonly first: readonly Spec[];
  readonly second: readonly Spec[];
  /** Which row or column a socket is, by its `socketKey`. */
  readonly rows: ReadonlyMap<string, number>;
  readonly columns: ReadonlyMap<string, number>;
  /**
   * What the kernel answered, or what the model holds to be the likeliest where no one asked one; null where not run.
   */
  answer(row: number, column: number): string | null;
  /** What the model says, null where there is none. */
  prediction(row: number, column: number): Prediction | null;
  /** What runs the pair again, null where nothing was run. */
  command(row: number, column: number): string | null;
}

/** A platform with a record. */
export function recordedSide(packed: PackedMatrices, matrix: PackedMatrix): Side {
  const { name, platform, lab } = matrix;
  const model = modelNamed(matrix.model);
  const setting = readableSetting(settingOf(lab, platform, matrix.model));
  const more = [
    ...(platform.stack === undefined ? [] : ['--stack', platform.stack]),
    ...(matrix.model === platform.system ? [] : ['--model', matrix.model]),
  ];
  const made = cached((corner: Corner): SideBlock | null => {
    const block = matrix.blocks.find((one) => cornerKey(one, lab) === cornerKey(corner, lab));
    if (block === undefined) return null;
    const [first, second] = [block.first, block.second].map((list) => socketsAt(packed, list).map(specOf)) as [
      Spec[],
      Spec[],
    ];
    const answers = answersOf(packed, block);
    return {
      ...placed({ ...cornerOf(block), first, second }, lab),
      answer: (row, column) => answers[row]?.[column] ?? null,
      prediction: model === null ? () => null : predictions(model, setting, block, first, second, platform.uid ?? 0),
      command: (row, column) => {
        const [one, other] = [first[row], second[column]];
        return one && other ? commandFor(block, spellSpec(one), spellSpec(other), more) : null;
      },
    };
  });
  const side = { title: name, observed: true, note: noteOf(matrix), model, lab, corners: matrix.blocks.map(cornerOf) };
  return { ...side, at: (corner, of) => made(inLab(corner, of, side)) };
}

/** What a system's model says of every pair, on the addresses of a lab. */
export function modelledSide(system: SystemName, lab: RecordedLab): Side {
  const model = models[system];
  const setting = readableSetting(settingOf(lab, { system: '', release: '', version: '' }));
  const { names } = namesOf(lab);
  const devices = DEVICE_SYSTEMS.includes(system) ? devicesOf(lab.externalInterface) : [NO_DEVICES];
  const { blocks } = matrixPlanOf({}, { names, absent: [], system, lab: lab.lab }, devices, () => null);
  const made = cached((corner: Corner): SideBlock | null => {
    const block = blocks.find((one) => cornerKey(one, lab) === cornerKey(corner, lab));
    if (block === undefined) return null;
    const prediction = predictions(model, setting, block, block.first, block.second, 0);
    return {
      ...placed(block, lab),
      answer: (row, column) => likeliest(prediction(row, column)),
      prediction,
      command: () => null,
    };
  });
  const note = 'what its rules say; no one has run it';
  const side = { title: model.title, observed: false, note, model, lab, corners: blocks.map(cornerOf) };
  return { ...side, at: (corner, of) => made(inLab(corner, of, side)) };
}

/** What is to be said of a record beside its answers. */
function noteOf({ counts, started, complete, lab }: PackedMatrix): string {
  const missing = complete && counts.notRun === 0 ? '' : ', not complete';
  return `${counts.pairs.toLocaleString('en-US')} pairs in the ${lab.lab} lab, ${started.slice(0, 10)}${missing}`;
}

function cornerOf({ protocol, state, uid, devices }: Corner): Corner {
  return { protocol, state, uid, devices };
}

/** The corner of a side that is like one of another lab; the same where the side has none like it. */
function inLab(corner: Corner, of: RecordedLab, { corners, lab }: Pick<Side, 'corners' | 'lab'>): Corner {
  const key = cornerKey(corner, of);
  return corners.find((one) => cornerKey(one, lab) === key) ?? corner;
}

function placed({ first, second, ...corner }: Block, lab: RecordedLab) {
  const places = (specs: readonly Spec[]) => new Map(specs.map((spec, place) => [socketKey(spec, lab), place]));
  return { corner: cornerOf(corner), first, second, rows: places(first), columns: places(second) };
}

/** A record may say of a Linux kernel what no kernel says; then the newest known behaviour has to do. */
export function readableSetting(setting: Setting): Setting {
  try {
    parseKernel(setting.kernel);
    return setting;
  } catch {
    const { kernel: _, ...rest } = setting;
    return rest;
  }
}

/** Asks a model about each pair once, when it is wanted. */
function predictions(
  model: Model,
  setting: Setting,
  corner: Corner,
  first: readonly Spec[],
  second: readonly Spec[],
  owner: number,
): (row: number, column: number) => Prediction {
  const predict = predictor(model, setting, corner, owner);
  const known: Prediction[] = [];
  return (row, column) => {
    const place = row * second.length + column;
    const [one, other] = [first[row], second[column]];
    if (one === undefined || other === undefined) throw new RangeError(`there is no pair ${row}, ${column}`);
    return (known[place] ??= predict(one, other));
  };
}

function cached(make: (corner: Corner) => SideBlock | null): (corner: Corner) => SideBlock | null {
  const made = new Map<string, SideBlock | null>();
  return (corner) => {
    const key = JSON.stringify(cornerOf(corner));
    const known = made.get(key);
    if (known !== undefined) return known;
    const block = make(corner);
    made.set(key, block);
    return block;
  };
}
