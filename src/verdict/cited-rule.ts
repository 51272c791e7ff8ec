import { SOURCES, type SourceId } from '../documents/sources.ts';
import type { Citation } from '../experiment/experiment.ts';
import type { Rule } from '../model/rules.ts';

/** The sources of rules about receivers, by the beginning of the names that the rules have for them. */
const BY_BEGINNING: readonly (readonly [beginning: string, source: SourceId])[] = [
  ['XNU 11417', 'xnu'],
  ['FreeBSD', 'freebsd'],
  ['OpenBSD', 'openbsd'],
  ['NetBSD', 'netbsd-10'],
  ['gVisor', 'gvisor'],
  ['Wine 11.10', 'wine-tests'],
];

/**
 * A rule's source as suites cite it. A rule about receivers may name a file of a source instead of the source.
 * @throws RangeError for a document that is not among the sources
 */
export function citedRule({ system, source: { name, where } }: Rule): Citation {
  const whole = (Object.keys(SOURCES) as SourceId[]).find((id) => SOURCES[id].title === name);
  if (whole !== undefined) return { source: whole, where };
  // What is expected on Linux is written by hand, with its own sources; its rules are cited only for Wine.
  if (system === 'linux') return { source: 'linux-net', where: `${name.replace(/^Linux [\d.]+, /, '')}, ${where}` };
  const [, source] = BY_BEGINNING.find(([beginning]) => name.startsWith(beginning)) ?? [];
  if (source === undefined) throw new RangeError(`nothing is cited as '${name}'`);
  return { source, where: `${name.replace(/^[^,]*, /, '')}, ${where}` };
}
