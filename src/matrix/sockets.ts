import type { AddressKind, LabFacts } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';

/** Option letters: A for SO_REUSEADDR, P for SO_REUSEPORT, E for SO_EXCLUSIVEADDRUSE, `-` for none. */
export type Letters = '-' | 'A' | 'P' | 'AP' | 'E';

/** A name that a socket can be bound to in a lab. */
export interface LabName {
  /** The spelling for people and for the command line: for example `0.0.0.0`, `:: dual` or `::ffff:127.0.0.1`. */
  readonly text: string;
  readonly family: Family;
  readonly address: string;
  /** IPV6_V6ONLY; the system's default where it makes no difference. */
  readonly v6only?: boolean;
  /** The local address once it is connected or accepted. */
  readonly connected: string;
  /** Set for the dual-stack wildcard connected over IPv4: it is useful only as a first socket that has a connection. */
  readonly connectedOnly?: true;
}

/** A socket of a pair: its name and its options. */
export interface Spec {
  readonly name: LabName;
  readonly letters: Letters;
}

/** A name that the lab does not have, because it lacks the address. */
export interface AbsentName {
  readonly text: string;
  readonly family: Family;
  readonly kind: AddressKind;
  readonly connectedOnly?: true;
  /** The command line that makes the name available. */
  readonly enable: string;
}

/** The facts that names are made from. */
type Addresses = Pick<LabFacts, 'addresses'> & Partial<Pick<LabFacts, 'missing' | 'elsewhere'>>;

/** A line that enables something in a run, changed for the matrix. */
export function forMatrix(enable: string): string {
  return enable.replace('bindspec run', 'bindspec matrix');
}

interface Form {
  readonly family: Family;
  readonly kind: AddressKind;
  readonly as?: 'v6only' | 'dual' | 'dual over4' | 'mapped';
}

const FORMS: readonly Form[] = [
  { family: 'inet', kind: 'wildcard' },
  { family: 'inet', kind: 'loopback' },
  { family: 'inet', kind: 'second-loopback' },
  { family: 'inet', kind: 'external' },
  { family: 'inet', kind: 'second-external' },
  { family: 'inet6', kind: 'wildcard', as: 'v6only' },
  { family: 'inet6', kind: 'wildcard', as: 'dual' },
  { family: 'inet6', kind: 'wildcard', as: 'dual over4' },
  { family: 'inet6', kind: 'loopback' },
  { family: 'inet6', kind: 'external' },
  { family: 'inet6', kind: 'second-external' },
  { family: 'inet', kind: 'wildcard', as: 'mapped' },
  { family: 'inet', kind: 'loopback', as: 'mapped' },
  { family: 'inet', kind: 'external', as: 'mapped' },
];

/**
 * The names that a lab has for the matrix, and the names that it lacks. On a system without dual-stack sockets there is
 * no dual-stack name, and IPV6_V6ONLY is not set for a v4-mapped name.
 */
export function namesOf(
  { addresses, missing = {}, elsewhere = '' }: Addresses,
  dualStack = true,
): { names: LabName[]; absent: AbsentName[] } {
  const names: LabName[] = [];
  const absent: AbsentName[] = [];
  for (const { family, kind, as } of FORMS) {
    if (!dualStack && (as === 'dual' || as === 'dual over4')) continue;
    const address = addresses[family][kind];
    const enable = forMatrix(missing[`${family} ${kind}`]?.enable ?? elsewhere);
    const only = as === 'dual over4' ? ({ connectedOnly: true } as const) : {};
    if (address === undefined) {
      const where = `${family === 'inet' ? 'IPv4' : 'IPv6'} ${kind}`;
      absent.push({ text: as === undefined ? where : `${where} ${as}`, family, kind, enable, ...only });
    } else if (as === 'mapped' && addresses.inet6.wildcard === undefined) {
      absent.push({ text: `::ffff:${address}`, family: 'inet6', kind: 'wildcard', enable: forMatrix(elsewhere) });
    } else {
      const { v6only, ...name } = nameOf(address, as);
      const settable = v6only !== undefined && (dualStack || v6only);
      names.push({ ...name, ...(settable ? { v6only } : {}), ...only });
    }
  }
  return { names, absent };
}

function nameOf(address: string, as: Form['as']): LabName {
  if (as === 'mapped') {
    const text = `::ffff:${address}`;
    const connected = `::ffff:${address === '0.0.0.0' ? '127.0.0.1' : address}`;
    return { text, family: 'inet6', address: text, v6only: false, connected };
  }
  if (as === undefined) {
    const family = address.includes(':') ? 'inet6' : 'inet';
    return { text: address, family, address, connected: address === '0.0.0.0' ? '127.0.0.1' : address };
  }
  const connected = as === 'dual over4' ? '::ffff:127.0.0.1' : '::1';
  return { text: `${address} ${as}`, family: 'inet6', address, v6only: as === 'v6only', connected };
}

/** The option sets of a system. */
export function lettersOf(system: string): readonly Letters[] {
  return system === 'windows' || system === 'wine' ? ['-', 'A', 'E'] : ['-', 'A', 'P', 'AP'];
}

/** A socket as people and the command line spell it, for example `0.0.0.0 A`. */
export function spellSpec({ name, letters }: Spec): string {
  return `${name.text} ${letters}`;
}
