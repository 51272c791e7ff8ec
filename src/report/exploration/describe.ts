import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import type { Mismatch, UnseenMismatch } from '../../record/explore.ts';
import type { Platform, TranscriptLine } from '../../record/record.ts';
import { whereWords } from '../failure.ts';
import { shellWord } from '../words.ts';
import { formatPlan, formatStep } from '../../plan/notation.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Played, Uids } from '../../plan/play.ts';
import { NoScript, type ScriptInput } from '../../plan/script.ts';
import { scriptInC } from '../../plan/script-c.ts';
import type { DeviceAddresses } from '../../plan/script-network.ts';
import { scriptInPython } from '../../plan/script-python.ts';
import type { Found, Shrunk } from '../../explore/shrink.ts';

/** Where a plan was played, as far as its description needs it. */
export interface Where {
  readonly platform: Platform;
  readonly lab: string;
  /** The interface that was named for the host lab, where one was. */
  readonly namedInterface?: string | undefined;
  readonly model: SystemName;
  readonly uids: Uids;
  /** The addresses of the machine's interfaces, for the scripts. */
  readonly devices?: DeviceAddresses;
}

/** A mismatch as the record keeps it and people read it: what was played, by which rule it is wrong, and how to see it again. */
export function describe(shrunk: Shrunk, found: Pick<Found, 'plan' | 'played'>, where: Where): Mismatch {
  const { plan, played, transcript, reproduced } = shrunk;
  const seen = reproduced ? undefined : found.played.at(-1);
  const last = seen ?? played.at(-1);
  const rule = models[where.model].rules.find(({ id }) => id === last?.prediction.rule);
  const { platform, model, uids, devices } = where;
  const script = {
    plan,
    played,
    uids,
    platform: `${platform.system} ${platform.release}`,
    model,
    ...(devices === undefined ? {} : { devices }),
  };
  return {
    protocol: plan.protocol,
    sequence: formatPlan(plan),
    from: formatPlan(found.plan),
    reproduced,
    steps: played.map(describeStep),
    ...(seen === undefined ? {} : { seen: describeStep(seen) }),
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
    rerun: rerun(plan, where),
    scripts: { c: unlessNone(scriptInC, script), python: unlessNone(scriptInPython, script) },
  };
}

/** A mismatch that did not come again alone, as the record keeps it. */
export function describeUnseen(
  { plan, first, seed, place, doubt, alone, shown, transcript }: Unconfirmed,
  where: Where,
): UnseenMismatch {
  return {
    protocol: plan.protocol,
    sequence: formatPlan(plan),
    seed,
    place,
    doubt,
    alone,
    shown,
    steps: first.played.map(describeStep),
    transcript: [...transcript],
    rerun: rerun(plan, where),
  };
}

/** A mismatch that did not come again: what was played among other sequences, and how often and with which calls alone. */
interface Unconfirmed extends Pick<UnseenMismatch, 'seed' | 'place' | 'doubt' | 'alone' | 'shown'> {
  readonly plan: Plan;
  readonly first: { readonly played: readonly Played[] };
  readonly transcript: readonly TranscriptLine[];
}

/** A script, or the reason why there is none. */
function unlessNone(make: (input: ScriptInput) => string, input: ScriptInput): string {
  try {
    return make(input);
  } catch (error) {
    if (error instanceof NoScript) return error.message;
    throw error;
  }
}

function describeStep({ step, prediction: { outcomes, rule }, outcome }: Played): Mismatch['steps'][number] {
  return {
    step: formatStep(step),
    allowed: [...outcomes],
    ...(rule === undefined ? {} : { rule }),
    observed: outcome,
  };
}

/** The command that plays just this plan again. */
function rerun(plan: Plan, { lab, namedInterface, model, platform }: Where): string {
  const words = ['npx', 'bindspec', 'explore', '--replay', formatPlan(plan)];
  words.push(...whereWords({ lab: { lab, ...(namedInterface === undefined ? {} : { namedInterface }) }, platform }));
  if (model !== platform.system) words.push('--model', model);
  return words.map(shellWord).join(' ');
}
