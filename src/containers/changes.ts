import { asked, outcomeInWords, questionInWords } from './reading.ts';
import { nameInWords } from './ports.ts';
import { momentInWords, momentTitle } from './time.ts';
import type { ConfigurationRecord, ContainersRecord } from '../record/containers.ts';
import { holdersInWords } from './holders.ts';

/** A question whose outcome differs from that of the last time. */
export interface OutcomeChange {
  configuration: string;
  /** What was asked, in full. */
  what: string;
  /** The last part of `what`: who asked by which address, or the equivalent for other results. */
  who: string;
  was: string;
  is: string;
}

/** Changes of one configuration that have the same old outcome and the same new outcome. */
export interface ChangeGroup {
  configuration: string;
  was: string;
  is: string;
  who: string[];
  what: string[];
}

/** What two records of containers have in common, which of that differs, and what only one of them has. */
export interface OutcomeChanges {
  both: number;
  changes: OutcomeChange[];
  /** Questions of configurations that both have. */
  unasked: { appeared: number; gone: number };
}

/** The differences between two records of one engine, among what both of them have. */
export function changesBetween(before: ContainersRecord, now: ContainersRecord): OutcomeChanges {
  const found: OutcomeChanges = { both: 0, changes: [], unasked: { appeared: 0, gone: 0 } };
  for (const configuration of now.configurations) {
    const old = before.configurations.find(({ id }) => id === configuration.id);
    // A configuration that was skipped or failed has nothing to compare.
    if (!old || !ran(old) || !ran(configuration)) continue;
    const [was, is] = [told(old), told(configuration)];
    for (const [what, { who, came }] of is) {
      const then = was.get(what)?.came;
      if (then === undefined) found.unasked.appeared += 1;
      else found.both += 1;
      if (then === undefined || then === came) continue;
      found.changes.push({ configuration: configuration.id, what, who, was: then, is: came });
    }
    found.unasked.gone += [...was.keys()].filter((what) => !is.has(what)).length;
  }
  return found;
}

/** Groups changes of one configuration that have the same two outcomes, the largest group first. */
export function groupChanges(changes: readonly OutcomeChange[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>();
  for (const { configuration, what, who, was, is } of changes) {
    const key = JSON.stringify([configuration, was, is]);
    const group = groups.get(key) ?? { configuration, was, is, who: [], what: [] };
    groups.set(key, group);
    group.what.push(what);
    if (!group.who.includes(who)) group.who.push(who);
  }
  return [...groups.values()].toSorted((one, other) => other.what.length - one.what.length);
}

/** Whether a configuration was run to its end. */
export function ran({ skipped, error }: ConfigurationRecord): boolean {
  return skipped === undefined && error === undefined;
}

interface Told {
  who: string;
  came: string;
}

/** Everything that a configuration reports, by its subject. */
function told({ holders, conflicts, hostServer, hostServices = [], ...rest }: ConfigurationRecord): Map<string, Told> {
  const found = new Map<string, Told>();
  const tell = (about: string, who: string, came: string) => found.set(`${about}: ${who}`, { who, came });
  for (const one of asked({ holders, conflicts, hostServer, ...rest })) {
    found.set(questionInWords(one), { who: `${one.asker} by ${one.target}`, came: outcomeInWords(one.outcome) });
  }
  for (const { protocol, published, listeners } of holders) {
    tell(`${protocol} published on ${published}`, 'held by', holdersInWords(listeners));
  }
  for (const { protocol, published, bind, first, outcome, answers } of conflicts) {
    const came = [outcome, ...(answers === undefined ? [] : [answers])].join(', ');
    tell(`${protocol} published on ${published}, ${bind} on the host`, `${first} first`, came);
  }
  for (const { protocol, target, outcome } of hostServer) {
    tell(`${protocol} server of the host`, `attacker by ${target}`, outcome);
  }
  for (const { protocol, bind, target, outcome, seen } of hostServices) {
    tell(
      `${protocol} server of the host on ${bind}`,
      `a container by ${target}`,
      outcomeInWords({ outcome, ...(seen === undefined ? {} : { seen }) }),
    );
  }
  for (const { protocol, port, outcome } of rest.ports?.ordinary ?? []) {
    tell('an ordinary user in the container', `binds ${protocol} port ${port}`, outcome);
  }
  for (const { name, refusal, asked: all } of rest.ports?.cases ?? []) {
    tell(name, 'the engine', refusal === undefined ? 'publishes it' : 'refuses it');
    for (const { protocol, asker, target, port, ...came } of all) {
      tell(name, `${asker} by ${target} to ${protocol} port ${port}`, outcomeInWords(came));
    }
  }
  for (const one of rest.ports?.names ?? []) tell(`names, ${one.network} network`, one.name, nameInWords(one));
  for (const one of rest.time ?? []) tell(one.event, momentTitle(one), momentInWords(one));
  for (const { event, listeners, rules } of rest.stays ?? []) {
    tell(
      event,
      'what stays',
      `${listeners.after.join(', ') || 'no listener'}; ${rules.after} of ${rules.before} rules`,
    );
  }
  return found;
}
