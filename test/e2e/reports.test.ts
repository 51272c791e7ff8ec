import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bindspec, folder } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';

const COMMITTED = path.join(ROOT, 'reports');

/** A page with what is packed in it unpacked, because what a text is deflated to depends on the machine. */
function unpacked(page: string): string {
  return page.replaceAll(
    /(<script type="text\/plain" id="pack-\d+">)([^<]*)/g,
    (_, start: string, pack: string) => start + inflateRawSync(Buffer.from(pack, 'base64')).toString('utf8'),
  );
}

test('the committed comparison, page and badges are what the committed records say (npm run reports)', async () => {
  const made = folder();
  const { exitCode, stderr } = await bindspec(
    ['report', 'reports', '--output', made, '--questions', '../docs/questions'],
    { cwd: ROOT },
  );
  expect(exitCode, stderr).toBe(0);
  const files = readdirSync(made, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
  expect(files).toContain('index.html');
  const stale = files.filter((file) => {
    const [committed, fresh] = [COMMITTED, made].map((where) => unpacked(readFileSync(path.join(where, file), 'utf8')));
    return committed !== fresh;
  });
  expect(stale).toEqual([]);
  expect(readdirSync(path.join(COMMITTED, 'badges')).toSorted()).toEqual(
    readdirSync(path.join(made, 'badges')).toSorted(),
  );
});
