/**
 * The questions that can be asked of a program, in the order in which they are answered.
 * @public
 */
export const PROGRAM_QUESTIONS = ['reach', 'second', 'restart', 'ipv6-off', 'taken', 'late'] as const;
export type ProgramQuestion = (typeof PROGRAM_QUESTIONS)[number];

/**
 * What stands in a command, a file or a variable for an address of the machine; see `late`.
 * @public
 */
export const ADDRESS_MARK = '{address}';

/**
 * What a program has as its standard input.
 * @public
 */
export type Input = 'terminal' | 'none' | 'open';

/**
 * How long it takes a program to be up.
 * @public
 */
export interface Ready {
  /** The most seconds until its first socket; 25 unless given. */
  readonly limit?: number;
  /** How many seconds its sockets must stay the same; 1.2 unless given. */
  readonly settle?: number;
}

/**
 * A program as its user starts it. Everything happens in files of its own: what it, or a line of preparation, writes is
 * gone afterwards.
 */
export interface DeclaredProgram {
  /** The file, as on PATH, and its arguments. `{address}` stands for an address of the LAN. */
  readonly command: readonly string[];
  /** What is called in place of the command where the question is an address that comes late; it has `{address}`. */
  readonly late?: Variation;
  /** Variables of the environment, beside PATH, HOME, USER, LOGNAME, SHELL, TERM, LANG and what keeps programs from calling home. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder in which it starts; that of bindspec unless given. */
  readonly cwd?: string;
  /** A terminal unless given. */
  readonly stdin?: Input;
  /** Texts of files by their absolute names, written before the preparation. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines of shell, done as root before each start with files of its own. */
  readonly prepare?: readonly string[];
  /** The user that it is started as, by name or number; the user of bindspec unless given. */
  readonly user?: string;
  /** And the group; the user's own unless given. */
  readonly group?: string;
  /** Further groups, by name. */
  readonly groups?: readonly string[];
  /** Capabilities that it keeps as another user, for example `CAP_NET_BIND_SERVICE`. */
  readonly capabilities?: readonly string[];
  /** The unit that the command was read from, for example `nginx.service`. */
  readonly unit?: string;
  readonly ready?: Ready;
  /** Folders that are laid over the machine's files, the uppermost first. Their names are absolute. */
  readonly layers?: readonly string[];
  /** The command that prints its version; the first line that has a digit is taken. */
  readonly version?: readonly string[];
}

/**
 * Another command, or an edit of a file: the text `from` in `file` is replaced by `to`.
 * @public
 */
export interface Variation {
  readonly command?: readonly string[];
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string };
}

/** Whether there is an address to come late: `{address}` is in the command, or a variation says where it goes. */
export function hasLateAddress({ command, late, env = {}, files = {} }: DeclaredProgram): boolean {
  if (late !== undefined) return true;
  return [...command, ...Object.values(env), ...Object.values(files)].some((text) => text.includes(ADDRESS_MARK));
}
