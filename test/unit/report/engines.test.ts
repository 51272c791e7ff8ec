import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { enginePage } from '../../../src/report/containers/differences.ts';
import { engineRecords } from '../../../tools/engine-records.ts';
import { ROOT } from '../../support/docs.ts';

const records = engineRecords(path.join(ROOT, 'reports'));

test('the page of how engines differ is what the committed records say (npm run pages)', () => {
  expect(readFileSync(path.join(ROOT, 'docs/engines.md'), 'utf8')).toBe(enginePage(records));
});

test('versions that differ in anything that is shown have a column each', () => {
  const first = records.find(({ engine }) => engine.name === 'docker');
  if (!first) throw new Error('there is no record of Docker');
  const heads = (...given: typeof records) =>
    enginePage(given)
      .split('\n')
      .filter((line) => line.startsWith('| TCP'))
      .join('\n');
  const later = { ...first, engine: { ...first.engine, version: '99.0.1' } };
  expect(heads(later, first)).toContain(
    `Docker ${first.engine.version.split('.').slice(0, 2).join('.')}, 99.0 \`proxy\``,
  );
  const contained = { ...later, security: later.security.map((one) => ({ ...one, verdict: 'contained' as const })) };
  expect(heads(first, contained)).toContain('Docker 99.0 `proxy`');
});
