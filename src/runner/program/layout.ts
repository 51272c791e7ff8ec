import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { wordOfShell } from '../../program/word-of-shell.ts';

/** Folders that are not the machine's in a room: they are made for it, or belong to the kernel. */
const OWN = new Set(['/proc', '/sys', '/dev', '/run']);
/** The most entries of a folder that has mounts below it, which are laid out one by one. */
const MOST_ENTRIES = 400;
/** The base on which copies on write are kept, and the root that is made on it. */
const BASE = '/run';
const ROOT = `${BASE}/root`;

/**
 * Shell text that gives the shell's mount namespace a root of its own, in which every folder of the machine is a copy on
 * write in memory, with layers above it. It prints `shared FOLDER` for each that can't be copied and stays the
 * machine's, read-only, and `laid` at last. The kernel lets no one but root lay anything over a folder that has mounts
 * below it; there it is done for what is in the folder.
 * @param layers the uppermost first
 */
export function layOut(layers: readonly string[], isRoot: boolean, mounts = mountPoints()): string {
  const lines: string[] = [];
  let number = 0;
  const below = (folder: string) =>
    mounts.filter((point) => point.startsWith(folder === '/' ? '/' : `${folder}/`) && point !== folder);
  const overlay = (folder: string, lowers: readonly string[]) => {
    number += 1;
    const { mode, uid, gid } = statSync(lowers.at(-1) ?? folder);
    const owner = isRoot ? `${uid}:${gid}` : '';
    const lower = lowers.map((one) => one.replaceAll(/[\\:,]/g, String.raw`\$&`)).join(':');
    const words = [String(number), (mode & 0o7777).toString(8), owner, lower, folder];
    lines.push(`lay ${words.map((word) => (word === '' ? "''" : wordOfShell(word))).join(' ')}`);
  };
  const lay = (folder: string): void => {
    const lowers = [...layers.map((layer) => layer + folder), folder].filter(isFolder);
    const points = below(folder);
    if (isRoot || points.length === 0) {
      overlay(folder, lowers);
      // What is mounted below it is not in the copy.
      for (const point of isRoot ? points : []) {
        if (isFolder(point) && mayRead(point)) overlay(point, [point]);
      }
      return;
    }
    const mode = (statSync(folder).mode & 0o7777).toString(8);
    lines.push(`mkdir -p "$R"${wordOfShell(folder)}; chmod ${mode} "$R"${wordOfShell(folder)}`);
    entriesOf(lowers).slice(0, MOST_ENTRIES).forEach(layEntry);
  };
  const layEntry = (entry: string): void => {
    if (OWN.has(entry)) return;
    const from = [...layers.map((layer) => layer + entry), entry].find(isThere);
    if (from === undefined) return;
    const kind = lstatSync(from);
    const to = `"$R"${wordOfShell(entry)}`;
    if (kind.isSymbolicLink()) lines.push(`ln -s ${wordOfShell(readlinkSync(from))} ${to}`);
    else if (kind.isDirectory()) lay(entry);
    else if (kind.isFile()) lines.push(`: >${to}; mount --bind ${wordOfShell(from)} ${to} 2>/dev/null`);
  };
  entriesOf([...layers, '/']).forEach(layEntry);
  return `${HEAD}${lines.join('\n')}\n${TAIL}`;
}

const HEAD = `R=${ROOT}
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs ${BASE} && mkdir ${BASE}/upper ${BASE}/work ${ROOT} && mount -t tmpfs -o mode=755 tmpfs ${ROOT} || echo failed
lay() {
  u=${BASE}/upper/$1 w=${BASE}/work/$1
  mkdir -p "$u" "$w" "$R$5"; chmod "$2" "$u"; [ -z "$3" ] || chown "$3" "$u"
  for how in '' userxattr,; do
    mount -t overlay overlay -o "\${how}lowerdir=$4,upperdir=$u,workdir=$w" "$R$5" 2>/dev/null && return
  done
  mount --rbind "$5" "$R$5" 2>/dev/null && { mount -o remount,bind,ro "$R$5" 2>/dev/null; echo "shared $5"; }
}
`;

const TAIL = `cd ${ROOT}
mkdir -p dev sys proc run
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm 2>/dev/null
mount -t sysfs sysfs sys 2>/dev/null || mount --rbind /sys sys
mount -t proc proc proc 2>/dev/null || { mount --rbind /proc proc; echo 'shared /proc'; }
mount -t tmpfs -o mode=755 tmpfs run
mkdir run/old run/lock; chmod 1777 run/lock
pivot_root . run/old && cd / && umount -l run/old && rmdir run/old && echo laid || echo failed
`;

/** Where something is mounted, from the text of /proc/self/mountinfo; folders of the kernel's own are left out. */
function mountPoints(text = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  const points = text.split('\n').flatMap((line) => {
    const [words = '', kind = ''] = line.split(' - ');
    const point = words.split(' ')[4];
    return point === undefined || point === '/' || isKernels(kind.split(' ')[0]) ? [] : [unescaped(point)];
  });
  return [...new Set(points)].filter((point) => ![...OWN].some((own) => point === own || point.startsWith(`${own}/`)));
}

/** Whether a kind of file system has no files of anyone's: it only shows what the kernel knows, and can't be copied. */
function isKernels(kind = ''): boolean {
  return /^(?:proc|sysfs|cgroup2?|devpts|mqueue|debugfs|tracefs|securityfs|configfs|pstore|bpf|binfmt_misc|nsfs|autofs)$/.test(
    kind,
  );
}

/** The table writes a blank as `\040`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** The entries of several folders, each once, as they are named in the machine's own. */
function entriesOf(folders: readonly string[]): string[] {
  const own = folders.at(-1) ?? '/';
  return [...new Set(folders.flatMap((folder) => names(folder)))].map((name) => path.join(own, name));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function mayRead(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
