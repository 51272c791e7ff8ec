import type { Corner } from '../../matrix/selection.ts';
import type { Spec } from '../../matrix/sockets.ts';
import type { MatrixRecord } from '../../record/matrix.ts';

/** A lab as a record has it. */
export type RecordedLab = MatrixRecord['lab'];

/**
 * What a socket is, whatever addresses its lab has: two sockets of two labs are alike if their keys are the same, such as
 * those on the external address of each.
 */
export function socketKey({ name, letters }: Spec, { addresses }: RecordedLab): string {
  const { family, address, v6only, connectedOnly } = name;
  const mapped = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : null;
  const own = Object.entries(addresses[mapped === null ? family : 'inet']);
  const kind = own.find(([, known]) => known === (mapped ?? address))?.[0] ?? address;
  const flags = [
    mapped === null ? '' : 'mapped',
    v6only === undefined ? '' : `v6only=${v6only}`,
    connectedOnly ? 'over4' : '',
  ];
  return [family, kind, ...flags, letters].join(' ');
}

/** What a corner is, whatever the names of its lab's interfaces. */
export function cornerKey({ protocol, state, uid, devices }: Corner, { externalInterface }: RecordedLab): string {
  const tied = devices.split('/').map((device) => (device === externalInterface ? 'external' : device));
  return [protocol, state, uid, ...tied].join(' ');
}
