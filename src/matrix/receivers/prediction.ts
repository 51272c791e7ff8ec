import type { Receivers, Reception } from '../../model/receive/types.ts';
import type { Model } from '../../model/index.ts';
import type { Operation, Outcome, Protocol, RuleId, Setting } from '../../model/types.ts';
import type { Simulation } from '../../model/world.ts';
import { makingOf, type Step } from '../../plan/plan.ts';
import type { Spec } from '../sockets.ts';
import type { ReceiverBlock } from './blocks.ts';
import type { AllowedCell, CellWord } from './cells.ts';
import { known } from './known.ts';
import { pairConnectionOf, socketSteps, type PairConnection, type Peers } from './socket-steps.ts';

/** The ports of the simulation: that of the pair, that of the peers, and any other. */
const PORT = 20_000;
const PEER_PORT = 30_000;
const OTHER_PORT = 40_000;
const OTHER_UID = 65_534;

/** The rules by which a hash of the sender chooses: with enough senders, every one of the outcomes must show. */
const BY_HASH: ReadonlySet<RuleId> = new Set(['linux/R4-group', 'gvisor/R3-hash']);

/** What a model says of a pair: whether the two can be there together, and for each way who gets the probe. */
export interface PairReceivers {
  readonly together: 'yes' | 'no' | 'maybe';
  readonly cells: readonly AllowedCell[];
}

/** What is asked of a model, for all pairs. */
export interface ModelQuestion {
  readonly model: Model;
  readonly setting: Setting;
  /** The uid of the first sockets' owner. */
  readonly owner: number;
  readonly peers: Peers;
}

/** What a model says of the pairs of a block, by their places in it. Equal predictions are the same object. */
export type BlockPredictor = (block: ReceiverBlock) => (pair: number) => PairReceivers;

/** Asks a model about each pair once, when its prediction is first needed. */
export function blockPredictor(asking: ModelQuestion): BlockPredictor {
  const same = new Same();
  const blocks = new Map<ReceiverBlock, (pair: number) => PairReceivers>();
  return (block) =>
    known(blocks, block, () => {
      const predict = pairPredictor(block, asking, same);
      const pairs: (PairReceivers | undefined)[] = [];
      const { first, second } = block;
      return (pair) =>
        (pairs[pair] ??= predict(
          first[Math.floor(pair / second.length)] as Spec,
          second[pair % second.length] as Spec,
        ));
    });
}

function pairPredictor(block: ReceiverBlock, { model, setting, owner, peers }: ModelQuestion, same: Same) {
  const uids = { 1: owner, 2: owner === OTHER_UID ? OTHER_UID - 1 : OTHER_UID } as const;
  const packets = block.ways.map(({ from, port, to, device }) => ({
    protocol: block.protocol,
    from: { address: from, port: port === 'peer' ? PEER_PORT : OTHER_PORT },
    to: { address: to },
    ...(device === undefined ? {} : { device }),
  }));
  const empty = model.simulate(setting);
  const made = new Map<Spec, Made>();
  // Many pairs differ only in what does not matter to who receives, for example in SO_REUSEADDR.
  const alike = new Map<string, PairReceivers>();
  const operations = new Map<Spec, readonly Operation[]>();
  const operationsOf = (spec: Spec, place: 'first' | 'second') => {
    const connection = pairConnectionOf(spec, block.states[place === 'first' ? 0 : 1], peers);
    return socketSteps(spec, place, block, peers).map((step) => operationOf(step, block.protocol, uids, connection));
  };
  return (first: Spec, second: Spec): PairReceivers => {
    const before = known(made, first, () => make({ port: empty, can: 'yes' }, operationsOf(first, 'first')));
    const own = known(operations, second, () => operationsOf(second, 'second'));
    const { port, can } = make(before, own);
    if (can === 'no') return same.pair('no', []);
    const ask = () =>
      same.pair(
        can,
        packets.map((packet) => same.cell(port.receivers(packet))),
      );
    const likeness = port.likeness();
    return likeness === undefined ? ask() : known(alike, `${can} ${likeness}`, ask);
  };
}

/** Equal cells and predictions, each kept once: there are hundreds of thousands of pairs. */
class Same {
  readonly #cells = new Map<string, { readonly cell: AllowedCell; readonly id: number }>();
  readonly #pairs = new Map<string, PairReceivers>();

  cell(found: Receivers | undefined): { readonly cell: AllowedCell; readonly id: number } {
    const outcomes = found?.outcomes.map(inWord) ?? [];
    const rule = found?.rule ?? '';
    return known(this.#cells, `${rule} ${outcomes.join()}`, () => {
      const all = found !== undefined && outcomes.length > 1 && BY_HASH.has(found.rule);
      return { cell: { outcomes, all, rule }, id: this.#cells.size };
    });
  }

  pair(together: PairReceivers['together'], cells: readonly { readonly cell: AllowedCell; readonly id: number }[]) {
    const key = `${together} ${cells.map(({ id }) => id).join()}`;
    return known(this.#pairs, key, () => ({ together, cells: cells.map(({ cell }) => cell) }));
  }
}

/** A port after some operations that all worked, and whether the model says that they can. */
interface Made {
  readonly port: Simulation;
  readonly can: PairReceivers['together'];
}

function make(before: Made, operations: readonly Operation[]): Made {
  let { port, can } = before;
  for (const operation of operations) {
    if (can === 'no') break;
    const { prediction, after } = port.step(operation, 'ok');
    if (!prediction.outcomes.includes('ok')) can = 'no';
    else if (prediction.outcomes.some((outcome: Outcome) => outcome !== 'ok')) can = 'maybe';
    port = after;
  }
  return { port, can };
}

function operationOf(
  step: Step,
  protocol: Protocol,
  uids: Readonly<Record<1 | 2, number>>,
  connection: PairConnection | undefined,
): Operation {
  if (step.op === 'listen') return { op: 'listen', socket: step.socket };
  if (step.op === 'connect') {
    const { local, to } = connection ?? { local: step.to, to: step.to };
    return { op: 'connect', socket: step.socket, local, to: { address: to, port: PEER_PORT } };
  }
  const making = makingOf(step);
  if (step.op !== 'bind' || making === undefined) throw new RangeError(`a socket of a pair is not made by ${step.op}`);
  const { family, v6only, options, device, owner } = making;
  return {
    op: 'bind',
    socket: step.socket,
    protocol,
    family,
    ...(v6only === 'default' ? {} : { v6only }),
    address: step.address,
    port: PORT,
    options: Object.fromEntries(options.map((option) => [option, true])),
    uid: uids[owner === 2 ? 2 : 1],
    ...(device === undefined ? {} : { device }),
  };
}

/** An outcome of a model as observations are written. */
function inWord(reception: Reception): CellWord {
  return typeof reception === 'string' ? reception : reception.join('+');
}
