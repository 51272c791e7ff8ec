import type { DeclaredProgram } from '../program/program.ts';

/** A program of the table, as `suites/programs/servers/` declares it in some five lines. */
export interface ServerDeclaration {
  /** Packages of Debian with it, separated by spaces. The first one has its version. */
  readonly debian?: string;
  /** Packages of npm with their versions, likewise. They lie in `/srv/app/node_modules`. */
  readonly npm?: string;
  /** The command. Words are separated by spaces; single quotes keep some together. */
  readonly run: string;
  /**
   * Which sockets its documents promise, for example `tcp 127.0.0.1:80`; `*` stands for every address of the machine, and `localhost` for
   * its loopback, whatever the family. None where they promise that it listens nowhere, and null where no document says it.
   */
  readonly says: readonly string[] | null;
  /** Where that is written. */
  readonly where: string;
  /** Shell text that is done once, after the packages were fetched, for example a compiler's call; what it writes to /srv is kept. */
  readonly build?: string;
  readonly prepare?: readonly string[];
  readonly user?: string;
  readonly capabilities?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: DeclaredProgram['stdin'];
  readonly files?: Readonly<Record<string, string>>;
  /** The most seconds until its first socket, and how many its sockets must stay the same. */
  readonly limit?: number;
  readonly settle?: number;
  readonly late?: Late;
}

/** How an address that comes late gets into it: a command, or an edit of a file. Both have `{address}`. */
type Late = string | { readonly file: string; readonly from: string; readonly to: string };

export interface DeclaredServer extends ServerDeclaration {
  readonly name: string;
  /** What it is of: `web`, `npm`. */
  readonly group: string;
}

/** The programs of a group, by their names. */
export function declare(group: string, programs: Readonly<Record<string, ServerDeclaration>>): DeclaredServer[] {
  return Object.entries(programs).map(([name, declaration]) => ({ ...declaration, name, group }));
}

/** The packages that a declaration names, with their kind; none where this machine has the program itself. */
export function declaredPackages({ debian, npm }: ServerDeclaration): { kind: 'debian' | 'npm'; names: string[] }[] {
  const split = (text: string) => text.split(' ').filter((word) => word !== '');
  return [
    ...(debian === undefined ? [] : [{ kind: 'debian' as const, names: split(debian) }]),
    ...(npm === undefined ? [] : [{ kind: 'npm' as const, names: split(npm) }]),
  ];
}

/** The folder that a program starts in unless it is declared otherwise. What is fetched from npm lies there. */
const HOME = '/srv/app';
const PAGE = { [`${HOME}/index.html`]: '<!doctype html><title>here</title>\n' };

/** A declared program as `bindspec program` starts it, over the layers with its packages. */
export function startOfServer(declared: DeclaredServer, layers: readonly string[]): DeclaredProgram {
  const { run, prepare, user, capabilities, env, stdin, limit, settle, late } = declared;
  return {
    command: wordsOf(run),
    cwd: declared.cwd ?? HOME,
    files: { ...PAGE, ...declared.files },
    layers,
    ready: {
      ...(limit === undefined ? {} : { limit }),
      ...(settle === undefined ? {} : { settle }),
    },
    ...(late === undefined ? {} : { late: typeof late === 'string' ? { command: wordsOf(late) } : { edit: late } }),
    ...(prepare === undefined ? {} : { prepare }),
    ...(user === undefined ? {} : { user }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(env === undefined ? {} : { env }),
    ...(stdin === undefined ? {} : { stdin }),
  };
}

/** The words of a command as a declaration writes it. */
export function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(/(?:[^\s']|'[^']*')+/g), ([word]) => word.replaceAll("'", ''));
}
