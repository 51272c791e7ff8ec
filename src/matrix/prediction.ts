import type { Model } from '../model/index.ts';
import type { NextSocket, Options, Outcome, PresentSocket, RuleId, Setting } from '../model/types.ts';
import { devicePair } from './axes.ts';
import type { Corner } from './selection.ts';
import type { Letters, Spec } from './sockets.ts';

/** The port that stands for any unprivileged one. */
const PORT = 20_000;
const OTHER_UID = 65_534;

/** What a call is allowed to return, and the rule that says so. */
export interface Allowed {
  readonly outcomes: readonly Outcome[];
  readonly rule: RuleId;
}

/**
 * What a model says of a pair: either of the first socket alone, when it can't even be bound, or of bind() and, for
 * TCP, listen() of the second.
 */
export interface Prediction {
  readonly first?: Allowed;
  readonly bind?: Allowed;
  readonly listen?: Allowed;
}

const OPTIONS: Readonly<Record<Letters, Options>> = {
  '-': {},
  A: { reuseaddr: true },
  P: { reuseport: true },
  AP: { reuseaddr: true, reuseport: true },
  E: { exclusive: true },
};

/** A predictor of the pairs of one corner. `owner` is the uid of the first socket's owner. */
export function predictor(model: Model, setting: Setting, corner: Corner, owner: number) {
  const [firstDevice, secondDevice] = devicePair(corner.devices);
  const other = owner === OTHER_UID ? OTHER_UID - 1 : OTHER_UID;
  const { protocol, state } = corner;
  const alone = new Map<Spec, Allowed | undefined>();
  return (first: Spec, second: Spec): Prediction => {
    const holder: PresentSocket = {
      ...socketOf(first, corner, owner, firstDevice),
      state,
      local: state === 'bound' || state === 'listening' ? first.name.address : first.name.connected,
    };
    if (!alone.has(first)) alone.set(first, refusalOf(model, setting, socketOf(first, corner, owner, firstDevice)));
    const refused = alone.get(first);
    if (refused) return { first: refused };
    const next = socketOf(second, corner, corner.uid === 'same' ? owner : other, secondDevice);
    const { bind, listen } = model.predict([holder], next, setting);
    return {
      bind: plain(bind),
      ...(protocol === 'tcp' && listen !== undefined ? { listen: plain(listen) } : {}),
    };
  };
}

function plain({ outcomes, rule }: Allowed): Allowed {
  return { outcomes, rule };
}

function refusalOf(model: Model, setting: Setting, socket: NextSocket): Allowed | undefined {
  const { bind } = model.predict([], socket, setting);
  return bind.outcomes[0] === 'ok' ? undefined : plain(bind);
}

function socketOf({ name, letters }: Spec, { protocol }: Corner, uid: number, device: string | undefined): NextSocket {
  const { family, address, v6only } = name;
  return {
    protocol,
    family,
    address,
    port: PORT,
    uid,
    options: OPTIONS[letters],
    ...(v6only === undefined ? {} : { v6only }),
    ...(device === undefined ? {} : { device }),
  };
}

/**
 * Whether an answer is one that the prediction allows. An answer is `ok`, or the call that failed and its errno, with
 * `first` in front of it for one of the first socket.
 */
export function agrees(answer: string, { first, bind, listen }: Prediction): boolean {
  const allowed = (what: Allowed | undefined, outcome: string) => what?.outcomes.includes(outcome as Outcome) === true;
  if (answer === 'ok') return allowed(bind, 'ok') && (listen === undefined || allowed(listen, 'ok'));
  const [call = '', errno = ''] = answer.split(' ').slice(-2);
  if (answer.startsWith('first ')) return call === 'bind' && allowed(first, errno);
  if (call === 'bind') return allowed(bind, errno);
  return call === 'listen' && allowed(bind, 'ok') && allowed(listen, errno);
}

/** The answer that a prediction holds to be the likeliest, spelled as answers are. */
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
