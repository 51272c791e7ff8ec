import type { Model } from '../model/index.ts';
import type { Outcome, Protocol, RuleId, Setting } from '../model/types.ts';
import { Follower, type AllowedStep } from '../plan/follow.ts';
import type { SocketStep } from '../plan/plan.ts';
import { firstSteps, secondSteps } from './pair.ts';
import type { Corner } from './selection.ts';
import type { Spec } from './sockets.ts';

/** The port that stands for any unprivileged one. */
const PORT = 20_000;
const OTHER_UID = 65_534;

/** The outcomes that a call may have, and the rule that says so. */
export interface Allowed {
  readonly outcomes: readonly Outcome[];
  readonly rule: RuleId;
}

/**
 * The prediction of a model for a pair: for the first socket alone, when it can't be bound, or for bind() and, over TCP,
 * listen() of the second.
 */
export interface Prediction {
  readonly first?: Allowed;
  readonly bind?: Allowed;
  readonly listen?: Allowed;
}

/** A port with no socket on it, as a model follows it. `owner` is the uid of owner 1; owner 2 has another uid. */
export function emptyPort(model: Model, setting: Setting, protocol: Protocol, owner: number): Follower {
  const other = owner === OTHER_UID ? OTHER_UID - 1 : OTHER_UID;
  return new Follower({
    protocol,
    port: PORT,
    userOf: (making) => ({ uid: making.owner === 1 ? owner : other }),
    simulate: () => model.simulate(setting),
  });
}

/** A predictor of the pairs of one corner. `owner` is the uid of the first socket's owner. */
export function predictor(model: Model, setting: Setting, corner: Corner, owner: number) {
  const empty = emptyPort(model, setting, corner.protocol, owner);
  // Every first socket is paired with many second ones, and every second one with many first ones.
  const holders = new Map<Spec, Holder>();
  const tried = new Map<Spec, readonly SocketStep[]>();
  return (first: Spec, second: Spec): Prediction => {
    const { refused, after } = known(holders, first, () => holderOf(empty, first, corner));
    if (refused) return { first: refused };
    const [bind, listen] = known(tried, second, () => secondSteps(second, corner));
    if (bind === undefined) throw new RangeError('the second socket is not bound');
    const bound = after.step(bind, 'ok');
    const listens = listen !== undefined && bound.allowed.outcomes.includes('ok');
    return {
      bind: allowedOf(bound.allowed),
      ...(listens ? { listen: allowedOf(bound.after.step(listen).allowed) } : {}),
    };
  };
}

/** The model's result for a first socket alone: why it can't be bound, or what is there once the socket is in its state. */
interface Holder {
  readonly refused: Allowed | undefined;
  readonly after: Follower;
}

function holderOf(empty: Follower, first: Spec, corner: Corner): Holder {
  const [bind, ...then] = firstSteps(first, corner);
  if (bind === undefined) throw new RangeError('the first socket is not bound');
  const { allowed, after } = empty.step(bind, 'ok');
  const refused = allowed.outcomes[0] === 'ok' ? undefined : allowedOf(allowed);
  const local = first.name.connected;
  return { refused, after: then.reduce((follower, step) => follower.step(step, 'ok', { local }).after, after) };
}

function known<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}

/** What the model allows for a bind() or a listen(), which a rule always decides. */
export function allowedOf({ outcomes, rule }: AllowedStep): Allowed {
  if (rule === undefined) throw new RangeError('no rule decided on a bind() or a listen()');
  return { outcomes, rule };
}

/**
 * Whether the prediction allows an answer. An answer is `ok`, or the call that failed and its errno, with `first` in
 * front of it if the first socket failed.
 */
export function agrees(answer: string, { first, bind, listen }: Prediction): boolean {
  const allowed = (what: Allowed | undefined, outcome: string) => what?.outcomes.includes(outcome as Outcome) === true;
  if (answer === 'ok') return allowed(bind, 'ok') && (listen === undefined || allowed(listen, 'ok'));
  const [call = '', errno = ''] = answer.split(' ').slice(-2);
  if (answer.startsWith('first ')) return call === 'bind' && allowed(first, errno);
  if (call === 'bind') return allowed(bind, errno);
  return call === 'listen' && allowed(bind, 'ok') && allowed(listen, errno);
}

/** The answer that the prediction gives as the likeliest, spelled as answers are. */
export function likeliest({ first, bind, listen }: Prediction): string {
  if (first) return `first bind ${first.outcomes[0]}`;
  if (bind && bind.outcomes[0] !== 'ok') return `bind ${bind.outcomes[0]}`;
  return listen && listen.outcomes[0] !== 'ok' ? `listen ${listen.outcomes[0]}` : 'ok';
}

/** The rule that decided on the likeliest answer. */
export function decidingRule({ first, bind, listen }: Prediction): RuleId | undefined {
  if (first) return first.rule;
  return bind?.outcomes[0] === 'ok' && listen && listen.outcomes[0] !== 'ok' ? listen.rule : bind?.rule;
}
