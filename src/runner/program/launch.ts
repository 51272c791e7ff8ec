import { ADDRESS_MARK, type DeclaredProgram, type Variation } from '../../program/program.ts';
import { onPath } from '../../lab/programs.ts';
import { wordOfShell } from '../../program/word-of-shell.ts';

/** What is started once, with every place for an address filled in. */
export interface Launch {
  readonly command: readonly string[];
  readonly program: DeclaredProgram;
  readonly address: string;
}

/** A variable that only what starts the program has. */
export const SHIM = 'BINDSPEC_SHIM=1';
const HOME = '/run/home';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** A program that has these does not call home, open a browser, or take the lab for a CI service. */
const QUIET = { BROWSER: 'none', NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };

/** Where the calls of a traced start are written. */
export const TRACE = '/run/bindspec-trace';

/** A program as it is started at an address of the machine; for the question `late` by its variation. */
export function launchAt(program: DeclaredProgram, address: string, variation?: Variation): Launch {
  const command = (variation?.command ?? program.command).map((word) => fill(word, address));
  return { command, program, address };
}

function fill(text: string, address: string): string {
  return text.replaceAll(ADDRESS_MARK, address);
}

/**
 * Shell text, for root of the room, that prepares it: the home folder, the files, the lines of preparation, the edit of a
 * variation. It ends with the first line that fails.
 */
export function preparation({ program, address }: Launch, variation?: Variation): string {
  const files = Object.entries(program.files ?? {}).map(
    ([file, text]) =>
      `mkdir -p "$(dirname ${wordOfShell(file)})" && printf %s ${wordOfShell(fill(text, address))} >${wordOfShell(file)}`,
  );
  const { edit } = variation ?? {};
  const change = edit === undefined ? [] : [edited(edit, address)];
  const owner = program.user === undefined ? [] : [`chown ${wordOfShell(program.user)} ${HOME}`];
  const lines = [`mkdir -p ${HOME}`, ...owner, ...files, ...(program.prepare ?? []), ...change];
  return ['set -e', ...lines].join('\n');
}

/** No tool but the shell: a program's own image may lack all others. */
function edited({ file, from, to }: NonNullable<Variation['edit']>, address: string): string {
  return [
    `text=$(cat ${wordOfShell(file)}; echo x)`,
    `from=${wordOfShell(from)} to=${wordOfShell(fill(to, address))}`,
    'case $text in *"$from"*) ;; *) echo "the text to replace is not in the file" >&2; exit 1 ;; esac',
    `text=\${text%%"$from"*}$to\${text#*"$from"}`,
    `printf %s "\${text%x}" >${wordOfShell(file)}`,
  ].join('\n');
}

/** The user that a program runs as, where it is not that of bindspec. */
function environmentOf({ program, address }: Launch): Record<string, string> {
  const own = process.env;
  const user = program.user ?? own['USER'] ?? own['LOGNAME'] ?? (process.getuid?.() === 0 ? 'root' : 'user');
  return {
    PATH: own['PATH'] ?? PATH,
    HOME,
    USER: user,
    LOGNAME: user,
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    ...(program.stdin === undefined || program.stdin === 'terminal' ? { TERM: 'xterm-256color' } : {}),
    ...QUIET,
    ...Object.fromEntries(Object.entries(program.env ?? {}).map(([name, text]) => [name, fill(text, address)])),
  };
}

/**
 * Shell text that starts the program in the room that the shell is in, and stays: a daemon whose launcher ends would be
 * hung up on with its terminal. Descriptor 3 gets `files NAME` (the mount namespace) and `exit CODE`.
 */
export function startText(launch: Launch, how: { terminal: boolean; trace: boolean }): string {
  const { program } = launch;
  const cwd = program.cwd ?? process.cwd();
  const environment = Object.entries(environmentOf(launch)).map(([name, text]) => wordOfShell(`${name}=${text}`));
  const trace = how.trace
    ? ['strace', '-f', '-D', '-qq', '-e', 'trace=bind,listen', '-e', 'signal=none', '-o', TRACE]
    : [];
  const words = [...trace.map(wordOfShell), ...asUser(program), ...launch.command.map(wordOfShell)].join(' ');
  const input = how.terminal ? '' : program.stdin === 'open' ? ' <&4' : ' </dev/null';
  const owner = program.user === undefined ? '' : `chown ${wordOfShell(program.user)} "$(tty)" 2>/dev/null; `;
  const sized = how.terminal ? `stty cols 80 rows 24 2>/dev/null; ${owner}` : '';
  const run = `${sized}env -i ${environment.join(' ')} ${words}${input} 3>&- 4<&-; echo "exit $?" >&3; exec sleep 2147483647`;
  const shim = how.terminal ? `exec script -qec ${wordOfShell(run)} /dev/null` : run;
  return [
    `cd ${wordOfShell(cwd)} || { echo 'missing folder' >&3; exit 1; }`,
    'echo "files $(readlink /proc/self/ns/mnt)" >&3',
    `export ${SHIM}`,
    shim,
  ].join('\n');
}

/** The words that make a command that of the program's user, for a shell. */
function asUser({ user, group, groups, capabilities = [] }: DeclaredProgram): string[] {
  if (user === undefined) return process.getuid?.() === 0 ? [] : ownUser();
  const names = capabilities.map((name) => `+${name.toLowerCase().replace(/^cap_/, '')}`).join(',');
  return [
    'setpriv',
    `--reuid=${wordOfShell(user)}`,
    `--regid=${group === undefined ? `"$(id -g ${wordOfShell(user)})"` : wordOfShell(group)}`,
    ...(groups === undefined ? ['--init-groups'] : [`--groups=${wordOfShell(groups.join(','))}`]),
    ...(names === '' ? [] : [`--inh-caps=${names}`, `--ambient-caps=${names}`]),
    '--',
  ];
}

/** In a user namespace an ordinary user is root; a namespace inside it makes the program's user the one that started it. */
function ownUser(): string[] {
  return ['unshare', '--user', `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`, '--'];
}

/** Whether programs can be given a terminal here. */
export function canHaveTerminal(): boolean {
  return onPath('script');
}
