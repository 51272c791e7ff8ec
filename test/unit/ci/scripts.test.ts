import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { REPORTS } from '../../../src/cli/reports-default.ts';
import { addressLines } from '../../../src/lab/address-lines.ts';
import { bindspec, folder } from '../../support/cli.ts';
import { ROOT } from '../../support/docs.ts';

/** Shell scripts that replace real programs, by name. Each writes its calls to `calls`. */
function stubs(home: string, programs: Record<string, string>): string {
  const bin = path.join(home, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${path.join(home, 'calls')}'\n${script}\n`);
    chmodSync(file, 0o755);
  }
  return bin;
}

const RECORD = 'linux-6.1-x64/record.json';
/** Writes a record to the folder that `--reports` names, as bindspec does. */
const NODE = `
folder=; for word; do [ "$last" = --reports ] && folder=$word; last=$word; done
file=$folder/\${WRITES:-${RECORD}}
if [ "$2" = run ]; then mkdir -p "\${file%/*}" && echo {} >"$file"; exit "\${RUN:-0}"; fi
if [ "$2" = matrix ]; then exit "\${MATRIX:-0}"; fi
exit "\${PREPARE:-0}"`;
/** A user of a hosted runner: no root, sudo without a password, and namespaces or not. */
const USER = {
  node: NODE,
  id: 'echo 1001',
  uname: 'echo Linux',
  unshare: 'exit "${UNSHARE:-0}"',
  sudo: 'shift; case $1 in env) exec "$@" ;; esac',
};

async function conformance(
  env: Record<string, string>,
  programs: Record<string, string> = USER,
  there: readonly string[] = [],
) {
  const home = folder();
  for (const file of there) {
    mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
    writeFileSync(path.join(home, file), '{}');
  }
  const bin = stubs(home, programs);
  const output = path.join(home, 'output');
  const { exitCode, stderr } = await execa('sh', [path.join(ROOT, '.ci/conformance')], {
    cwd: home,
    reject: false,
    env: { PATH: `${bin}:${process.env['PATH']}`, GITHUB_OUTPUT: output, ...env },
  });
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const calls = read(path.join(home, 'calls')).split('\n');
  // These are the words of bindspec's own command line.
  const ran = calls.flatMap((call) => /^node \S+dist\/src\/cli\/main\.js (.*)$/.exec(call)?.[1] ?? []);
  return { exitCode, stderr, ran, calls, output: read(output) };
}

describe('.ci/conformance', () => {
  test('runs everything where no input is given', async () => {
    const { exitCode, ran, output } = await conformance({});
    expect(exitCode).toBe(0);
    expect(ran).toEqual(['run --reports bindspec-reports --']);
    expect(output).toBe(`record=bindspec-reports/${RECORD}\nexit-code=0\n`);
  });

  test('runs the installed package where its folder is given', async () => {
    const { calls } = await conformance({ BINDSPEC_INSTALLED: '/opt/our tools' });
    expect(calls.filter((call) => call.startsWith('node '))).toEqual([
      'node /opt/our tools/node_modules/bindspec/dist/src/cli/main.js run --reports bindspec-reports --',
    ]);
  });

  test('tells the record that was written, which may be in a folder of its own beside a fuller one', async () => {
    const own = 'linux-6.1-x64/2026-11-26T14-41-24.123Z/record.json';
    const { output } = await conformance({ WRITES: own }, USER, [`bindspec-reports/${RECORD}`]);
    expect(output).toBe(`record=bindspec-reports/${own}\nexit-code=0\n`);
  });

  test('writes where bindspec does by itself, which git ignores', () => {
    const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
    expect(text('.ci/conformance')).toContain(`\${INPUT_REPORTS:-${REPORTS}}`);
    expect(text('action.yml')).toContain(`default: ${REPORTS}\n`);
    expect(text('docker/compose.yaml')).toContain(`\${BINDSPEC_REPORTS:-../${REPORTS}}`);
    expect(text('.gitignore').split('\n')).toContain(`${REPORTS}/`);
  });

  test('hands every input on, with words and options that the command has', async () => {
    const { ran, output } = await conformance({
      INPUT_SELECTORS: '** reach',
      INPUT_LAB: 'host',
      INPUT_STACK: 'gvisor',
      INPUT_KNOWN: 'our known list.txt',
      INPUT_MATRIX: 'true',
      INPUT_REPORTS: 'our reports',
    });
    expect(ran).toEqual([
      'stack prepare gvisor',
      'run --stack gvisor --lab host --reports our reports --known our known list.txt -- ** reach',
      'matrix --stack gvisor --lab host --reports our reports',
    ]);
    expect(output).toContain(`record=our reports/${RECORD}\n`);
    for (const [command = '', ...rest] of ran.slice(1).map((call) => call.split(' '))) {
      const { stdout } = await bindspec([command, '--help']);
      for (const option of rest.filter((word) => /^--\w/.test(word))) expect(stdout).toContain(` ${option} `);
    }
  });

  test('takes what looks like shell for plain words', async () => {
    const { ran, calls } = await conformance({ INPUT_SELECTORS: '$(touch /tmp/x) `id`; id', INPUT_KNOWN: '"; id; "' });
    expect(ran).toEqual(['run --reports bindspec-reports --known "; id; " -- $(touch /tmp/x) `id`; id']);
    // The script itself asks who it is.
    expect(calls.filter((call) => call.startsWith('id ') && call !== 'id -u')).toEqual([]);
  });

  test.each([
    { RUN: '1', code: 1 },
    { RUN: '3', code: 3 },
    { MATRIX: '1', code: 1 },
    { RUN: '1', MATRIX: '3', code: 3 },
    { RUN: '3', MATRIX: '1', code: 3 },
    { RUN: '1', INPUT_FAIL: 'false', code: 0, said: 1 },
    { RUN: '2', INPUT_FAIL: 'false', code: 2 },
    { RUN: '3', INPUT_FAIL: 'false', code: 3 },
    { PREPARE: '2', INPUT_STACK: 'wine', code: 2, said: null },
  ])('ends as bindspec does: %o', async ({ code, said = code, ...env }) => {
    const { exitCode, output } = await conformance({ INPUT_MATRIX: 'true', ...(env as Record<string, string>) });
    expect(exitCode).toBe(code);
    if (said === null) expect(output).toBe('');
    else expect(output).toContain(`exit-code=${said}\n`);
  });

  test.each([
    ['needed, and namespaces can be made', {}, USER, false],
    ['needed, and namespaces can not be made', { UNSHARE: '1' }, USER, true],
    ['needed, without a sudo that asks for nothing', { UNSHARE: '1' }, { ...USER, sudo: 'exit 1' }, false],
    ['needed, for the host lab', { UNSHARE: '1', INPUT_LAB: 'host' }, USER, false],
    ['needed, not on Linux', { UNSHARE: '1' }, { ...USER, uname: 'echo Darwin' }, false],
    ['always', { INPUT_ROOT: 'always' }, USER, true],
    ['always, and it is root', { INPUT_ROOT: 'always' }, { ...USER, id: 'echo 0' }, false],
    ['never', { INPUT_ROOT: 'never', UNSHARE: '1' }, USER, false],
  ])('uses root when it is %s', async (_, env, programs, asRoot) => {
    const { exitCode, ran, calls } = await conformance(env, programs);
    expect([exitCode, ran.length]).toEqual([0, 1]);
    expect(calls.some((call) => call.startsWith('sudo -n env PATH='))).toBe(asRoot);
    expect(calls.includes('sudo -n chown -R 1001:1001 bindspec-reports')).toBe(asRoot);
  });

  test.each([
    [{ INPUT_MATRIX: 'yes' }, "bindspec: the input matrix is 'yes': it must be true or false"],
    [{ INPUT_FAIL: '1' }, "bindspec: the input fail is '1': it must be true or false"],
    [{ INPUT_ROOT: 'please' }, "bindspec: the input root is 'please': it must be always, needed or never"],
  ])('tells what is wrong with %o, and runs nothing', async (env, message) => {
    const { exitCode, stderr, ran } = await conformance(env);
    expect([exitCode, stderr, ran]).toEqual([2, message, []]);
  });
});

describe('.ci/install', () => {
  /** An npm that writes down where it is called, and packs or fails as the test says. */
  const npm = `
echo "in $PWD" >>"$CALLS"
if [ "$1" = pack ]; then for word; do to=$word; done; touch "$to/bindspec-9.9.9.tgz"; fi
case $* in *https:*) exit "\${RELEASE:-0}" ;; esac`;

  async function install(env: Record<string, string>, system = 'Linux') {
    const home = folder();
    const bin = stubs(home, { npm, uname: `echo ${system}` });
    writeFileSync(path.join(home, 'made.tgz'), 'a package');
    const file = path.join(home, 'calls');
    const { exitCode, stderr } = await execa('sh', [path.join(ROOT, '.ci/install'), 'a folder'], {
      cwd: home,
      reject: false,
      env: { PATH: `${bin}:${process.env['PATH']}`, CALLS: file, GITHUB_ACTION_PATH: '', ...env },
    });
    const calls = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    const called = calls.filter((call) => !call.startsWith('uname')).map((call) => call.replace(home, 'HOME'));
    return { home, exitCode, stderr, called };
  }
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const address = `https://github.com/some-one/bindspec/releases/download/v${version}/bindspec-${version}.tgz`;
  const installs = (what: string) => [`npm install --ignore-scripts --no-audit --no-fund ${what}`, 'in HOME/a folder'];

  test.each(['Linux', 'Darwin', 'MINGW64_NT-10.0'])('installs the file that it is given, on %s', async (system) => {
    const { exitCode, called, home } = await install({ INPUT_PACKAGE: 'made.tgz' }, system);
    expect([exitCode, called]).toEqual([0, installs('./bindspec.tgz')]);
    expect(readFileSync(path.join(home, 'a folder/bindspec.tgz'), 'utf8')).toBe('a package');
    // npm looks for a package above the folder unless there is one in it.
    expect(JSON.parse(readFileSync(path.join(home, 'a folder/package.json'), 'utf8'))).toMatchObject({ private: true });
  });

  test('says that there is no such file, and installs nothing', async () => {
    const { exitCode, stderr, called } = await install({ INPUT_PACKAGE: 'other.tgz' });
    expect([exitCode, stderr]).toEqual([2, "bindspec: the input package is 'other.tgz': there is no such file"]);
    expect(called).toEqual([]);
  });

  test.each([
    `/runner/_actions/some-one/bindspec/v${version}`,
    String.raw`D:\a\_actions\some-one\bindspec\v` + version,
  ])('installs the file of the release at whose tag it is used, in %s', async (place) => {
    const { exitCode, called } = await install({ GITHUB_ACTION_PATH: place }, 'Darwin');
    expect([exitCode, called]).toEqual([0, installs(address)]);
  });

  test.each([
    ['a commit', '/runner/_actions/some-one/bindspec/0123456789abcdef0123456789abcdef01234567'],
    ['the tag of another version', '/runner/_actions/some-one/bindspec/v99.0.0'],
    ['a clone', `/runner/work/bindspec/v${version}`],
  ])('packs what it is part of when it is used at %s, on Linux only', async (_, place) => {
    const { exitCode, called, home } = await install({ GITHUB_ACTION_PATH: place });
    expect(exitCode).toBe(0);
    const here = `in ${ROOT.replace(/\/$/, '')}`;
    expect(called).toEqual([
      'npm ci --no-audit --no-fund',
      here,
      'npm pack --silent --ignore-scripts --pack-destination HOME/a folder',
      here,
      ...installs('./bindspec.tgz'),
    ]);
    expect(existsSync(path.join(home, 'a folder/bindspec.tgz'))).toBe(true);
    const elsewhere = await install({ GITHUB_ACTION_PATH: place }, 'Darwin');
    expect([elsewhere.exitCode, elsewhere.called]).toEqual([2, []]);
    expect(elsewhere.stderr).toMatch(
      /^bindspec: the package is made on Linux only: name its file in the input package/,
    );
  });

  test('packs what it is part of where the release has no file, and says so', async () => {
    const { exitCode, stderr, called } = await install({
      GITHUB_ACTION_PATH: `/runner/_actions/some-one/bindspec/v${version}`,
      RELEASE: '1',
    });
    expect([exitCode, stderr]).toEqual([0, `bindspec: ${address} can't be installed`]);
    expect(called).toContain('npm ci --no-audit --no-fund');
  });
});

describe('.ci/addresses', () => {
  /** Programs of systems other than this one, which write down how they are called. */
  const programs = (system: string, user = '0') => ({
    uname: `echo ${system}`,
    id: `echo ${user}`,
    route: String.raw`printf '   route to: default\n  interface: vtnet0\n      flags: <UP>\n'`,
    ifconfig: '',
    sleep: '',
    'powershell.exe': String.raw`printf 'Ethernet 2\r\n'`,
    netsh: '',
    sudo: '"$@"',
    doas: '"$@"',
  });
  const CHANGES = /^(ifconfig|netsh) /;

  /** The programs that a shell script calls. */
  async function callsOf(words: readonly string[], system: string, user?: string) {
    const home = folder();
    const bin = stubs(home, programs(system, user));
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const { exitCode } = await execa('sh', words, { cwd: home, env, reject: false });
    const calls = readFileSync(path.join(home, 'calls'), 'utf8').trimEnd().split('\n');
    return { exitCode, calls, changes: calls.filter((call) => CHANGES.test(call)) };
  }
  const addresses = (system: string, user?: string) => callsOf([path.join(ROOT, '.ci/addresses')], system, user);

  test.each([
    ['Darwin', 'darwin', 'vtnet0'],
    ['FreeBSD', 'freebsd', 'vtnet0'],
    ['OpenBSD', 'openbsd', 'vtnet0'],
    ['MINGW64_NT-10.0-26100', 'win32', 'Ethernet 2'],
  ])('adds on %s what doctor tells its users to add', async (system, name, device) => {
    const { loopback, inet, inet6 } = addressLines(name) ?? {};
    const lines = [loopback, inet?.(device), inet6?.(device, 2)].filter((line) => typeof line === 'string');
    expect(lines.length).toBeGreaterThan(1);
    const told = await callsOf(['-c', lines.join('\n')], system);
    const { exitCode, changes } = await addresses(system);
    expect(exitCode).toBe(0);
    expect(changes.toSorted()).toEqual(told.changes.toSorted());
    expect(changes.length).toBeGreaterThan(3);
  });

  test('asks sudo where it is not root, and changes nothing itself', async () => {
    const home = folder();
    const bin = stubs(home, { ...programs('Darwin', '501'), sudo: '' });
    const script = path.join(ROOT, '.ci/addresses');
    await execa('sh', [script], { cwd: home, env: { PATH: `${bin}:${process.env['PATH']}` } });
    const calls = readFileSync(path.join(home, 'calls'), 'utf8').trimEnd().split('\n');
    expect(calls.at(-1)).toBe(`sudo -n sh ${script}`);
    expect(calls.filter((call) => CHANGES.test(call))).toEqual([]);
  });

  test('changes nothing on Linux, which has the netns lab', async () => {
    expect(await addresses('Linux')).toMatchObject({ exitCode: 0, changes: [] });
  });
});

describe('.ci/summary', () => {
  async function summary(pages: Record<string, string>, ...names: string[]): Promise<string> {
    const home = folder();
    for (const [name, content] of Object.entries(pages)) writeFileSync(path.join(home, name), content);
    const file = path.join(home, 'summary');
    await execa('sh', [path.join(ROOT, '.ci/summary'), ...names], { cwd: home, env: { GITHUB_STEP_SUMMARY: file } });
    return readFileSync(file, 'utf8');
  }

  test('adds pages one after the other', async () => {
    expect(await summary({ a: '# A\n', b: '# B\n\nbé\n' }, 'a', 'b')).toBe('# A\n# B\n\nbé\n');
  });

  test('keeps to what GitHub takes, says so first, and ends with a line', async () => {
    const line = `${'é'.repeat(50)}\n`;
    const long = await summary({ long: line.repeat(20_000) }, 'long');
    expect(Buffer.byteLength(long)).toBeLessThan(1024 * 1024);
    expect(Buffer.byteLength(long)).toBeGreaterThan(990_000);
    expect(long.startsWith('**Only the beginning is shown here: the page has 2020000 bytes.')).toBe(true);
    expect(long.endsWith(line)).toBe(true);
  });

  test('keeps to it with several pages together', async () => {
    const page = `${'x'.repeat(99)}\n`.repeat(6000);
    expect(Buffer.byteLength(await summary({ a: page, b: page, c: page }, 'a', 'b', 'c'))).toBeLessThan(1024 * 1024);
  });

  test('says which page there is not', async () => {
    expect(await summary({}, 'records/*/report.md')).toBe('There is no `records/*/report.md`: nothing was written.\n');
  });
});
