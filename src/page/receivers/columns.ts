import type { LabFacts } from '../../lab/lab.ts';
import { NO_DEVICES } from '../../matrix/axes.ts';
import type { ReceiverAnswer } from '../../matrix/receivers/answer.ts';
import type { ReceiverCorner } from '../../matrix/receivers/axes.ts';
import { receiverCommand, type ReceiverBlock } from '../../matrix/receivers/blocks.ts';
import { joinedWords, type AllowedCell } from '../../matrix/receivers/cells.ts';
import { wrongIn } from '../../matrix/receivers/comparison.ts';
import { packedAnswer, type PackedReceivers } from '../../matrix/receivers/pack.ts';
import { blockPredictor, type PairReceivers } from '../../matrix/receivers/prediction.ts';
import type { Way } from '../../matrix/receivers/ways.ts';
import { settingOf } from '../../matrix/setting.ts';
import { specOf } from '../../matrix/recorded-sockets.ts';
import { lettersOf, spellSpec, type Spec } from '../../matrix/sockets.ts';
import { modelNamed, models } from '../../model/index.ts';
import { DEVICE_SYSTEMS } from '../../model/options.ts';
import type { SystemName } from '../../model/types.ts';
import { socketKey, type RecordedLab } from '../matrix/alike.ts';
import { readableSetting } from '../matrix/side.ts';
import type { AskedPair } from './asked.ts';

/** What became of a probe in one system. */
export interface ReceiverCell {
  /** Each thing that may have become of it: one word where it was observed, as in a record. Empty where no one knows. */
  readonly words: readonly string[];
  /** The rule by which the model decides; undefined where there is none. */
  readonly rule: string | undefined;
  /** What the model says, where what was observed is something else. */
  readonly unlike: AllowedCell | null;
}

/** Systems in which the same became of every probe, by the same rules. */
export interface ReceiverColumn {
  readonly names: readonly string[];
  readonly observed: boolean;
  /** Why there are no probes; null where there are. */
  readonly none: string | null;
  /** Whether the model leaves open if the two can be made. */
  readonly maybe: boolean;
  /** By `wayKey`. */
  readonly cells: ReadonlyMap<string, ReceiverCell>;
  /** Whether both are there against the model, or are not. */
  readonly strange: boolean;
  /** What runs the pair again, by system; none for a model. */
  readonly commands: readonly { readonly name: string; readonly text: string }[];
}

/** What a way is, whatever addresses its lab has. */
export function wayKey({ host, from, port, to }: Way, { addresses }: RecordedLab): string {
  const kind = (address: string) => {
    const own = [...Object.entries(addresses.inet), ...Object.entries(addresses.inet6)];
    const family = address.includes(':') ? 'inet6' : 'inet';
    return `${family} ${own.find(([, known]) => known === address)?.[0] ?? address}`;
  };
  return `${host} ${kind(from)} ${port} ${kind(to)}`;
}

/** Every system and what became there of the probes of a pair: as recorded, and for systems without a record of it as their models say. */
export function receiverColumns(asked: AskedPair, records: readonly PackedReceivers[]): ReceiverColumn[] {
  const observed = records.flatMap((record) => observedColumn(asked, record) ?? []);
  const seen = new Set(
    records.filter(({ name }) => observed.some(({ names }) => names.includes(name))).map(({ model }) => model),
  );
  const modelled = Object.values(models).filter(({ name }) => !seen.has(name));
  return together([...observed, ...modelled.map(({ name }) => modelColumn(asked, name))]);
}

function observedColumn(asked: AskedPair, record: PackedReceivers): ReceiverColumn | null {
  const found = placeIn(asked, record);
  if (found === null) return null;
  const { block, first, second, row, column } = found;
  const answer = packedAnswer(record, block, row, column);
  if (answer === null) return null;
  const ways = block.ways.flatMap((place): Way[] => (record.ways[place] ? [record.ways[place]] : []));
  const prediction = predictionOf(record, { ...cornerOf(block), first: [first], second: [second], ways });
  const isStrange = prediction !== null && wrongIn(answer, prediction) === 'together';
  const stack = record.platform.stack === undefined ? [] : ['--stack', record.platform.stack];
  const other = record.model === record.platform.system ? [] : ['--model', record.model];
  return {
    names: [record.name],
    observed: true,
    none: 'failed' in answer ? failedInWords(answer.failed) : null,
    maybe: false,
    cells: new Map(ways.map((way, place) => [wayKey(way, record.lab), observedCell(answer, prediction, place)])),
    strange: isStrange,
    commands: [
      {
        name: record.name,
        text: receiverCommand(cornerOf(block), spellSpec(first), spellSpec(second), [...stack, ...other]),
      },
    ],
  };
}

function observedCell(answer: ReceiverAnswer, prediction: PairReceivers | null, place: number): ReceiverCell {
  const said = prediction?.cells[place];
  const words = 'failed' in answer ? [] : [answer.words[place] ?? ''];
  const wrong = prediction === null ? null : wrongIn(answer, prediction);
  const isWrong = wrong !== null && wrong !== 'together' && wrong.includes(place);
  return { words, rule: ruleOf(said), unlike: isWrong && said !== undefined ? said : null };
}

/** What the model of the recorded system says there; null where it has none. */
function predictionOf({ model, lab, platform }: PackedReceivers, block: ReceiverBlock): PairReceivers | null {
  const own = modelNamed(model);
  if (own === null) return null;
  const setting = readableSetting(settingOf(lab, platform, model));
  const question = { model: own, setting, owner: platform.uid ?? 0, peers: lab as LabFacts };
  return blockPredictor(question)(block)(0);
}

function modelColumn({ lab, block, first, second }: AskedPair, name: SystemName): ReceiverColumn {
  const model = models[name];
  const column = { names: [model.title], observed: false, maybe: false, strange: false, commands: [] };
  const lacks = lackOf(name, block, [first, second]);
  if (lacks !== null) return { ...column, none: lacks, cells: new Map() };
  const setting = readableSetting(settingOf(lab, { system: '', release: '', version: '' }));
  const predict = blockPredictor({ model, setting, owner: 0, peers: lab });
  const { together: can, cells } = predict({ ...block, first: [first], second: [second] })(0);
  if (can === 'no') return { ...column, none: 'the two can’t both be made', cells: new Map() };
  return {
    ...column,
    none: null,
    maybe: can === 'maybe',
    cells: new Map(
      block.ways.map((way, place) => {
        const said = cells[place];
        const words = said === undefined ? [] : said.all ? [joinedWords(said.outcomes)] : said.outcomes;
        return [wayKey(way, lab), { words, rule: ruleOf(said), unlike: null }];
      }),
    ),
  };
}

/** What a system lacks for a pair, in words; null where it lacks nothing. */
function lackOf(name: SystemName, { devices }: ReceiverCorner, specs: readonly Spec[]): string | null {
  if (devices !== NO_DEVICES && !DEVICE_SYSTEMS.includes(name)) return 'it has no SO_BINDTODEVICE';
  const missing = specs.find(({ letters }) => !lettersOf(name).includes(letters));
  if (missing === undefined) return null;
  return `it has no ${missing.letters === 'E' ? 'SO_EXCLUSIVEADDRUSE' : 'SO_REUSEPORT'}`;
}

function ruleOf(said: AllowedCell | undefined): string | undefined {
  return said === undefined || said.rule === '' ? undefined : said.rule;
}

/** Where a record has a pair, whatever the addresses and interfaces of its lab. */
function placeIn({ lab, block: asked, first, second }: AskedPair, record: PackedReceivers) {
  const key = cornerText(asked, lab);
  const block = record.blocks.find((one) => cornerText(one, record.lab) === key);
  if (block === undefined) return null;
  const specs = record.sockets.map(specOf);
  const at = (places: readonly number[], spec: Spec) =>
    places.findIndex((place) => {
      const own = specs[place];
      return own !== undefined && socketKey(own, record.lab) === socketKey(spec, lab);
    });
  const [row, column] = [at(block.first, first), at(block.second, second)];
  const [one, other] = [specs[block.first[row] ?? -1], specs[block.second[column] ?? -1]];
  return one && other ? { block, row, column, first: one, second: other } : null;
}

function cornerOf({ protocol, states, uid, devices }: ReceiverCorner): ReceiverCorner {
  return { protocol, states, uid, devices };
}

function cornerText({ protocol, states, uid, devices }: ReceiverCorner, lab: RecordedLab): string {
  const tied = devices.split('/').map((device) => {
    if (device === lab.externalInterface) return 'external';
    return device === lab.secondInterface ? 'second external' : device;
  });
  return [protocol, ...states, uid, ...tied].join(' ');
}

/** The call that failed, in words. */
function failedInWords(failed: string): string {
  const [which = '', call = '', error = ''] = failed.split(' ');
  return error === '' ? failed : `${call} of the ${which} socket fails with ${error}`;
}

/** Columns that have the same in them are one. */
function together(columns: readonly ReceiverColumn[]): ReceiverColumn[] {
  const merged = new Map<string, ReceiverColumn>();
  for (const column of columns) {
    const { observed, none, maybe, strange, cells } = column;
    const key = JSON.stringify([observed, none, maybe, strange, [...cells]]);
    const there = merged.get(key);
    const names = [...(there?.names ?? []), ...column.names];
    merged.set(key, { ...column, names, commands: [...(there?.commands ?? []), ...column.commands] });
  }
  return [...merged.values()];
}
