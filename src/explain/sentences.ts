import { models } from '../model/index.ts';
import type { Outcome } from '../model/types.ts';
import type { Answer } from './answer.ts';

/** What one system does with the last socket and why, in a sentence or two. */
export function sentenceOf(answer: Answer): string {
  const { title, rule, works, call, outcomes, holder } = answer;
  const doubt = rule.unverified === true ? ' No one has verified this rule yet.' : '';
  if (works === 'yes') {
    const beside = holder === undefined ? '' : ` beside socket ${holder + 1}`;
    const calls = answer.listen === undefined ? 'bind' : 'bind and listen';
    if (answer.despite) return `${title} lets it ${calls}, although the names overlap. ${principleOf(answer)}${doubt}`;
    return `${title} lets it ${calls}${beside}. ${rule.prose}${doubt}`;
  }
  const because = holder === undefined ? '' : ` because of socket ${holder + 1}`;
  const where = call === 'listen' ? 'at listen(), although bind() succeeds,' : 'at bind()';
  const verb = works === 'no' ? 'refuses it with' : 'answers it with';
  return `${title} ${verb} ${eitherOf(outcomes)} ${where}${because}. ${rule.prose}${doubt}`.replaceAll(',.', '.');
}

/** The first sentence of a system's summary: it says what decides there, if overlap does not. */
function principleOf({ system }: Answer): string {
  return /^.*?\.(?= |$)/.exec(models[system].summary)?.[0] ?? models[system].summary;
}

/** Several outcomes, joined by "or". */
export function eitherOf(outcomes: readonly Outcome[]): string {
  return outcomes.join(' or ');
}

/** Words as a list in a sentence. */
export function list(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
