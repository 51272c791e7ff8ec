import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bindspec, commandForAnyone, CLI, folder, start, type Ran } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { noNamespaces } from '../support/namespace.ts';
import { firstLack, installed, needs, notLinux, notRoot, notUnix, type Lack } from '../support/needs.ts';
import { runs, until } from '../support/waiting.ts';
import { BARE_MACHINE, warmCommand } from '../support/warm-command.ts';

/** A command line that is wrong, and what is said about it on the one line of stderr; the exit code is 2. */
type Row = readonly [words: readonly string[], says: string | RegExp];

/** More than anybody would read, as one word and as several lines. */
const LONG = 'x'.repeat(100_000);
const LINES = 'a\nb\u001B[2Jc';
const CUT = 'xxxx…xxxx';

const KNOWN = (file: string) => ['run', 'conflict/names', '--no-reports', '--known', file];
const LAB = (file: string) => ['run', 'conflict/names', '--no-reports', '--lab', file];
const STACK = (name: string) => ['run', 'conflict/names', '--no-reports', '--stack', name];

/** In the folder that `beforeAll` fills, on a machine that has no other program. */
const ROWS: readonly Row[] = [
  // One reader for every file that is named.
  ...[KNOWN, LAB].flatMap((words): Row[] => {
    const [what, advice] =
      words === KNOWN ? ['a list of known deviations', "SELECTOR [@PLATFORM] # REASON'"] : ['a topology file', ''];
    return [
      [words('/dev/zero'), `/dev/zero: it is a device, not ${what}; name a file`],
      [words('/dev/full'), `/dev/full: it is a device, not ${what}; name a file`],
      [words('./fifo'), `./fifo: it is a FIFO, not ${what}; name a file`],
      [words('./socket'), `./socket: it is a socket, not ${what}; name a file`],
      [words('./folder'), `./folder: it is a folder, not ${what}; name a file`],
      [words('./folder'), advice],
      [words('./loop'), "./loop: it can't be read: ELOOP"],
      [words('./nowhere'), './nowhere: there is no such file; correct the name'],
      [words('./two-mib'), `./two-mib: it has 2 MiB, and no ${what.slice(2)} has more than 1; see what wrote it`],
      [words('./binary'), `./binary: it is binary, not the text of ${what}`],
      [words('./utf16'), './utf16: its text is UTF-16; save it as UTF-8'],
      [words('./latin1'), './latin1: its text is not UTF-8; save it as UTF-8'],
      [words(`./${'x'.repeat(300)}`), /…x+: it can't be read: ENAMETOOLONG/],
    ];
  }),
  [KNOWN(''), "'': there is no such file; correct the name"],
  [KNOWN('/proc/self/status'), "/proc/self/status:1: not 'SELECTOR [@PLATFORM] # REASON'"],
  [KNOWN('./typo'), "./typo:1: unknown selector 'conflict/resue'; did you mean 'conflict/reuse'?"],
  [['containers', '--known', './fifo'], './fifo: it is a FIFO, not a list of known deviations'],
  ...[
    (file: string) => ['matrix', '--record', file],
    (file: string) => ['report', file],
    (file: string) => ['diff', file, file],
  ].flatMap((words): Row[] => [
    [words('/dev/zero'), '/dev/zero: it is a device, not a record; name a record'],
    [words('./fifo'), './fifo: it is a FIFO, not a record; name a record'],
    [words('./binary'), './binary: it is binary, not the text of a record'],
  ]),
  [['matrix', '--record', './folder'], "there is no matrix.json in './folder': write one with 'bindspec matrix'"],
  [['matrix', '--record', ''], "'': there is no such file; correct the name"],
  [
    ['show', 'conflict/names', '--reports', './object.json'],
    /object\.json'?: it is a file, |object\.json' is a file: /,
  ],
  [['matrix', '--last', '--reports', './object.json'], /object\.json'?: it is a file, |object\.json' is a file: /],
  // Stacks: what is wrong with the name is reported before what this machine lacks, which is everything.
  [STACK('kernel:nosuch'), "there is no kernel 'nosuch'; Debian has 5.10, 6.1, 6.12, 7 and newer ones"],
  [STACK('kernel:9999'), "there is no kernel '9999'; Debian has 5.10, 6.1, 6.12, 7 and newer ones"],
  [STACK('kernel:5.15'), "there is no kernel '5.15'; Debian has 5.10"],
  [STACK('kernel:6.1x'), "there is no kernel '6.1x'; Debian has 5.10"],
  [['stack', 'prepare', 'kernel:nosuch', '--plan'], "there is no kernel 'nosuch'; Debian has 5.10"],
  [['stack', 'prepare', 'kernel:9999', '--plan'], "there is no kernel '9999'; Debian has 5.10"],
  [STACK('kernel'), 'the version of the kernel is missing; choose one, for example kernel:6.1, or kernel:FILE'],
  [STACK('kernel:6.99'), 'Linux 6.99 is not prepared; npx bindspec stack prepare kernel:6.99'],
  [STACK('kernel:./nowhere'), /\/nowhere: there is no such file; correct the name/],
  [STACK('kernel:./folder'), /\/folder: it is a folder, not a kernel image; name a bzImage or vmlinuz/],
  [STACK('kernel:./fifo'), /\/fifo: it is a FIFO, not a kernel image; name a bzImage or vmlinuz/],
  [STACK('kernel:/dev/zero'), '/dev/zero: it is a device, not a kernel image; name a bzImage or vmlinuz'],
  [STACK('kernel:/etc/passwd'), '/etc/passwd: it is not a kernel image of x86; name a bzImage or vmlinuz'],
  [
    STACK('gvisor:/etc/passwd'),
    '/etc/passwd: it is there, but it is not a program that this user may run; name a runsc',
  ],
  [STACK('gvisor:/bin/sh'), '/bin/sh: it is there, but it is not a runsc: its --version does not say so; name a runsc'],
  [STACK('gvisor:/nowhere'), '/nowhere: there is no such file; name a runsc'],
  [STACK('gvisor:./folder'), './folder: it is a folder, not a runsc; name a runsc'],
  [STACK('wine:/etc/passwd'), "the stack wine has no variant '/etc/passwd'; choose wine"],
  [STACK('uml:x'), 'uml has no variants; leave out the colon'],
  [
    ['run', 'conflict/nmaes', '--stack', 'kernel:6.1'],
    "unknown selector 'conflict/nmaes'; did you mean 'conflict/names'?",
  ],
  [['run', 'conflict/nmaes', '--stack', 'gvisor'], "unknown selector 'conflict/nmaes'"],
  [['run', '--known', './nowhere', '--stack', 'kernel:6.1'], './nowhere: there is no such file'],
  [['matrix', '--state', 'opne', '--stack', 'kernel:6.1'], "unknown state 'opne'"],
  [
    ['explore', '--replay', 'udp: bnid s1 ::', '--stack', 'kernel:6.1'],
    "unknown operation 'bnid'; did you mean 'bind'?",
  ],
  // Unknown words, with the nearest known one.
  [['lst'], "unknown command 'lst'; did you mean 'list'?"],
  [['dance'], "unknown command 'dance'; see 'bindspec --help'"],
  [['help', 'nosuch'], "unknown command 'nosuch'; see 'bindspec --help'"],
  [['help', 'doctr'], "unknown command 'doctr'; did you mean 'doctor'?"],
  [['help', 'stack', 'lsit'], "unknown command 'lsit'; did you mean 'list'?"],
  [['stack', 'prepar', 'wine'], "unknown command 'prepar'; did you mean 'prepare'?"],
  [['run', '--jbos', '2'], "unknown option '--jbos'; did you mean '--jobs'?"],
  [['list', '--cells=1'], "option '--cells' takes no value; see 'bindspec list --help'"],
  [['-v'], "unknown option '-v'; did you mean '-V'?"],
  [['list', 'REACH'], "unknown selector 'REACH'; did you mean 'reach'?"],
  [['list', 'firewal'], "unknown selector 'firewal'; did you mean 'firewall'?"],
  [['list', 'http-server-defalt'], "unknown selector 'http-server-defalt'; did you mean 'http-server-default'?"],
  [['run', 'same-address'], "unknown selector 'same-address'; did you mean 'conflict/same-address'?"],
  [['run', ''], "unknown selector ''; 'bindspec list' shows the experiments"],
  [['show', 'conflict/resue'], "unknown selector 'conflict/resue'; did you mean 'conflict/reuse'?"],
  [['show', 'conflict'], "'conflict' matches more than one experiment; 'bindspec list conflict' shows them"],
  [['run', '--lab', 'netn'], "unknown lab 'netn'; did you mean 'netns'?"],
  [['run', '--lab', 'moon'], "unknown lab 'moon'; it is one of auto, netns, host, podman, docker, or a topology file"],
  [['run', '--format', 'jsn'], "unknown format 'jsn'; did you mean 'json'?"],
  [['run', '--format', 'xml'], "unknown format 'xml'; it is one of pretty, json, ctrf"],
  [STACK('gvsor'), "unknown stack 'gvsor'; did you mean 'gvisor'?"],
  [STACK('plan9'), "unknown stack 'plan9'; there are gvisor, wine, kernel:5.10"],
  [['explain', 'tcp :80', '--system', 'linx'], "unknown system 'linx'; did you mean 'linux'?"],
  [['matrix', '--against', 'windos'], "unknown system 'windos'; did you mean 'windows'?"],
  [['explore', '--model', 'mars'], "unknown system 'mars'; it is one of linux, darwin"],
  [['matrix', '--protocol', 'upd'], "unknown protocol 'upd'; did you mean 'udp'?"],
  [['containers', 'dokcer'], "unknown configuration 'dokcer'; did you mean 'docker'?"],
  [['containers', 'docker/prox'], "unknown configuration 'docker/prox'; did you mean 'docker/proxy'?"],
  [['containers', '--engine', 'dokcer'], "unknown engine 'dokcer'; did you mean 'docker'?"],
  [['containers', '--prepare', 'trixi'], "unknown release of Debian 'trixi'; did you mean 'trixie'?"],
  [['verify', 'web', '--engine', 'podmn'], "unknown engine 'podmn'; did you mean 'podman'?"],
  // What is missing or too much.
  [['show'], "missing required argument 'id'; see 'bindspec show --help'"],
  [['doctor', 'x'], "too many arguments for 'doctor': expected 0 arguments but got 1; see 'bindspec doctor --help'"],
  [['run', '--jobs'], "option '--jobs <number>' argument missing; see 'bindspec run --help'"],
  [['run', '--jobs', 'many'], "--jobs must be a whole number from 1 to 64, not 'many'"],
  [['run', '--patience', '1'], "--patience must be a whole number from 50 to 60000, not '1'"],
  [['verify', '--netns', './folder'], "'./folder' is not a network namespace: it is a folder"],
  // Long input is cut, and input with line ends and escapes stays on one line.
  ...[LONG, LINES].flatMap((word): Row[] => {
    const shown = word === LONG ? CUT : String.raw`a\nb\x1b[2Jc`;
    return [
      [[word], shown],
      [['help', word], shown],
      [[`--${word}`], shown],
      [['list', word], shown],
      [['show', word], shown],
      [['run', '--lab', word], shown],
      [['run', '--lab', `./${word}.json`], shown.replace(/x$/, 'x.json').slice(0, 5)],
      [KNOWN(word), shown],
      [['run', '--format', word], shown],
      [['run', '--jobs', word], shown],
      [STACK(word), shown],
      [STACK(`kernel:${word}`), shown],
      [['explain', word], word === LONG ? CUT : "'a' at position 1 can't be read"],
      [['explain', 'tcp :80', '--system', word], shown],
      [['explain', 'tcp :80', '--kernel', word], shown],
      [['matrix', '--state', word], shown],
      [['matrix', '--record', word], shown],
      [['explore', '--replay', `udp: ${word}`], word === LONG ? CUT : 'unknown operation'],
      [['containers', word], shown],
      [['containers', '--engine', word], shown],
      [['verify', '--netns', word], shown],
      [['report', word], shown],
      [['diff', word, word], shown],
    ];
  }),
  [KNOWN('./long-line'), CUT],
];

/** Does command lines in a folder, on a machine that has nothing else. Line ends stay. */
function together(lines: readonly (readonly string[])[], cwd: string): Promise<Ran[]> {
  return Promise.all(lines.map((words) => warmCommand(words, cwd, { env: BARE_MACHINE })));
}

/** A folder with a file of every kind that can be named by mistake. */
async function oddFiles(): Promise<string> {
  const home = folder();
  const file = (name: string) => path.join(home, name);
  mkdirSync(file('folder'));
  execFileSync('mkfifo', [file('fifo')]);
  symlinkSync('loop', file('loop'));
  writeFileSync(file('two-mib'), ' '.repeat(1_500_000));
  writeFileSync(file('binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]));
  writeFileSync(file('utf16'), Buffer.from('\uFEFFconflict/names # so', 'utf16le'));
  writeFileSync(file('latin1'), Buffer.from('conflict/names # sch\u00F6n', 'latin1'));
  writeFileSync(file('typo'), 'conflict/resue # so\n');
  writeFileSync(file('long-line'), `${LONG}\n`);
  writeFileSync(file('object.json'), '{}');
  const server = createServer().listen(file('socket'));
  onTestFinished(() => void server.close());
  return home;
}

describe('what is wrong with a command line', needs(notUnix), () => {
  test('is reported on one short line, with exit code 2, whatever this machine lacks', async () => {
    const results = await together(
      ROWS.map(([words]) => words),
      await oddFiles(),
    );
    for (const [index, [words, says]] of ROWS.entries()) {
      const { exitCode, stdout, stderr } = results[index] as Ran;
      const what = words.join(' ').slice(0, 100);
      expect(stderr, what).toMatch(/^bindspec: [^\n]+\n$/);
      expect(stderr.length, what).toBeLessThan(1000);
      expect(stderr.trimEnd(), what).not.toMatch(/\p{Cc}/u);
      if (typeof says === 'string') expect(stderr, what).toContain(says);
      else expect(stderr, what).toMatch(says);
      expect([what, exitCode, stdout]).toEqual([what, 2, '']);
    }
  });
});

describe('help', () => {
  const COMMANDS = [
    'explain',
    'port',
    'run',
    'verify',
    'program',
    'doctor',
    'list',
    'show',
    'report',
    'diff',
    'matrix',
    'explore',
  ];
  const ALL = [...COMMANDS, 'containers', 'programs', 'stack'];
  const LINES_OF_HELP = [[], ...ALL.map((name) => [name]), ['stack', 'list'], ['stack', 'prepare']];
  let results: Ran[];

  beforeAll(async () => {
    results = await together(
      LINES_OF_HELP.flatMap((words) => [
        [...words, '--help'],
        ['help', ...words],
      ]),
      ROOT,
    );
  });

  test('fits into 80 columns, has examples, and is the same both ways', () => {
    for (const [index, words] of LINES_OF_HELP.entries()) {
      const [flag, command] = results.slice(2 * index, 2 * index + 2) as [Ran, Ran];
      expect(flag).toMatchObject({ exitCode: 0, stderr: '' });
      expect(command).toEqual(flag);
      expect(flag.stdout).toMatch(new RegExp(String.raw`^Usage: bindspec ${words.join(' ')}.*\n\n[A-Z]`));
      expect(flag.stdout).toMatch(/\nExamples:\n {2}bindspec /);
      expect(flag.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test('names the commands in the order of use, and is short', () => {
    const { stdout } = results[0] as Ran;
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
    expect(names).toEqual(ALL);
    expect(stdout.split('\n').length).toBeLessThan(40);
  });

  test('gives examples that work', async () => {
    const examples = results
      .flatMap(({ stdout }) => /Examples:\n((?: {2}.+\n)+)/.exec(stdout)?.[1]?.trimEnd().split('\n') ?? [])
      .map((line) => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')).slice(1))
      .filter(([command = '']) => ['explain', 'list', 'show'].includes(command));
    expect(examples.length).toBeGreaterThan(4);
    for (const ran of await together(examples, ROOT)) expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('show', () => {
  test('is about one screen, and the whole of it with --all', async () => {
    const [short, all] = (await together(
      [
        ['show', 'conflict/reuse', '--reports', 'reports'],
        ['show', 'conflict/reuse', '--reports', 'reports', '--all'],
      ],
      ROOT,
    )) as [Ran, Ran];
    expect(short.stdout.split('\n').length).toBeLessThan(50);
    expect(short.stdout).toMatch(
      /what does the second get[^]*\nExpected on \w+\n[^]*4 cells \(set both, protocol udp\): /,
    );
    expect(short.stdout).toMatch(/\nOn other systems\n[^]*\n {2}windows: 22 cells differ\n/);
    expect(short.stdout).toMatch(/\nRecorded last\n[^]*\n {2}wine-8\.0-x64, wine lab: \d+ pass, [^\n]+\n/);
    expect(all.stdout.split('\n').length).toBeGreaterThan(300);
    expect(all.stdout).toContain('Linux manual page socket(7)');
  });
});

/** What a pipe of Linux holds, in bytes (pipe(7)). */
const PIPE = 65_536;
const noFull: Lack | null = existsSync('/dev/full')
  ? null
  : { need: '/dev/full', reason: 'there is no /dev/full', enable: null };

describe('output that can not be written', needs(noFull), () => {
  const into = (redirection: string) => ({ before: ['sh', '-c', `exec "$0" "$@" ${redirection}`] });
  const LOST = /^bindspec: stdout can't be written to \(ENOSPC: [^\n]+\); the command continues without it$/;

  test.each([
    [['list']],
    [['list', '--format', 'json']],
    [['explain', 'tcp :80']],
    [['explain', 'tcp :80', '--format', 'json']],
    [['--help']],
    [['show', 'conflict/names', '--format', 'json']],
  ])('%j to a full disk: 3, in one line', async (words) => {
    const { exitCode, stderr } = await bindspec(words, into('>/dev/full'));
    expect(stderr).toMatch(LOST);
    expect(exitCode).toBe(3);
  });

  test('to a file that becomes full in the middle: 3, in one line', needs(notLinux), async () => {
    const file = path.join(folder(), 'list.json');
    const { exitCode, stderr } = await bindspec(['list', '--format', 'json'], {
      before: ['sh', '-c', `ulimit -f 8 && exec "$0" "$@" >'${file}'`],
    });
    expect(stderr).toMatch(/^bindspec: stdout can't be written to \(EFBIG: /);
    expect(exitCode).toBe(3);
  });

  test('a wrong command line is 2 all the same, also where stderr is full', async () => {
    expect(await bindspec(['lst'], into('2>/dev/full'))).toMatchObject({ exitCode: 2, stdout: '', stderr: '' });
    expect(await bindspec(['lst'], into('>/dev/full 2>&1'))).toMatchObject({ exitCode: 2 });
    expect(await bindspec(['list'], into('>/dev/full 2>&1'))).toMatchObject({ exitCode: 3 });
  });

  test('closed streams are not an error, because Node opens /dev/null in their place', async () => {
    expect(await bindspec(['list'], into('>&- 2>&-'))).toMatchObject({ exitCode: 0 });
  });

  test('a reader that is slow gets all of it', async () => {
    const words = ['matrix', '--record', path.join(ROOT, 'reports/linux-6.1-x64/matrix.json'), '--format', 'json'];
    const [direct, slow] = await Promise.all([
      bindspec(words),
      bindspec(words, { before: ['sh', '-c', '"$0" "$@" | { sleep 1; cat; }'] }),
    ]);
    expect(direct.stdout.length).toBeGreaterThan(PIPE);
    expect(slow.stdout).toBe(direct.stdout);
  });

  describe('of a run', needs(noNamespaces), () => {
    const written = (reports: string) => readdirSync(reports, { recursive: true, encoding: 'utf8' }).length;

    test.each([[[]], [['--format', 'json']], [['--format', 'ctrf']]])(
      'a full disk, with %j: 3, in one line, and the reports are written',
      async (more) => {
        const reports = folder();
        const words = ['run', 'conflict/names', '--reports', reports, ...more];
        const { exitCode, stderr } = await bindspec(words, into('>/dev/full'));
        expect(stderr.split('\n')[0]).toMatch(LOST);
        expect(exitCode).toBe(3);
        expect(written(reports)).toBeGreaterThanOrEqual(4);
      },
    );

    test('a reader that has gone: the reports are written, and the exit code is that of the run', async () => {
      const reports = folder();
      const script = '{ "$0" "$@"; echo $? >&2; } | head -1';
      const { stdout, stderr } = await bindspec(['run', 'conflict/names', '--reports', reports], {
        before: ['sh', '-c', script],
      });
      expect(stdout).toMatch(/^bindspec \S+ on /);
      expect(stderr.split('\n').at(-1)).toBe('0');
      expect(written(reports)).toBeGreaterThanOrEqual(4);
    });
  });
});

const noLimits = firstLack(notLinux, installed('prlimit', 'util-linux'));

describe('limits of the system', needs(noLimits), () => {
  const limited = (...limits: readonly string[]) => ({ before: ['prlimit', ...limits, '--'] });

  test('what needs little does with little', async () => {
    expect(await bindspec(['list'], limited('--nofile=24'))).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each([
    ['run', 20, 4, 80],
    ['run', 64, 5, 88],
    ['matrix', 64, 4, 96],
    ['explore', 64, 4, 96],
  ])('%s with %i descriptors says how many it needs', async (command, files, jobs, wanted) => {
    const words = [command, '--no-reports', '--jobs', String(jobs)];
    const { exitCode, stdout, stderr } = await bindspec(words, limited(`--nofile=${files}`));
    expect(stderr).toBe(
      `bindspec: this process may open ${files} files, and a run with ${jobs} jobs needs about ${wanted}: raise the limit with 'ulimit -n 1024', or run with --jobs 1`,
    );
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  // Root has no limit of processes, and the other processes of the user who runs the tests can't be known.
  test.each([20, 40])('%i processes and threads: told at once, with what to raise', needs(notRoot), async (most) => {
    const user = ['setpriv', '--reuid=61234', '--regid=61234', '--clear-groups'];
    const { exitCode, stdout, stderr } = await bindspec(['run', '--no-reports', '--jobs', '4'], {
      before: [...user, ...limited(`--nproc=${most}`).before],
      cwd: '/',
      command: commandForAnyone(),
    });
    expect(stderr).toMatch(
      /^bindspec: this user may have (20|40) processes and threads and has \d+, and a run with 4 jobs needs about 88 more: raise the limit with 'ulimit -u 4096', or run with --jobs 1$/,
    );
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});

/** A folder with programs that say that they were started, and then take for ever; those that are left are ended. */
function hanging(...names: string[]): { bin: string; begun: () => boolean; left: () => number } {
  const bin = folder();
  const mark = path.join(bin, 'begun');
  for (const name of names) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho $$ >>'${mark}'\nexec sleep 600\n`, { mode: 0o755 });
  }
  const pids = () => (existsSync(mark) ? readFileSync(mark, 'utf8').split('\n').filter(Boolean).map(Number) : []);
  onTestFinished(() => {
    for (const pid of pids().filter(runs)) process.kill(pid, 'SIGKILL');
  });
  return { bin, begun: () => pids().length > 0, left: () => pids().filter(runs).length };
}

describe('an interruption', needs(notUnix), () => {
  const interrupted = async (words: string[], { bin, begun }: ReturnType<typeof hanging>, cwd = bin) => {
    const running = execa(process.execPath, [CLI, ...words], {
      reject: false,
      stdin: 'ignore',
      cwd,
      env: { GITHUB_ACTIONS: '', NO_COLOR: '1', PATH: `${bin}:${process.env['PATH']}` },
    });
    await until('it has begun', begun);
    running.kill('SIGINT');
    return running;
  };

  test('while a lab is opened ends a run: 130, and nothing is written', async () => {
    const reports = folder();
    const { exitCode, stdout, stderr } = await interrupted(
      ['run', 'conflict/names', '--lab', 'netns', '--reports', reports],
      hanging('unshare', 'nsenter', 'ip'),
    );
    expect(stderr).toBe('bindspec: interrupted before the first result, so nothing was written');
    expect([exitCode, stdout, readdirSync(reports)]).toEqual([130, '', []]);
  });

  test.each(['run', 'matrix', 'explore'])(
    'while agents start ends %s: 130, and nothing is written',
    async (command) => {
      const program = hanging('agent');
      const lab = path.join(program.bin, 'lab.json');
      const machine = { title: 'a machine', launch: [path.join(program.bin, 'agent')] };
      writeFileSync(lab, JSON.stringify({ hosts: { machine }, addresses: {} }));
      const reports = folder();
      const { exitCode, stderr } = await interrupted([command, '--lab', lab, '--reports', reports], program);
      expect(stderr).toBe('bindspec: interrupted before the first result, so nothing was written');
      expect([exitCode, readdirSync(reports)]).toEqual([130, []]);
      await until('no agent is left', () => program.left() === 0);
    },
  );

  const noKeys = existsSync('/usr/share/keyrings/debian-archive-keyring.gpg')
    ? null
    : {
        need: 'debian-archive-keyring',
        reason: 'there are no keys of the Debian archive',
        enable: 'apt-get install debian-archive-keyring',
      };
  test('while a stack is prepared: 130', needs(noKeys), async () => {
    const program = hanging('apt-get', 'apt-cache', 'dpkg-deb');
    const running = execa(process.execPath, [CLI, 'stack', 'prepare', 'gvisor'], {
      reject: false,
      stdin: 'ignore',
      env: { PATH: program.bin + path.delimiter + process.env['PATH'], XDG_CACHE_HOME: folder() },
    });
    await until('apt is asked', program.begun);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    await until('apt has ended too', () => program.left() === 0);
  });

  test('by SIGUSR1 is none, and opens no debugger', needs(noNamespaces), async () => {
    const running = start(['run', 'conflict/**', '--no-reports'], { NO_COLOR: '1' });
    let printed = '';
    running.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('it runs', () => printed.includes(' cells'));
    running.kill('SIGUSR1');
    const { exitCode, stderr } = await running;
    expect([exitCode, stderr]).toEqual([0, '']);
  });
});
