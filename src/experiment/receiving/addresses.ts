import type { AddressKind } from '../../lab/lab.ts';
import type { Family } from '../../protocol/messages.ts';
import { isOfNeighbour } from './needs.ts';
import type { SceneAddress, SceneSender } from './scene.ts';

/** The addresses of a lab, or those that stand for them in a question to a model. */
export type AddressBook = (family: Family, kind: AddressKind) => string;

/** An address of a scene in numeric form. */
export function numericAddress(book: AddressBook, family: Family, at: SceneAddress): string {
  if (typeof at === 'string') return book(family, at);
  return 'mapped' in at ? `::ffff:${book('inet', at.mapped)}` : at.address;
}

/** The address of a sender as a socket of this family has to write it: v4-mapped for an AF_INET6 socket and an IPv4 sender. */
export function reachedFrom(book: AddressBook, family: Family, sender: SceneSender): string {
  return asFamily(family, sender, book(sender.family, sender.at));
}

/** The local address that connect() to a sender gives to a socket on a wildcard. */
export function localTowards(book: AddressBook, family: Family, sender: SceneSender): string {
  return asFamily(family, sender, book(sender.family, isOfNeighbour(sender.at) ? 'external' : sender.at));
}

function asFamily(family: Family, sender: SceneSender, address: string): string {
  return family === 'inet6' && sender.family === 'inet' ? `::ffff:${address}` : address;
}
