import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { page } from '../../support/docs.ts';

test('the example of the page prints what the page says', () => {
  const [code = '', printed = ''] = [...page('docs/models-api.md').text.matchAll(/```(?:js|text)\n(.*?)```/gs)].map(
    ([, block = '']) => block,
  );
  const lines: string[] = [];
  const body = code.replace("import { models } from 'bindspec/models';\n", '');
  expect(body).not.toBe(code);
  runInNewContext(body, { models, console: { log: (...words: string[]) => lines.push(words.join(' ')) } });
  expect(lines.join('\n')).toBe(printed.trim());
});
