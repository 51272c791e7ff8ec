import process from 'node:process';
import type { WineProgram } from './programs.ts';

/** Wine's environment; `HOME` and `TMPDIR` keep it from the user's own folders. */
function environment(prefix: string): string[] {
  return [
    `WINEPREFIX=${prefix}`,
    'WINEARCH=win64',
    'WINEDEBUG=-all',
    // It would offer to fetch Mono and Gecko, and enter its programs into the desktop's menus.
    'WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=',
    'HOME=/run',
    'TMPDIR=/run',
  ];
}

const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;

/**
 * The words that start a program as the user whom Wine takes its files to belong to. In the user namespace of an
 * ordinary user everybody is root; Wine's own folder in /tmp is named after the user, and would be taken from root's.
 */
function asUser(): string[] {
  return uid === 0 ? [] : ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
}

/** The words that start a program of Wine, or for it, in a prefix. */
export function inPrefix(prefix: string): string[] {
  return [...asUser(), 'env', ...environment(prefix)];
}

/**
 * Shell text with which every script of Wine begins: file systems that go with the processes that see them, for what
 * Wine writes, and for the folder in which a wineserver has its socket. That is /tmp/.wine-UID, and in Debian
 * /run/user/UID where it is there.
 */
export const PLACE = `
set -e
read -r outer _ </proc/self/stat
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p -m 700 /run/user/${uid} /tmp/.wine-${uid}
mount -t tmpfs -o mode=700 tmpfs /tmp/.wine-${uid}
quietly() { "$@" >/run/log 2>&1 </dev/null || { tail -n 1 /run/log >&2; exit 1; }; }
`;

/** A word of a shell's command line. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line of the shell that starts Wine's programs in a prefix. */
export function wineLine(prefix: string, program: string, ...words: string[]): string {
  return [...inPrefix(prefix), program, ...words].map(quoted).join(' ');
}

/** Shell text that waits until a wineserver has written what it knows, and has gone. */
export function serverGone(prefix: string, { server }: WineProgram): string {
  return `quietly ${wineLine(prefix, server, '-w')}\n`;
}
