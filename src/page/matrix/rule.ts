import { modelNamed } from '../../model/index.ts';
import type { Rule } from '../../model/rules.ts';
import { howKnown } from '../../report/words.ts';
import { h } from '../h.ts';

/** A rule of any model by its id, for example `linux/udp-conflict`. */
export function ruleNamed(id: string): Rule | undefined {
  const system = id.split('/')[0] ?? '';
  return modelNamed(system)?.rules.find((rule) => rule.id === id);
}

/** A rule by which a model says who receives, by its id. */
export function receiveRuleNamed(id: string): Rule | undefined {
  const system = id.split('/')[0] ?? '';
  return modelNamed(system)?.receiveRules.find((rule) => rule.id === id);
}

/** What a rule says, where it comes from, and how it is known. */
export function ruleInWords({ prose, source, known, unverified }: Rule): HTMLElement[] {
  const how = unverified === true ? 'not verified' : howKnown(known);
  return [
    h('p', {}, prose, unverified === true && ' No one has verified this rule yet.'),
    h('p', { class: 'quiet' }, `${source.name}: ${source.where} (${how})`),
  ];
}
