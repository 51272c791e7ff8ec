import type { ComparedPlatform, Comparison } from '../record/comparison.ts';
import type { ContainersRecord } from '../record/containers.ts';
import { badgeOf, badgeSvg, type Badge } from './badge.ts';
import { counted } from '../text/counted.ts';
import { countsInWords } from './summary.ts';

/** The badges of some platforms and engines as files: an image and the data of it for each. */
export function badgeFiles(
  { platforms }: Pick<Comparison, 'platforms'>,
  engines: readonly ContainersRecord[],
): { name: string; content: string }[] {
  const badges = [...platforms.map(platformBadge), ...engines.map(engineBadge)];
  // A folder is searched for records by these names.
  const taken = new Set(['record', 'matrix', 'containers']);
  return badges.flatMap((badge) => {
    const name = freeName(badge.label, taken);
    return [
      { name: `${name}.svg`, content: badgeSvg(badge) },
      { name: `${name}.json`, content: `${JSON.stringify(badge)}\n` },
    ];
  });
}

/** What became of a platform's run, or of its matrix where there was no run; what went wrong before what went well. */
function platformBadge({ name, run, matrix }: ComparedPlatform): Badge {
  const { pass = 0, differs = 0, known = 0, fail = 0, stale = 0, error = 0, unjudged = 0 } = run?.counts ?? {};
  const wrong = [
    ...(fail + stale + error > 0 ? [countsInWords({ fail, stale, error })] : []),
    ...((matrix?.counts.mismatches ?? 0) > 0
      ? [counted(matrix?.counts.mismatches ?? 0, 'mismatch', 'mismatches')]
      : []),
  ];
  if (wrong.length > 0) return badgeOf(name, wrong.join(', '), 'red');
  if (!run)
    return matrix ? badgeOf(name, `${counted(matrix.counts.agree, 'pair')} as modelled`, 'brightgreen') : nothing(name);
  // A documented difference held, as a pass did.
  const good = countsInWords({ pass: pass + differs, known, unjudged });
  if (good === '') return nothing(name);
  if (!run.complete) return badgeOf(name, `${good}, incomplete`, 'yellow');
  return badgeOf(name, good, pass + differs === 0 ? 'lightgrey' : known > 0 ? 'yellow' : 'brightgreen');
}

/** What an engine exposes of what should be private. */
function engineBadge({ engine, security }: ContainersRecord): Badge {
  const exposed = security.filter(({ verdict }) => verdict === 'exposed');
  const contained = security.length - exposed.length;
  if (security.length === 0) return nothing(engine.id);
  if (exposed.length === 0) return badgeOf(engine.id, `${contained} contained`, 'brightgreen');
  const unknown = exposed.some(({ known }) => known === undefined);
  return badgeOf(engine.id, `${contained} contained, ${exposed.length} exposed`, unknown ? 'red' : 'yellow');
}

function nothing(name: string): Badge {
  return badgeOf(name, 'nothing was run', 'lightgrey');
}

/** A name of a file for a label, which nothing in the label can make a path, and that no other has in any case of letters. */
function freeName(label: string, taken: Set<string>): string {
  const plain = label.replaceAll(/[^\w.+~-]+/g, '-').replaceAll(/^[^A-Za-z\d]+|-+$/g, '') || 'platform';
  let name = plain;
  for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${plain}-${count}`;
  taken.add(name.toLowerCase());
  return name;
}
