import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import type { Mismatch } from '../../record/explore.ts';
import type { Platform } from '../../record/record.ts';
import { whereWords } from '../failure.ts';
import { shellWord } from '../words.ts';
import { formatSequence, formatStep } from '../../explore/notation.ts';
import type { Played, Uids } from '../../explore/play.ts';
import { scriptInC } from '../../explore/script-c.ts';
import { scriptInPython } from '../../explore/script-python.ts';
import type { Sequence } from '../../explore/sequence.ts';
import type { Shrunk } from '../../explore/shrink.ts';

/** Where a sequence was played, as far as its description needs it. */
export interface Where {
  readonly platform: Platform;
  readonly lab: string;
  /** The interface that was named for the host lab, where one was. */
  readonly namedInterface?: string | undefined;
  readonly model: SystemName;
  readonly uids: Uids;
}

/** A mismatch as the record keeps it and people read it: what was played, by which rule it is wrong, and how to see it again. */
export function describe(shrunk: Shrunk, from: Sequence, where: Where): Mismatch {
  const { sequence, played, transcript, reproduced } = shrunk;
  const last = played.at(-1);
  const rule = models[where.model].rules.find(({ id }) => id === last?.prediction.rule);
  const { platform, model, uids } = where;
  const script = { sequence, played, uids, platform: `${platform.system} ${platform.release}`, model };
  return {
    protocol: sequence.protocol,
    sequence: formatSequence(sequence),
    from: formatSequence(from),
    reproduced,
    steps: played.map(describeStep),
    ...(rule === undefined
      ? {}
      : {
          rule: {
            id: rule.id,
            prose: rule.prose,
            source: rule.source.name,
            where: rule.source.where,
            known: rule.unverified === true ? `${rule.known}, not verified` : rule.known,
          },
        }),
    transcript: [...transcript],
    rerun: rerun(sequence, where),
    scripts: { c: scriptInC(script), python: scriptInPython(script) },
  };
}

function describeStep({ step, prediction: { outcomes, rule }, outcome }: Played): Mismatch['steps'][number] {
  return {
    step: formatStep(step),
    allowed: [...outcomes],
    ...(rule === undefined ? {} : { rule }),
    observed: outcome,
  };
}

/** The command that plays just this sequence again. */
function rerun(sequence: Sequence, { lab, namedInterface, model, platform }: Where): string {
  const words = ['npx', 'bindspec', 'explore', '--replay', formatSequence(sequence)];
  words.push(...whereWords({ lab: { lab, ...(namedInterface === undefined ? {} : { namedInterface }) }, platform }));
  if (model !== platform.system) words.push('--model', model);
  return words.map(shellWord).join(' ');
}
