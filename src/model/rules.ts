import type { RuleId, SystemName } from './types.ts';

/** How a rule is known, the strongest evidence first. */
type Known = 'observed' | 'source-run' | 'source' | 'vendor' | 'test-suite' | 'reported';

/** The source of a rule: a document, a source file or a run, and the place in it. */
interface Source {
  readonly name: string;
  readonly where: string;
}

export interface RuleText {
  /** One or two plain sentences. */
  readonly prose: string;
  readonly source: Source;
  readonly known: Known;
  /** Set on a rule that no one has checked. It was recalled or inferred; read it as a hypothesis. */
  readonly unverified?: true;
  /** Whether the rule chooses for each sender, so that each of its outcomes occurs for some of many senders. */
  readonly spreads?: true;
}

export interface Rule extends RuleText {
  readonly id: RuleId;
  readonly system: SystemName;
}

/** A system's rules for people, and the rules' ids by name for its decisions. */
export interface RuleBook<Name extends string> {
  readonly rules: readonly Rule[];
  readonly id: Readonly<Record<Name, RuleId>>;
}

/** Turns a system's texts, keyed by the rules' names, into its rules and their ids. */
export function ruleBook<Name extends string>(
  system: SystemName,
  texts: Readonly<Record<Name, RuleText>>,
): RuleBook<Name> {
  const names = Object.keys(texts) as Name[];
  const rules = names.map((name): Rule => ({ id: `${system}/${name}`, system, ...texts[name] }));
  const id = Object.fromEntries(names.map((name): [Name, RuleId] => [name, `${system}/${name}`]));
  return { rules, id: id as Record<Name, RuleId> };
}
