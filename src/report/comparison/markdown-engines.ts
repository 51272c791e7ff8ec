import type { ComparedEngine } from '../../record/comparison.ts';
import { code, table, text } from '../markup.ts';
import { sharedExposures } from './findings.ts';

/** What container engines expose, and in which of their configurations. */
export function engineSection(engines: readonly ComparedEngine[]): string[] {
  if (engines.length === 0) return [];
  const names = engines.map(({ name }) => code(name));
  const findings = sharedExposures(engines).map(({ says, on }) => [
    text(says),
    ...engines.map(({ name }) => {
      const found = on.get(name);
      if (found === undefined) return 'contained';
      const references = [...new Set(found.flatMap(({ reference }) => reference ?? []))].map(text);
      return [`**exposed** in ${found.map(({ configuration }) => code(configuration)).join(', ')}`, ...references].join(
        '<br>',
      );
    }),
  ]);
  const configurations = [...new Set(engines.flatMap((engine) => engine.configurations.map(({ id }) => id)))];
  const counts = configurations.map((id) => [code(id), ...engines.map((engine) => countsOf(engine, id))]);
  const broken = engines.flatMap(({ name, broken: list }) =>
    list.map(({ configuration, says, source, broken: where }) => [
      code(name),
      code(configuration),
      text(says),
      text(source),
      String(where.length),
    ]),
  );
  return [
    findings.length === 0
      ? 'Nothing is reached that should not be: every way in that was tried is contained.'
      : table(['Servers that can be reached but should not be', ...names], findings),
    'The ways in that were tried, by configuration.',
    table(['Configuration', ...names], counts),
    ...(broken.length === 0
      ? []
      : [
          'Broken promises of the documents.',
          table(['Engine', 'Configuration', 'Promise', 'Source', 'Broken'], broken),
        ]),
  ];
}

function countsOf({ configurations }: ComparedEngine, id: string): string {
  const found = configurations.find((one) => one.id === id);
  if (found === undefined) return 'not run';
  const { exposed, contained, skipped, error } = found;
  if (skipped !== undefined) return `skipped: ${text(skipped)}`;
  if (error !== undefined) return `**error**: ${text(error)}`;
  return exposed === 0 ? `${contained} contained` : `**${exposed} exposed**, ${contained} contained`;
}
