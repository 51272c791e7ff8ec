import type { Model } from '../../model/index.ts';
import type { Setting } from '../../model/types.ts';
import type { Follower } from '../../plan/follow.ts';
import type { SocketStep } from '../../plan/plan.ts';
import { agrees, emptyPort, likeliest, allowedOf, type Allowed, type Prediction } from '../prediction.ts';
import type { Spec } from '../sockets.ts';
import type { TriplePlace, TripleCorner } from './axes.ts';
import { tripleSteps } from './steps.ts';

/** A model's prediction for the first two sockets of a triple: which call on which of them fails, if one does. */
export interface PrefixPrediction {
  /** The socket that the model refuses, as the likeliest outcome; undefined where both can be made. */
  readonly refused?: TriplePlace;
  readonly first: Prediction;
  readonly second: Prediction;
}

/** A model that knows the first two sockets of a triple. */
interface Prefix {
  readonly prediction: PrefixPrediction;
  /** What the model says about a third socket. Equal predictions are the same object. */
  readonly third: (spec: Spec) => Prediction;
}

/** A predictor of the triples of one corner. `owner` is the uid of the owner that most of the sockets have. */
export function triplePredictor(model: Model, setting: Setting, corner: TripleCorner, owner: number) {
  const empty = emptyPort(model, setting, corner.protocol, owner);
  const steps = stepsOfPlaces(corner);
  const firsts = new Map<Spec, Tried>();
  const distinct = new Distinct();
  return (first: Spec, second: Spec): Prefix => {
    let one = firsts.get(first);
    if (one === undefined) {
      one = tryOn(empty, steps('first', first));
      firsts.set(first, one);
    }
    const two = tryOn(one.after, steps('second', second));
    const refused = one.refused ? 'first' : two.refused ? 'second' : undefined;
    const parts = { first: one.prediction, second: two.prediction };
    return {
      prediction: refused === undefined ? parts : { ...parts, refused },
      third: (spec) => distinct.prediction(tryOn(two.after, steps('third', spec), false)),
    };
  };
}

/** The steps of a socket at a place, made once for each. */
function stepsOfPlaces(corner: TripleCorner): (place: TriplePlace, spec: Spec) => readonly SocketStep[] {
  const known = { first: new Map(), second: new Map(), third: new Map() } satisfies Record<
    TriplePlace,
    Map<Spec, unknown>
  >;
  return (place, spec) => {
    const all: Map<Spec, readonly SocketStep[]> = known[place];
    const there = all.get(spec);
    if (there !== undefined) return there;
    const made = tripleSteps(spec, place, corner);
    all.set(spec, made);
    return made;
  };
}

interface Tried {
  readonly prediction: Prediction;
  readonly refused: boolean;
  readonly after: Follower;
}

/** Makes a socket in the model: bind(), and listen() if there is one and bind() may succeed. Both are taken to succeed. */
function tryOn(port: Follower, [bind, listen]: readonly SocketStep[], goesOn = true): Tried {
  if (bind === undefined) throw new RangeError('the socket is not bound');
  const bound = port.step(bind, listen === undefined && !goesOn ? undefined : 'ok');
  const allowed = allowedOf(bound.allowed);
  if (listen === undefined || !allowed.outcomes.includes('ok')) {
    return { prediction: { bind: allowed }, refused: allowed.outcomes[0] !== 'ok', after: bound.after };
  }
  const listened = bound.after.step(listen, goesOn ? 'ok' : undefined);
  const second = allowedOf(listened.allowed);
  return {
    prediction: { bind: allowed, listen: second },
    refused: allowed.outcomes[0] !== 'ok' || second.outcomes[0] !== 'ok',
    after: listened.after,
  };
}

/** Makes equal predictions one object: millions of them are only some dozens. */
class Distinct {
  readonly #known = new Map<string, Prediction>();

  prediction({ prediction }: Tried): Prediction {
    const key = `${keyOf(prediction.bind)}|${keyOf(prediction.listen)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, prediction);
    return prediction;
  }
}

function keyOf(allowed: Allowed | undefined): string {
  return allowed === undefined ? '' : `${allowed.rule} ${allowed.outcomes.join()}`;
}

/**
 * Whether the model allows what happened to the first two sockets: `ok`, or the first call that failed and its errno after
 * the place of its socket.
 */
export function allowsPrefix({ first, second }: PrefixPrediction, answer: string): boolean {
  if (answer === 'ok') return agrees('ok', first) && agrees('ok', second);
  const [place, ...call] = answer.split(' ');
  if (place === 'first') return agrees(call.join(' '), first);
  return place === 'second' && agrees('ok', first) && agrees(call.join(' '), second);
}

/** The answer about the first two sockets that the model gives as the likeliest, spelled as answers are. */
export function likeliestPrefix({ refused, first, second }: PrefixPrediction): string {
  return refused === undefined ? 'ok' : `${refused} ${likeliest(refused === 'first' ? first : second)}`;
}
