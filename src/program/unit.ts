import type { DeclaredProgram } from './program.ts';
import { wordOfShell } from './word-of-shell.ts';

/** The texts of a unit: its own file, and those of its drop-ins in their order. */
export interface UnitTexts {
  /** For example `nginx.service`, or `openvpn@home.service`. */
  readonly name: string;
  readonly texts: readonly string[];
  /** Lines of tmpfiles.d of the same name. */
  readonly tmpfiles?: string;
  /** The text of an environment file; null where it is not there. */
  environmentFile(file: string): string | null;
}

/** A unit that no command can be taken from. */
export class BadUnit extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadUnit';
  }
}

/** Where services find programs, whoever starts them; systemd.exec(5), "Environment Variables Set on the Service Manager". */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Settings = ReadonlyMap<string, readonly string[]>;

/** The folders that a unit may have made, and where they are below; systemd.exec(5). */
const FOLDERS = [
  ['RuntimeDirectory', '/run'],
  ['StateDirectory', '/var/lib'],
  ['CacheDirectory', '/var/cache'],
  ['LogsDirectory', '/var/log'],
  ['ConfigurationDirectory', '/etc'],
] as const;

/**
 * The program that a service starts: its command, what comes before it, its user, folders, capabilities and environment.
 * systemd gets no messages: readiness, supervision and sockets that it would hand over are left out.
 * @throws BadUnit when it has no command
 */
export function programOfUnit(unit: UnitTexts): DeclaredProgram {
  const settings = settingsIn(unit.texts);
  const one = (name: string) => settings.get(name)?.at(-1);
  const all = (name: string) => settings.get(name) ?? [];
  const isDynamic = isYes(one('DynamicUser'));
  const user = one('User') ?? (isDynamic ? 'nobody' : undefined);
  const group = one('Group');
  const specify = specifiers(unit.name, user);
  const environment = environmentOf(settings, unit, specify);
  const start = all('ExecStart').map((line) => commandIn(line, environment, specify));
  const [first] = start;
  if (first === undefined || first.words.length === 0) {
    throw new BadUnit(`${unit.name} has no ExecStart: name a service that starts a program`);
  }
  const owner = `${user ?? 'root'}${group === undefined ? ':' : `:${group}`}`;
  const isPrivileged = first.privileged || user === undefined || user === 'root';
  const capabilities = all('AmbientCapabilities').flatMap(words);
  const cwd = one('WorkingDirectory')?.replace(/^-/, '');
  const limit = Number(one('TimeoutStartSec')?.replace(/s$/, ''));
  return {
    command: first.words,
    unit: unit.name,
    stdin: 'none',
    cwd: cwd === undefined || cwd === '~' ? '/' : specify(cwd),
    env: { PATH, ...Object.fromEntries(environment) },
    ...(isPrivileged ? {} : { user }),
    ...(isPrivileged || group === undefined ? {} : { group }),
    ...(isPrivileged || settings.get('SupplementaryGroups') === undefined
      ? {}
      : { groups: all('SupplementaryGroups').flatMap(words) }),
    ...(isPrivileged || capabilities.length === 0 ? {} : { capabilities }),
    ...(Number.isFinite(limit) && limit > 0 && limit < 25 ? { ready: { limit } } : {}),
    prepare: [
      ...(isDynamic && user !== undefined ? madeUser(user) : []),
      ...tmpfiles(unit.tmpfiles ?? ''),
      ...FOLDERS.flatMap(([setting, base]) =>
        all(setting)
          .flatMap((line) => words(specify(line)))
          .map((folder) => madeFolder(`${base}/${folder.split(':')[0]}`, one(`${setting}Mode`) ?? '755', owner)),
      ),
      ...[...all('ExecCondition'), ...all('ExecStartPre')].map((line) =>
        before(commandIn(line, environment, specify), environment, isYes(one('PermissionsStartOnly')) ? 'root' : user),
      ),
    ],
  };
}

/** The settings of the section of services; an empty one takes back those before it. */
function settingsIn(texts: readonly string[]): Settings {
  const settings = new Map<string, string[]>();
  for (const text of texts) {
    let section = '';
    for (const row of text.replaceAll(/\\\r?\n(?:[ \t]*[#;].*\r?\n)*/g, ' ').split(/\r?\n/)) {
      const line = row.trim();
      if (line === '' || /^[#;]/.test(line)) continue;
      section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
      const [, name, value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (section !== 'Service' || name === undefined) continue;
      settings.set(name, value === '' ? [] : [...(settings.get(name) ?? []), value]);
    }
  }
  return settings;
}

function isYes(value = ''): boolean {
  return /^(?:yes|true|on|1)$/i.test(value);
}

/** What %i and the like stand for; systemd.unit(5), "Specifiers". */
function specifiers(name: string, user = 'root'): (text: string) => string {
  const [, prefix = name, instance = ''] = /^([^@]+)@(.*)\.\w+$/.exec(name) ?? [];
  const values: Readonly<Record<string, string>> = {
    n: name,
    N: name.replace(/\.\w+$/, ''),
    p: instance === '' ? name.replace(/\.\w+$/, '') : prefix,
    i: instance,
    I: instance.replaceAll('-', '/'),
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    h: user === 'root' ? '/root' : `/home/${user}`,
    u: user,
    H: 'box',
    '%': '%',
  };
  return (text) => text.replaceAll(/%([A-Za-z%])/g, (whole, letter: string) => values[letter] ?? whole);
}

/** Words of systemd: quoted ones, and those with escapes; systemd.syntax(7), "Quoting". */
function words(text: string): string[] {
  const found = text.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
  return found.map((word) =>
    word.replaceAll(
      /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
      (_, double?: string, single?: string, one?: string) =>
        double !== undefined || single !== undefined
          ? (double ?? single ?? '').replaceAll(/\\(.)/g, escaped)
          : escaped('', one ?? ''),
    ),
  );
}

function escaped(_: string, letter: string): string {
  return { n: '\n', t: '\t', s: ' ' }[letter] ?? letter;
}

interface UnitCommand {
  readonly words: string[];
  readonly mayFail: boolean;
  readonly privileged: boolean;
}

/** A line of ExecStart: its prefixes, its variables and its words; systemd.service(5), "Command lines". */
function commandIn(
  line: string,
  environment: ReadonlyMap<string, string>,
  specify: (text: string) => string,
): UnitCommand {
  const [, prefixes = '', rest = ''] = /^([-@:+!|]*)(.*)$/.exec(line) ?? [];
  const value = (name: string) => environment.get(name) ?? '';
  const list = words(rest).flatMap((word) => {
    const whole = /^\$(\w+)$/.exec(word)?.[1];
    // A variable that is a word of its own is split, and none when it is empty.
    if (whole !== undefined && !prefixes.includes(':')) return words(value(whole));
    return [specify(word.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => value(name)).replaceAll('$$', '$'))];
  });
  // With @ the second word is the name by which the program is called.
  if (prefixes.includes('@')) list.splice(1, 1);
  return { words: unsupervised(list), mayFail: prefixes.includes('-'), privileged: /[+!]/.test(prefixes) };
}

/** There is no systemd to tell that it is ready. */
function unsupervised(list: readonly string[]): string[] {
  return list.map((word, index) => (word === 'systemd' && list[index - 1] === '--supervised' ? 'no' : word));
}

function environmentOf(settings: Settings, unit: UnitTexts, specify: (text: string) => string): Map<string, string> {
  const environment = new Map<string, string>();
  const add = (word: string) => {
    const [, name, text = ''] = /^(\w+)=([\s\S]*)$/.exec(word) ?? [];
    if (name !== undefined) environment.set(name, text);
  };
  for (const line of settings.get('Environment') ?? []) words(specify(line)).forEach(add);
  for (const line of settings.get('EnvironmentFile') ?? []) {
    const text = unit.environmentFile(specify(line.replace(/^-/, '')));
    if (text === null && !line.startsWith('-')) {
      throw new BadUnit(
        `${unit.name} wants the environment file ${line}, which is not there: write it, or take it out`,
      );
    }
    for (const row of (text ?? '').replaceAll(/\\\r?\n/g, '').split('\n')) {
      const [, name, value = ''] = /^\s*(?:export\s+)?(\w+)=(.*)$/.exec(row) ?? [];
      if (name !== undefined) environment.set(name, words(value.trim()).join(' '));
    }
  }
  return environment;
}

function before(command: UnitCommand, environment: ReadonlyMap<string, string>, user = 'root'): string {
  const as = command.privileged || user === 'root' ? [] : ['setpriv', `--reuid=${user}`, '--init-groups', '--'];
  const variables = [...environment].map(([name, text]) => `${name}=${text}`);
  const line = ['env', ...variables, ...as, ...command.words].map(wordOfShell).join(' ');
  return command.mayFail ? `${line} || :` : line;
}

/** A user who is there only while the unit runs: the first number that systemd gives to one; systemd.exec(5), "DynamicUser=". */
function madeUser(name: string): string[] {
  const number = 61_184;
  const there = (file: string) => `grep -q ${wordOfShell(`^${name}:`)} ${file}`;
  return [
    `${there('/etc/group')} || echo ${wordOfShell(`${name}:x:${number}:`)} >>/etc/group`,
    `${there('/etc/passwd')} || echo ${wordOfShell(`${name}:x:${number}:${number}::/:/usr/sbin/nologin`)} >>/etc/passwd`,
  ];
}

function madeFolder(folder: string, mode: string, owner: string): string {
  return `mkdir -p ${wordOfShell(folder)} && chmod ${wordOfShell(mode)} ${wordOfShell(folder)} && chown ${wordOfShell(owner)} ${wordOfShell(folder)}`;
}

/** The folders of tmpfiles.d(5), for example `d /run/sshd 0755 root root`. */
function tmpfiles(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [kind = '', folder = '', mode = '-', user = '-', group = '-'] = line.trim().split(/\s+/);
    if (!/^[dD]!?$/.test(kind)) return [];
    const own = [user === '-' ? 'root' : user, group === '-' ? 'root' : group].join(':');
    return [madeFolder(folder, mode === '-' ? '755' : mode.replace(/^[~:]+/, ''), own)];
  });
}
