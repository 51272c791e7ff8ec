import type { Standing } from './checks.ts';
import { decide } from './decide.ts';
import type { Outcome, Prediction, RuleId } from './types.ts';
import type { Socket } from './world.ts';

/** What differs between macOS and the BSDs when bind() judges an address. */
interface AddressWays {
  /** The ids of the system's rules. A system without `bindany` has no option to bind to an address of no interface. */
  readonly id: Readonly<Record<'broadcast' | 'scope' | 'unready' | 'not-local', RuleId>> & {
    readonly bindany?: RuleId;
  };
  /** The error for a scope that no interface has. */
  readonly noSuchScope: Outcome;
}

/**
 * What bind() says of a kind of address on macOS and the BSDs; undefined where the address is an ordinary one of the
 * machine. Each system's rules have the source. A system on which one kind is judged in another way looks at it first.
 */
export function judgeStanding(place: Standing, next: Socket, { id, noSuchScope }: AddressWays): Prediction | undefined {
  switch (place) {
    case 'any':
    case 'group':
    case 'own':
      return undefined;
    case 'broadcast':
      return decide('ok', id.broadcast);
    case 'no-such-scope':
      return decide(noSuchScope, id.scope);
    case 'no-scope':
    case 'wrong-scope':
      return unlessAny(next, id.scope, id.bindany);
    case 'anycast':
    case 'unready':
      return unlessAny(next, id.unready, id.bindany);
    case 'limited-broadcast':
    case 'foreign':
      return unlessAny(next, id['not-local'], id.bindany);
  }
}

/**
 * An address that no interface has: it is refused by a rule, unless the socket has the option to be bound to any address.
 * `bindany` is the rule of that option, on a system that has it.
 */
export function unlessAny(next: Socket, rule: RuleId, bindany: RuleId | undefined): Prediction {
  return next.anyAddress && bindany !== undefined ? decide('ok', bindany) : decide('EADDRNOTAVAIL', rule);
}
