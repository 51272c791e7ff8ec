import {
  firewallAnswers,
  firewallReference,
  type FirewallAnswer,
  type FirewallState,
} from '../../containers/firewall.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import { code, table, text } from '../markup.ts';

/**
 * What the firewall of the host does about each question, in each state, in Markdown; with the rule by which a published port passes
 * by it, and the states that could not be brought about.
 * @param all the configurations of the same engine
 */
export function firewallLines(
  configuration: ConfigurationRecord,
  all: readonly ConfigurationRecord[],
  engine: string,
): string[] {
  const { firewall } = configuration;
  if (firewall === undefined) return [];
  const answers = firewallAnswers(configuration, all);
  const states = firewall.states.map(({ state }) => state as FirewallState).filter((state) => state !== 'no firewall');
  const rows = answers.map((one) => [text(nameOf(one)), ...states.map((state) => text(one.verdicts[state] ?? ''))]);
  const rules = [...new Set(firewall.states.flatMap(({ rules: own }) => Object.values(own)))];
  const references = answers.flatMap(({ verdicts }) =>
    states.flatMap((state) => firewallReference(engine, verdicts[state]) ?? []),
  );
  return [
    `The host's firewall is ${firewall.name}; what comes in is denied, except for ssh and one port.`,
    '',
    table(['who asks for what', ...states], rows),
    '',
    ...Object.entries(firewall.leftOut).map(([state, why]) => `Not tried: ${text(`${state}, because ${why}`)}.\n`),
    ...(rules.length === 0
      ? ['No rule translates the published port: a program on the host forwards it.', '']
      : [
          'The rules that translate a port published on every address, before the firewall sees it:',
          '',
          ...rules.map((rule) => `- ${code(rule)}`),
          '',
        ]),
    ...(references.length === 0 ? [] : [`Known from: ${text([...new Set(references)].join('; '))}.`, '']),
  ];
}

function nameOf({ subject, protocol, asker, target }: FirewallAnswer): string {
  return `${asker} by ${target}: ${subject}, ${protocol}`;
}
