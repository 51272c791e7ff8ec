import { expect, test } from 'vitest';
import { withChange } from '../../../src/explain/change.ts';
import { explain } from '../../../src/explain/explain.ts';
import type { Advice } from '../../../src/explain/judge.ts';
import { spell } from '../../../src/explain/reader/spell.ts';

/** Pairs of each kind: the same name, a wildcard and an address, both families, owners, groups, what is left of a connection. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['tcp 0.0.0.0:8080', 'tcp 0.0.0.0:8080'],
  ['tcp 0.0.0.0:8080 reuseaddr', 'tcp 127.0.0.1:8080 reuseaddr'],
  ['tcp [::]:8080 v6only=0', 'tcp 0.0.0.0:8080'],
  ['tcp 127.0.0.1:8080', 'tcp [::]:8080 v6only=0'],
  ['tcp 0.0.0.0:8080 bound', 'tcp 0.0.0.0:8080'],
  ['tcp 127.0.0.1:8080 time-wait', 'tcp 127.0.0.1:8080'],
  ['tcp 0.0.0.0:8080 exclusive', 'tcp 127.0.0.1:8080 reuseaddr'],
  ['udp 0.0.0.0:5353', 'udp 0.0.0.0:5353'],
  ['udp 127.0.0.1:5353 reuseport uid=1000', 'udp 127.0.0.1:5353 reuseport uid=1001'],
  ['udp 239.1.2.3:5353', 'udp 239.1.2.3:5353'],
  ['udp [::]:5353 v6only=0 reuseaddr', 'udp 0.0.0.0:5353'],
  ['udp [::1]:5353', 'udp [::]:5353 v6only=1'],
];

/** The sockets after the changes of a piece of advice, written so that they are read again. */
function changed(pair: readonly [string, string], { changes }: Advice): string[] {
  const before = explain(pair).sockets.map(({ socket }) => socket);
  return changes.reduce(withChange, before).map(spell);
}

test.each(PAIRS)('%s, then %s: what is advised works, when it is asked about by itself', (...pair) => {
  const { advice } = explain(pair);
  expect(advice.length).toBeGreaterThan(0);
  for (const one of advice) {
    expect(one.helps.length, one.text).toBeGreaterThan(0);
    if (one.changes.length === 0) continue;
    const { answers } = explain(changed(pair, one), { systems: one.helps });
    const works = answers.filter((answer) => answer.works === 'yes').map(({ system }) => system);
    expect(works, one.text).toEqual(one.helps);
  }
});

test('each kind of advice is among these', () => {
  const kinds = new Set(PAIRS.flatMap((pair) => explain(pair).advice.map(({ kind }) => kind)));
  expect([...kinds].toSorted()).toEqual(expect.arrayContaining(['address', 'end', 'port', 'same name', 'wait']));
});

test('a name that the machine has works on every system', () => {
  const { advice } = explain(['Error: listen EADDRNOTAVAIL: address not available 10.0.0.5:3000']);
  const own = advice.filter(({ kind, brief }) => kind === 'address' && brief !== undefined);
  expect(own.map(({ text }) => text)).toEqual(['bind socket 1 to 0.0.0.0, which has every address of the machine']);
  expect(own[0]?.helps).toHaveLength(8);
});
