import { expect, test } from 'vitest';
import type { ComparedPlatform } from '../../../../src/record/comparison.ts';
import { platformTitles } from '../../../../src/report/systems/platform-titles.ts';

const platform = (name: string, system: string, release: string, stack?: string) =>
  ({ name, platform: { system, release, version: '', ...(stack && { stack }) } }) as ComparedPlatform;
const titles = (...platforms: ComparedPlatform[]) => platformTitles('Linux', platforms).map(({ title }) => title);

test('a platform has the shortest title that tells it from the others of its system', () => {
  expect(
    titles(
      platform('uml', 'linux', '7.2.7', 'uml'),
      platform('a', 'linux', '6.1.0-56-cloud-amd64', 'kernel:6.1'),
      platform('b', 'linux', '6.18.44'),
    ),
  ).toEqual(['Linux 7.2 (user-mode)', 'Linux 6.1', 'Linux 6.18']);
  expect(titles(platform('a', 'linux', '6.1.1'), platform('b', 'linux', '6.1.2'))).toEqual([
    'linux 6.1.1',
    'linux 6.1.2',
  ]);
  expect(titles(platform('a', 'linux', '6.1.1'), platform('b', 'linux', '6.1.1'))).toEqual(['a', 'b']);
  expect(platformTitles('macOS', [platform('mac', 'darwin', '24.6.0')])[0]?.title).toBe('darwin 24.6.0');
});
