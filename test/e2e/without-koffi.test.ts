import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindspec } from '../support/cli.ts';
import { copyPackage, NATIVE } from '../support/package-copy.ts';

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

let whole = '';
const made: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-koffi-'));
  made.push(folder);
  return folder;
};
beforeAll(() => {
  whole = temporary();
  copyPackage(whole);
});
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** The commands that need an agent. */
const RUN = ['run', 'conflict/same-address', '--lab', 'host', '--no-reports'];
const OTHERS = [
  ['matrix', '--lab', 'host', '--no-reports'],
  ['explore', '--lab', 'host', '--no-reports'],
  ['explain', '127.0.0.1:2000', '--here', '--lab', 'host'],
  ['doctor', '--lab', 'host'],
];

/** What keeps koffi from being loaded, what then becomes of a copy of the package, and what is said. */
const CASES = [
  {
    what: 'npm left out its native module',
    spoil: (modules: string) => rmSync(path.join(modules, NATIVE), { recursive: true }),
    says: /: the native module of koffi for \w+-\w+ is not installed: run npm install in bindspec's folder on this system/,
    commands: [RUN, ...OTHERS],
  },
  {
    what: 'it is not installed',
    spoil: (modules: string) => {
      for (const one of ['koffi', NATIVE]) rmSync(path.join(modules, one), { recursive: true });
    },
    says: /: the package 'koffi' is not installed: run npm install in bindspec's folder on this system$/,
    commands: [RUN],
  },
  {
    what: 'the system does not load its native module',
    spoil: (modules: string) => {
      const native = filesIn(path.join(modules, NATIVE)).filter((file) => file.endsWith('.node'));
      for (const file of native) writeFileSync(file, 'made for another system\n');
    },
    says: /: the native module of koffi can't be loaded here \(.+\): .+, then run npm rebuild koffi in bindspec's folder$/,
    commands: [RUN],
  },
];

describe.each(CASES)('where koffi is of no use, because $what', ({ spoil, says, commands }) => {
  let command = '';
  beforeAll(() => {
    const folder = temporary();
    cpSync(whole, folder, { recursive: true });
    spoil(path.join(folder, 'node_modules'));
    command = path.join(folder, 'dist/src/cli/main.js');
  });

  test.each(commands.map((words) => ({ words })))('$words.0 says so and what to do, in one line', async ({ words }) => {
    const { exitCode, stdout, stderr } = await bindspec(words, { command });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).not.toMatch(/\n\s+at /);
    expect(exitCode).toBe(3);
  });

  test('doctor tells what the labs offer all the same', async () => {
    const { exitCode, stdout, stderr } = await bindspec(['doctor', '--format', 'json'], { command });
    const told = JSON.parse(stdout) as { platform: null; agent: string; labs: { lab: string; cells?: unknown }[] };
    expect(told).toMatchObject({ platform: null, agent: expect.stringMatching(says) });
    expect(told.labs.find(({ lab }) => lab === 'host')).toHaveProperty('cells');
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(3);
  });

  test.each([
    ['explain', 'udp 0.0.0.0:53', 'udp 127.0.0.1:53'],
    ['list', '--cells'],
    ['show', 'conflict/same-address', '--reports', '/nowhere'],
    ['--help'],
  ])('%s needs none', async (...words) => {
    const { exitCode, stdout, stderr } = await bindspec(words, { command });
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
    expect(exitCode).toBe(0);
  });
});
