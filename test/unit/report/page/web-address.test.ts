import { expect, it } from 'vitest';
import { SOURCES } from '../../../../src/documents/sources.ts';
import { isWebAddress } from '../../../../src/report/page/web-address.ts';

it.each([
  'javascript:alert(1)',
  ' JavaScript:x',
  'data:text/html,x',
  'file:///etc/passwd',
  '//host/x',
  'nothing',
  '',
  null,
])('links to nothing like %j', (url) => {
  expect(isWebAddress(url)).toBe(false);
});

it('links to every document that is cited and is on the web', () => {
  const urls = Object.values(SOURCES).flatMap(({ url }) => url ?? []);
  expect(urls.length).toBeGreaterThan(10);
  expect(urls.filter((url) => !isWebAddress(url))).toEqual([]);
});
