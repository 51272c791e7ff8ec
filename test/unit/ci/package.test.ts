import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLinks, page, ROOT } from '../../support/docs.ts';

interface Manifest {
  version: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean; hasInstallScript?: boolean }>;
}

const CELL = 'conflict/udp-beside-tcp/on:loopback/first:udp/family:inet';

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
const manifest = read('package.json') as Manifest;
const lock = read('package-lock.json') as Lock;

test('npm knows of every script that a package runs when it is installed, so that it warns of none', () => {
  const scripts = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([place]) => place.split('node_modules/').at(-1));
  expect(scripts).toContain('koffi');
  expect(scripts.filter((name) => name === undefined || !Object.hasOwn(manifest.allowScripts, name))).toEqual([]);
});

describe('the packed file', () => {
  let home = '';
  /** Where the package is installed: in a folder that has nothing else. */
  let installed = '';

  // Nothing is fetched: koffi, which has a native part for each system, is the copy in the clone.
  beforeAll(async () => {
    home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-package-'));
    const modules = path.join(home, 'node_modules');
    mkdirSync(modules);
    // The build exists already, and other tests may be using it.
    await execa('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT });
    const file = readdirSync(home).find((name) => name.endsWith('.tgz')) ?? '';
    await execa('tar', ['-xzf', path.join(home, file), '-C', modules]);
    installed = path.join(modules, 'bindspec');
    renameSync(path.join(modules, 'package'), installed);
    for (const name of ['koffi', '@koromix'])
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const bindspec = (words: readonly string[], env: Record<string, string> = {}) =>
    execa(process.execPath, [path.join(installed, manifest.bin['bindspec'] ?? ''), ...words], {
      cwd: home,
      reject: false,
      env: { NO_COLOR: '1', GITHUB_ACTIONS: '', ...env },
    });

  test('has every page that its pages link to, at the heading that they name', () => {
    const guides = readdirSync(path.join(installed, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`);
    expect(guides.length).toBeGreaterThan(10);
    const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...guides].map((file) => page(file, installed));
    expect(pages.flatMap((one) => brokenLinks(one, installed).map((link) => `${one.file}: ${link}`))).toEqual([]);
  });

  test('has all that it needs but koffi, with the licences of what is in it', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['koffi']);
    expect(existsSync(path.join(installed, 'node_modules'))).toBe(false);
    const licences = readFileSync(path.join(installed, 'dist/src/LICENCES.txt'), 'utf8');
    for (const name of ['commander', 'execa', 'fast-check', 'junit-report-builder', 'zod'])
      expect(licences).toContain(`${name} ${lock.packages[`node_modules/${name}`]?.version}`);
  });

  test('has neither tests nor tools nor sources', () => {
    const files = readdirSync(path.join(installed, 'dist'));
    expect(files.toSorted()).toEqual(['page', 'src']);
    expect(['src', 'test', 'tools', 'reports'].filter((name) => existsSync(path.join(installed, name)))).toEqual([]);
  });

  test('has the models and explanations for programs that import them, without a module of Node or of a system', async () => {
    const program =
      "import { models } from 'bindspec/models'; import { explain } from 'bindspec/explain'; console.log(typeof models.linux.simulate({}).step, typeof explain)";
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], { cwd: home });
    expect(stdout).toBe('function function');
    const library = path.join(installed, 'dist/src/library');
    const modules = readdirSync(library, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    expect(modules.length).toBeGreaterThan(1);
    for (const name of modules) {
      const imports = readFileSync(path.join(library, name), 'utf8').matchAll(
        /^(?:import|export) .* from ["']([^"']+)["']/gm,
      );
      for (const [, from] of imports) expect(from).toMatch(/^\.{1,2}\//);
    }
  });

  test('prints what the page of the library says, from the example there', async () => {
    const [code = '', printed = ''] = [...page('docs/library.md').text.matchAll(/```(?:js|text)\n(.*?)```/gs)].map(
      ([, block = '']) => block,
    );
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', code], { cwd: home });
    expect(stdout).toBe(printed.trim());
  });

  test('has types for programs that are compiled, and checks them', async () => {
    const user = (wrong: string) => `import { explain, readSettings, type Explanation } from 'bindspec/explain';
import { models, type Prediction, type Setting } from 'bindspec/models';
const told: Explanation = explain([':3000'], { systems: ['linux'], settings: readSettings(['bindv6only=1']) });
const outcomes: readonly string[] = told.answers.flatMap((answer) => answer.outcomes);
const setting: Setting = { release: '14.3' };
const { prediction }: { prediction: Prediction } = models.freebsd
  .simulate(setting)
  .step({ op: 'bind', socket: 1, protocol: 'udp', family: 'inet', address: '0.0.0.0', port: 53 });
export const all = [...outcomes, ...prediction.outcomes, told.advice[0]?.${wrong}];
`;
    const compile = (name: string, text: string) => {
      writeFileSync(path.join(home, name), text);
      const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false'];
      const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      return execa(process.execPath, [tsc, ...options, '--types', '', name], { cwd: home, reject: false });
    };
    expect(await compile('right.mts', user('text'))).toMatchObject({ stdout: '', exitCode: 0 });
    expect((await compile('wrong.mts', user('nothing'))).stdout).toMatch(/'nothing' does not exist on type 'Advice'/);
  });

  test('works from an empty folder', async () => {
    expect((await bindspec(['--version'])).stdout).toBe(manifest.version);
    expect((await bindspec(['explain', 'tcp :80', 'tcp 127.0.0.1:80'])).stdout).toContain('EADDRINUSE');
    const { stdout } = await bindspec(['run', CELL, '--reports', path.join(home, 'records')]);
    expect(stdout).toMatch(/^1 pass in /m);
    const [platform = ''] = readdirSync(path.join(home, 'records'));
    expect(existsSync(path.join(home, 'records', platform, 'record.json'))).toBe(true);
    await bindspec(['report', path.join(home, 'records'), '--output', path.join(home, 'comparison')]);
    expect(existsSync(path.join(home, 'comparison/index.html'))).toBe(true);
  });

  test('annotates an experiment in a job whose workspace is a clone', async () => {
    const known = path.join(home, 'known.txt');
    writeFileSync(known, `${CELL} # seen once\n`);
    const inJob = (workspace: string) =>
      bindspec(['run', CELL, '--no-reports', '--known', known], {
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: workspace,
        GITHUB_STEP_SUMMARY: path.join(home, 'summary'),
      });
    expect((await inJob(ROOT)).stderr).toMatch(/^::error file=suites\/conflict\/udp-beside-tcp\.ts,line=\d+,title=/m);
    expect((await inJob(home)).stderr).toMatch(/^::error title=/m);
  });
});
