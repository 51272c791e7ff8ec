import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { licencesOf } from '../../../tools/build/licences.mjs';
import { putInPlace } from '../../../tools/build/in-place.mjs';
import { sweepStages } from '../../../tools/build/stage.mjs';
import { inputsOf, isCurrent, writeStamp } from '../../../tools/build/stamp.mjs';
import { folder } from '../../support/cli.ts';
import { ROOT } from '../../support/docs.ts';

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

describe('what is built is put in place', () => {
  test('where nothing is yet', () => {
    const root = write(folder(), { 'made/a': 'new' });
    putInPlace(path.join(root, 'made'), path.join(root, 'dist'));
    expect(readFileSync(path.join(root, 'dist/a'), 'utf8')).toBe('new');
  });

  test('where a folder with other files is, which is then where the new one was', () => {
    const root = write(folder(), { 'made/a': 'new', 'dist/a': 'old', 'dist/b': 'old' });
    putInPlace(path.join(root, 'made'), path.join(root, 'dist'));
    expect(readdirSync(path.join(root, 'dist'))).toEqual(['a']);
    if (process.platform === 'linux') expect(readdirSync(path.join(root, 'made'))).toEqual(['a', 'b']);
  });

  test.skipIf(process.platform !== 'linux')('without a moment at which it is not there', async () => {
    const root = write(folder(), { 'made/a': 'new', 'dist/a': 'old' });
    const place = path.join(root, 'dist');
    const script = `let missed = 0; process.stdout.write('ready\\n');
      process.stdin.on('end', () => { process.stdout.write(String(missed)); process.exit(); }).resume();
      (function look() { for (let n = 0; n < 1000; n += 1) if (!fs.existsSync(process.argv[1])) missed += 1; setImmediate(look); })();`;
    const looker = spawn(process.execPath, ['-e', script, path.join(place, 'a')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const printed: string[] = [];
    looker.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    await once(looker.stdout, 'data');
    for (let time = 0; time < 500; time += 1) {
      putInPlace(path.join(root, 'made'), place);
      if (time % 50 === 0) await new Promise(setImmediate);
    }
    looker.stdin.end();
    await once(looker, 'close');
    expect(printed.join('')).toBe('ready\n0');
  });
});

test('what a build that was killed has left is removed, and nothing of one that goes on', () => {
  const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  const dead = `dist.build-${gone}-aaaaaa`;
  const living = `dist.build-${process.pid}-aaaaaa`;
  const root = write(folder(), { [`${dead}/a`]: '', [`${dead}-before-1/a`]: '', [`${living}/a`]: '', 'dist/a': '' });
  sweepStages(root);
  expect(readdirSync(root)).toEqual(['dist', living].toSorted());
});

describe('a build is current', () => {
  const project = () =>
    write(folder(), {
      'package.json': '{ "devDependencies": { "typescript": "1", "rolldown": "1" } }',
      'src/a.ts': 'a',
      'node_modules/typescript/package.json': '{ "version": "1" }',
      'node_modules/rolldown/package.json': '{ "version": "1" }',
      'dist/src/a.js': 'a',
    });
  const built = () => {
    const root = project();
    writeStamp(path.join(root, 'dist'), inputsOf(root));
    return root;
  };
  const current = (root: string) => isCurrent(path.join(root, 'dist'), inputsOf(root));

  test('until a source, a version or a file of it changes', () => {
    expect(current(project())).toBe(false);
    expect(current(built())).toBe(true);
    for (const changed of [
      { 'src/a.ts': 'b' },
      { 'src/b.ts': '' },
      { 'node_modules/rolldown/package.json': '{ "version": "2" }' },
      { 'dist/src/a.js': '' },
    ]) {
      expect(current(write(built(), changed)), Object.keys(changed)[0]).toBe(false);
    }
    const renamed = write(built(), { 'src/b.ts': 'a' });
    rmSync(path.join(renamed, 'src/a.ts'));
    expect(current(renamed)).toBe(false);
  });

  test('where the tools are not installed any more', () => {
    const root = built();
    rmSync(path.join(root, 'node_modules'), { recursive: true });
    expect(inputsOf(root).tools).toBeNull();
    expect(current(root)).toBe(true);
    expect(current(write(root, { 'src/a.ts': 'b' }))).toBe(false);
  });
});

test('of the installed packages, what is built needs koffi alone', () => {
  const root = folder();
  for (const name of ['dist', 'package.json'])
    cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  for (const name of ['koffi', '@koromix'])
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(root, 'node_modules', name));
  // Every piece is loaded, even the pieces that no command here would load.
  const load = `const pieces = fs.readdirSync('dist/src/pieces'); for (const one of pieces) require('./dist/src/pieces/' + one); console.log(pieces.length)`;
  expect(Number(execFileSync(process.execPath, ['-e', load], { cwd: root, encoding: 'utf8' }))).toBeGreaterThan(10);
  const list = execFileSync(process.execPath, ['dist/src/cli/main.js', 'list', '--cells'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(list).toContain('conflict/same-address/');
});

describe('the code cache', () => {
  const caches = path.join(ROOT, 'dist/src/code-cache');
  const cachesIn = (place: string) =>
    readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cache'));

  test('is taken by the Node.js that built it', () => {
    const load = `const refused = process.argv.slice(3).filter((name) => {
      const file = fs.readFileSync(process.argv[2] + '/' + name.replace(/\\.cache$/, ''), 'utf8');
      const cachedData = fs.readFileSync(process.argv[1] + '/' + name);
      return new vm.Script(require('module').wrap(file), { cachedData }).cachedDataRejected;
    });
    console.log(refused.join());`;
    const words = ['-e', load, caches, path.join(ROOT, 'dist/src'), ...cachesIn(caches)];
    expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).toBe('\n');
    expect(cachesIn(path.join(caches, 'pieces')).length).toBeGreaterThan(5);
    expect(cachesIn(caches)).toContain('agent/main.js.cache');
  });

  test.each([
    ['of another version', (file: string) => writeFileSync(file, 'of another version of V8')],
    ['that is not there', (file: string) => rmSync(file)],
  ])('%s changes nothing', (_, spoil) => {
    const root = folder();
    for (const name of ['dist', 'package.json'])
      cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true });
    const own = path.join(root, 'dist/src/code-cache');
    for (const name of cachesIn(own)) spoil(path.join(own, name));
    const [spoilt, whole] = [root, ROOT].map((one) =>
      execFileSync(process.execPath, [path.join(one, 'dist/src/cli/main.js'), 'explain', ':80'], { encoding: 'utf8' }),
    );
    expect(spoilt).toBe(whole);
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
    const agent = [path.join(root, 'dist/src/agent/start.cjs')];
    expect(execFileSync(process.execPath, agent, { encoding: 'utf8', input: '' })).toContain('"protocol"');
  });
});

describe('the licences of libraries', () => {
  test('are given for each that is in a bundle, once', () => {
    const root = write(folder(), {
      'node_modules/@a/b/package.json': '{ "name": "@a/b", "version": "1.2", "license": "MIT" }',
      'node_modules/@a/b/LICENSE.md': 'do as you like',
    });
    const moduleIds = ['/x/src/a.js', ...['x', 'y'].map((name) => path.join(root, 'node_modules/@a/b', `${name}.js`))];
    const text = licencesOf(root, [{ moduleIds }, {}]);
    expect(text.match(/@a\/b 1\.2 \(MIT\)\n\ndo as you like/g)).toHaveLength(1);
  });

  test('must be there', () => {
    const root = write(folder(), { 'node_modules/c/package.json': '{ "name": "c", "version": "1" }' });
    const moduleIds = [path.join(root, 'node_modules/c/x.js')];
    expect(() => licencesOf(root, [{ moduleIds }])).toThrow('c 1 has no file with its licence');
  });

  test('of those that the command is made of are in the package', () => {
    const text = readFileSync(path.join(ROOT, 'dist/src/LICENCES.txt'), 'utf8');
    for (const name of ['commander', 'execa', 'fast-check', 'junit-report-builder', 'zod']) {
      expect(text).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, 'm'));
    }
    expect(existsSync(path.join(ROOT, 'dist/src/agent/start.cjs'))).toBe(true);
  });
});
