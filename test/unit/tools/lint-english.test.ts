import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { PATTERNS } from '../../../tools/english/patterns.mjs';
import { folder } from '../../support/cli.ts';

const LINTER = fileURLToPath(new URL('../../../tools/lint-english.mjs', import.meta.url));

async function lint(files: Readonly<Record<string, string>>) {
  const top = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    writeFileSync(path.join(top, name), text);
  }
  const { exitCode, stderr } = await execa(process.execPath, [LINTER, top], { reject: false });
  return { exitCode, found: [...stderr.matchAll(/^(\S+:\d+: .*?): "/gm)].map(([, line = '']) => line) };
}

/** By pattern: sentences that it finds, and sentences like them that it must leave alone. */
const SENTENCES: Record<string, { wrong: string[]; right: string[] }> = {
  'behind for after': {
    wrong: ['It stops behind the first error.', 'Write the image behind the name.'],
    right: [
      'The host is behind a firewall.',
      'An agent behind an ssh client may outlive it.',
      'A killed run leaves no process behind.',
      'It stops after the first error.',
    ],
  },
  'come to for return': {
    wrong: ['bind came to EADDRINUSE.', 'The outcome that it comes to is recorded.'],
    right: ['The run came to an end.', 'bind returned EADDRINUSE.', 'Come together.'],
  },
  anew: { wrong: ['The screens are taken anew.'], right: ['A new screen is taken again.'] },
  nobody: {
    wrong: ['Nobody listens there.', 'A port that somebody else holds.'],
    right: ['No one listens there.', 'The second user is nobody (65534).', 'It runs as the user `nobody`.'],
  },
  'is told': {
    wrong: ['The mistake is told in one line.', 'A full disk is told on stderr.'],
    right: ['The two can be told apart.', 'The server was told to stop.', 'The mistake is reported in one line.'],
  },
  'is no thing': {
    wrong: ['A FIFO is no file.', 'A skip is no error here.'],
    right: [
      'There is no file.',
      'It is no longer there.',
      'A FIFO is not a regular file.',
      'There always is no route.',
    ],
  },
  'otherwise than': {
    wrong: ['It ends otherwise than expected.'],
    right: ['It ends differently from what is expected.'],
  },
  'of which': {
    wrong: ['Every job needs agents, each a process, of which a user may have few.'],
    right: ['It has ten cells, two of which were skipped.', 'It has a table whose rows are cells.'],
  },
  'such as before one thing': {
    wrong: ['Name a stack, such as gVisor.', 'A file (such as a record) is read.'],
    right: [
      'Name a stack, such as gVisor or Wine.',
      'Errors such as EACCES, EPERM and EINVAL are kept.',
      'Name a stack, for example gVisor.',
    ],
  },
  'a sentence that begins with What': {
    wrong: ['What can not run here is skipped.', 'It ends. What it wrote stays there.'],
    right: ['What does the second get?', 'Cells that can not run here are skipped.', 'What an engine does'],
  },
  'a sentence that begins with Of': {
    wrong: ['Of a rootless engine it is private.', 'It ends. Of two records the newer one counts.'],
    right: ['Of course it ends.', 'With a rootless engine it is private.', 'The newer of two records counts.'],
  },
  'be had': { wrong: ['The lab can not be had here.'], right: ['The lab is not available here.', 'It would be hard.'] },
  'but for': {
    wrong: ['All run, but for two.'],
    right: ['All run, except two.', 'It is slow, but for example it is right.'],
  },
  'be it': {
    wrong: ['It is unjudged, be it the same or not.'],
    right: ['It is unjudged, whether it is the same or not.'],
  },
  'however that': { wrong: ['It is gone when it ends, however that ends.'], right: ['It is gone, however it ends.'] },
  'held against': {
    wrong: ['The record is held against the model.'],
    right: ['The record is checked against the model.', 'It holds a port. A neighbour leans against it.'],
  },
  'that is so': {
    wrong: ['That is so for every run.'],
    right: ['This applies to every run.', 'It is so slow that it fails.'],
  },
  'and else': {
    wrong: ['It takes netns and else the host.'],
    right: ['It takes netns, or otherwise the host.', 'and nothing else'],
  },
  'of no account': { wrong: ['The order is of no account.'], right: ['The order does not matter.'] },
  'a thing of': { wrong: ['Namespaces are a thing of Linux.'], right: ['Only Linux has namespaces.'] },
  'archaic words': { wrong: ['It checks first, lest it fail.'], right: ['It checks first, so that it does not fail.'] },
};

test('every pattern has its sentences here', () => {
  expect(Object.keys(SENTENCES)).toEqual(PATTERNS.map(({ name }) => name));
});

test('each is found where it is wrong, and nothing that only looks like it', async () => {
  const all = Object.entries(SENTENCES).flatMap(([name, { wrong, right }]) => [
    ...wrong.map((sentence) => ({ sentence, finds: [name] })),
    ...right.map((sentence) => ({ sentence, finds: [] })),
  ]);
  const { found } = await lint({ 'README.md': all.map(({ sentence }) => `${sentence}\n`).join('\n') });
  const finds = (index: number) =>
    found.filter((line) => line.startsWith(`README.md:${2 * index + 1}: `)).map((line) => line.replace(/^\S+ /, ''));
  expect(all.map(({ sentence }, index) => ({ sentence, finds: finds(index) }))).toEqual(all);
});

test('Markdown is read without its code, over the ends of lines, and row by row', async () => {
  const { found } = await lint({
    'README.md': [
      '```sh',
      'nobody anew',
      '```',
      'Run `as nobody`. It is held',
      'against the model, and',
      'made anew.',
      '',
      '| nobody | anew |',
      '| --- | --- |',
      '- it is',
      '  told',
    ].join('\n'),
  });
  expect(found).toEqual([
    'README.md:6: anew',
    'README.md:4: held against',
    'README.md:8: anew',
    'README.md:8: nobody',
    'README.md:10: is told',
  ]);
});

test('code is read in its comments and strings, and nowhere else', async () => {
  const { found } = await lint({
    'README.md': '',
    'tools/one.mjs': [
      '// It is made',
      '// anew.',
      'const nobody = `anew ${nobody} is told`;',
      '/**',
      ' * A text that `nobody` has, and',
      ' * that somebody reads.',
      ' */',
      "const word = 'nobody';",
      "const regex = /is told anew/.test('it came to EPERM');",
    ].join('\n'),
  });
  expect(found).toEqual([
    'tools/one.mjs:2: anew',
    'tools/one.mjs:6: nobody',
    'tools/one.mjs:3: is told',
    'tools/one.mjs:9: come to for return',
  ]);
});

test('prose without any of them passes', async () => {
  expect(await lint({ 'README.md': 'It starts a server and asks it.\n' })).toEqual({ exitCode: 0, found: [] });
  expect(await lint({ 'README.md': 'It is made anew.\n' })).toMatchObject({ exitCode: 1 });
});
