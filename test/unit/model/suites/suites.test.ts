import { describe, expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import type { Outcome, SystemName } from '../../../../src/model/types.ts';
import { parse } from '../steps.ts';
import { bsdSuites } from './bsd-suites.ts';
import { dotnet } from './dotnet.ts';
import { gvisor } from './gvisor.ts';
import { gvisorMore } from './gvisor-more.ts';
import { linuxMore } from './linux-more.ts';
import { linuxSelftests } from './linux-selftests.ts';
import { runtimes } from './runtimes.ts';
import { rustAndPython } from './rust-python.ts';
import { socketApi } from './socket-api.ts';
import { type Sequence, sequencesOf, type Suite } from './suite.ts';
import { wine } from './wine.ts';
import { xnu } from './xnu.ts';

const SUITES: readonly Suite[] = [
  ...linuxSelftests,
  ...xnu,
  ...bsdSuites,
  ...runtimes,
  ...gvisor,
  ...wine,
  ...linuxMore,
  ...rustAndPython,
  ...socketApi,
  ...gvisorMore,
  ...dotnet,
];

describe.each(SUITES)('$name', (suite) => {
  test.each(suite.systems)('%s', (system) => {
    const sequences = sequencesOf(suite);
    expect(sequences.length).toBeGreaterThan(0);
    expect(sequences.flatMap((one) => mismatches(system, suite, one))).toEqual([]);
  });
});

/** Each step for which the model does not say what the suite asserts, as one line. What the suite asserts then happens. */
function mismatches(system: SystemName, { setting = {} }: Suite, { place, protocol, steps }: Sequence): string[] {
  let port = models[system].simulate(setting);
  const found: string[] = [];
  for (const text of steps) {
    const [step = '', said = 'ok'] = text.split('=>').map((word) => word.trim());
    if (step.startsWith('get ')) {
      const [, who = '', ...words] = step.split(/\s+/);
      const named = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
      const packet = { protocol, from: { address: named('from'), port: 5000 }, to: { address: named('to') } };
      const got = JSON.stringify(port.receivers(packet)?.outcomes.toSorted());
      const each = who.split('/').map((one) => one.split(',').map(Number));
      const wanted = JSON.stringify(who === 'no-one' ? ['refused'] : each);
      if (got !== wanted) found.push(`${place}: ${step}: ${got}, not ${wanted}`);
      continue;
    }
    if (/^\d+ name /.test(step)) {
      const [id = '', , address] = step.split(' ');
      const name = port.sockname(Number(id))?.address;
      if (name !== address) found.push(`${place}: ${step}: ${name}`);
      continue;
    }
    const { outcomes } = port.step(parse(step, protocol)).prediction;
    const agrees =
      said === '?' ||
      // Whether anyone listens there is not the model's to say.
      (said === 'ECONNREFUSED' && outcomes[0] === 'ok') ||
      (said === 'fails' ? outcomes.some((outcome) => outcome !== 'ok') : outcomes.includes(said as Outcome));
    if (!agrees) found.push(`${place}: ${step}: ${outcomes.join(' or ')}, not ${said}`);
    const happened = said === '?' ? undefined : said === 'fails' ? outcomes.find((one) => one !== 'ok') : said;
    port = port.step(parse(step, protocol), happened as Outcome | undefined).after;
  }
  return found;
}
