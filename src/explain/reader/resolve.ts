import type { Family } from '../../model/types.ts';
import type { Draft } from './draft.ts';
import type { WrittenName } from './name.ts';
import { Unreadable, type Token } from './unreadable.ts';

/** The family and the address that a name stands for. */
export interface Meaning {
  readonly family: Family;
  readonly address: string;
  readonly v6only: boolean | undefined;
}

interface Bound extends Meaning {
  /** Notes that are only useful where the text does not set v6only itself. */
  readonly notes: readonly string[];
  /** What the name stands for if another program printed it, or if its writer meant something else. */
  readonly otherwise?: Meaning & { readonly words: string };
}

const DUAL = { family: 'inet6', address: '::', v6only: false } as const;
const V6 = { family: 'inet6', address: '::', v6only: true } as const;
const V4 = { family: 'inet', address: '0.0.0.0', v6only: undefined } as const;
const OPEN = { family: 'inet6', address: '::', v6only: undefined } as const;

/**
 * The address and family that the name stands for. Where programs mean different things, the program that writes this
 * spelling decides.
 * @param notes gets what is to be said of the choice
 */
export function resolve(draft: Draft, name: WrittenName, token: Token, notes: string[]): Bound {
  const { suffix } = draft;
  const text = token.text;
  const quoted = `'${suffix === '' ? '' : `${draft.protocol ?? 'tcp'}${suffix} `}${text}'`;
  switch (name.host) {
    case 'localhost': {
      const four: Meaning = { family: 'inet', address: '127.0.0.1', v6only: undefined };
      const six: Meaning = { family: 'inet6', address: '::1', v6only: undefined };
      const [own, other] = suffix === '6' ? [six, four] : [four, six];
      const spelled = other === six ? '[::1]' : '127.0.0.1';
      notes.push(`localhost is taken for ${own.address}; write ${spelled} where it stands for that`);
      return { ...own, notes: [], ...(suffix === '' ? { otherwise: { ...other, words: spelled } } : {}) };
    }
    case 'star':
    case 'nothing':
      return wildcard(draft, name, quoted);
    case 'inet':
      if (suffix === '6' || suffix === '46') {
        notes.push(`${quoted} is an IPv4 address of an IPv6 socket: it is read as ::ffff:${name.address}`);
        return { family: 'inet6', address: `::ffff:${name.address}`, v6only: false, notes: [] };
      }
      return { family: 'inet', address: name.address, v6only: undefined, notes: [] };
    case 'inet6':
      if (suffix === '4') {
        throw new Unreadable(draft.whole, token, `${draft.protocol ?? 'tcp'}4 has IPv4 addresses only`);
      }
      if (name.bare && !name.dotted && name.address !== '::') {
        notes.push(`${quoted} is read as netstat prints it: [${name.address}]:${name.port}`);
      }
      return { family: 'inet6', address: name.address, ...v6onlyOf(draft, name, quoted) };
  }
}

/** Whether it is a line of the netstat of Linux, where `tcp` is IPv4 and `tcp6` any IPv6 socket. */
function isLinuxNetstat({ queues, peer, stateFirst, protocol }: Draft, { dotted }: WrittenName): boolean {
  return queues && peer && !stateFirst && !dotted && protocol !== undefined;
}

const OLD_SS = { ...V4, words: '0.0.0.0, as iproute2 printed it before 4.14' } as const;

function wildcard(draft: Draft, name: WrittenName, quoted: string): Bound {
  const { suffix, context } = draft;
  if (suffix === '4') return { ...V4, notes: [`${quoted} is IPv4 only: 0.0.0.0`] };
  if (isLinuxNetstat(draft, name)) {
    return suffix === '6'
      ? { ...OPEN, notes: [open(quoted)], otherwise: { ...V6, words: 'v6only=1' } }
      : { ...V4, notes: [`${quoted} is read as the netstat of Linux prints it: 0.0.0.0`] };
  }
  if (suffix === '6') {
    const notes = [`${quoted} is IPv6 only: :: with IPV6_V6ONLY=1`];
    return { ...V6, notes, ...(draft.peer ? {} : { otherwise: { ...DUAL, words: 'dual-stack (v6only=0)' } }) };
  }
  if (suffix === '46') return { ...DUAL, notes: [`${quoted} is dual-stack: :: with IPV6_V6ONLY=0`] };
  if (name.dotted) return { ...V4, notes: [`${quoted} is read as the netstat of the BSDs prints it: 0.0.0.0`] };
  if (name.host === 'nothing') {
    const notes = [
      `${quoted} is read as Go does: a dual-stack socket, :: with IPV6_V6ONLY=0, where the system has that`,
    ];
    return { ...DUAL, notes, otherwise: { ...V4, words: '0.0.0.0' } };
  }
  if (context.ss === 'old') {
    return {
      ...V4,
      notes: [`${quoted} is read as ss prints it before iproute2 4.14, like the lines around it: 0.0.0.0`],
    };
  }
  const notes = [`${quoted} is read as ss prints it: a dual-stack socket, :: with IPV6_V6ONLY=0`];
  if (context.ss === 'new') return { ...DUAL, notes };
  return { ...DUAL, notes, otherwise: draft.stateFirst ? OLD_SS : { ...V4, words: '0.0.0.0' } };
}

function open(quoted: string): string {
  return `${quoted} leaves IPV6_V6ONLY open: each system's default is taken; v6only=0 or v6only=1 settles it`;
}

/** Whether a socket on an IPv6 address in numbers is IPv6 only, if the spelling tells. */
function v6onlyOf(draft: Draft, name: WrittenName, quoted: string): Pick<Bound, 'v6only' | 'notes' | 'otherwise'> {
  if (name.address.startsWith('::ffff:') && name.address.includes('.')) return { v6only: false, notes: [] };
  if (name.address !== '::') return { v6only: undefined, notes: [] };
  if (draft.suffix === '46') return { v6only: false, notes: [`${quoted} is dual-stack: IPV6_V6ONLY=0`] };
  const isBare = name.bare && !name.dotted;
  if (draft.stateFirst && draft.peer) {
    if (isBare) {
      const notes = [`${quoted} is read as ss prints it before iproute2 4.13: any IPv6 wildcard. ${open(quoted)}`];
      return { v6only: undefined, notes, otherwise: { ...V6, words: 'v6only=1' } };
    }
    return {
      v6only: true,
      notes: [`${quoted} is read as ss prints it: IPV6_V6ONLY=1; a dual-stack socket would be *`],
    };
  }
  if (draft.suffix === '6' && !isBare && !isLinuxNetstat(draft, name)) {
    const notes = [`${quoted} is read as Go does: IPV6_V6ONLY=1; where only the family is meant, write v6only=0`];
    return { v6only: true, notes, ...(draft.peer ? {} : { otherwise: { ...DUAL, words: 'dual-stack (v6only=0)' } }) };
  }
  return { v6only: undefined, notes: [open(quoted)], otherwise: { ...V6, words: 'v6only=1' } };
}
