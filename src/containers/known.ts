import { CONFIGURATIONS } from './configurations.ts';
import { idMatcher } from '../experiment/selection.ts';
import type { PromiseRecord, SecurityRecord } from '../record/containers.ts';
import { unknown } from '../text/unknown.ts';
import { BadKnownList, knownLines, type KnownLine } from '../verdict/known.ts';
import { isBroken, promiseIds } from './promises.ts';
import { securityIds } from './security.ts';

/** A line of a list of known deviations, with its subject. */
export interface KnownVerdict extends KnownLine {
  matches: (id: string) => boolean;
}

/**
 * Reads a list of known deviations of container engines. Its lines are as `parseKnownList` reads them: the selectors
 * select ids of security verdicts and promises, and the platforms are ids of engines.
 * @throws BadKnownList for a line without a reason, or one whose selector can match nothing.
 */
export function parseKnownVerdicts(content: string, file: string, engine: string): KnownVerdict[] {
  const possible = CONFIGURATIONS.flatMap(({ id }) => [...securityIds(id), ...promiseIds(id)]);
  return knownLines(content, file, engine).flatMap((line) => {
    const matches = idMatcher(line.pattern);
    if (!possible.some(matches)) {
      const otherwise = 'the ids of what deviates are in containers.json; correct it or remove the line';
      throw new BadKnownList(
        `${file}:${line.line}: ${unknown('verdict of containers', line.pattern, possible, otherwise)}`,
      );
    }
    return line.here ? [{ ...line, matches }] : [];
  });
}

interface Verdicts {
  security: SecurityRecord[];
  promises: PromiseRecord[];
}

/** Whether something is exposed or broken for which no reason is known. */
export function deviates({ security, promises }: Verdicts): boolean {
  return (
    security.some(({ verdict, known }) => verdict === 'exposed' && known === undefined) ||
    promises.some((one) => isBroken(one) && one.deviation === undefined)
  );
}

/** The verdicts, with the known reasons for those that deviate, and the lines about those that no longer deviate. */
export function withKnown(verdicts: Verdicts, known: readonly KnownVerdict[]): Verdicts & { stale: KnownVerdict[] } {
  const reasonOf = (id: string) => known.find(({ matches }) => matches(id))?.reason;
  const security = verdicts.security.map((one) => {
    const reason = one.verdict === 'exposed' ? reasonOf(one.id) : undefined;
    return reason === undefined ? one : { ...one, known: reason };
  });
  const promises = verdicts.promises.map((one) => {
    const reason = isBroken(one) ? reasonOf(one.id) : undefined;
    return reason === undefined ? one : { ...one, deviation: reason };
  });
  const deviating = [...security.filter(({ verdict }) => verdict === 'exposed'), ...promises.filter(isBroken)].map(
    ({ id }) => id,
  );
  const looked = [...security, ...promises].map(({ id }) => id);
  const stale = known.filter(({ matches }) => looked.some(matches) && !deviating.some(matches));
  return { security, promises, stale };
}
