import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { page } from '../../support/docs.ts';

test('the examples of the page, one after the other, print what the page says', () => {
  const { text } = page('docs/models-api.md');
  const examples = [...text.matchAll(/```js\n(.*?)```\s+```text\n(.*?)```/gs)];
  expect(examples).toHaveLength(2);
  const lines: string[] = [];
  const context = createContext({ models, console: { log: (...words: string[]) => lines.push(words.join(' ')) } });
  for (const [, code = '', printed = ''] of examples) {
    runInContext(code.replace("import { models } from 'bindspec/models';\n", ''), context);
    expect(lines.splice(0).join('\n')).toBe(printed.trim());
  }
});
