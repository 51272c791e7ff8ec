import { expect, it } from 'vitest';
import { inColumns } from '../../../src/text/columns.ts';

it('columns are as wide as their widest cell, and the last ends its line', () => {
  expect(
    inColumns([
      ['a', 'b'],
      ['long', 'c'],
      ['x', ''],
    ]),
  ).toEqual(['a     b', 'long  c', 'x']);
});
