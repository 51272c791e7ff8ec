import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { cacheFolder } from '../files/cache.ts';
import type { Missing } from '../lab/lab.ts';
import { onPath } from '../lab/programs.ts';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';
import { LAYER_TOPS, layerOf, type Layer } from './layer.ts';

/** apt fetches into these, and not into the machine's: its own settings say from where. */
const HOME = () => cacheFolder('programs', 'apt');
const STATUS = '/var/lib/dpkg/status';
const DAY = 24 * 3600 * 1000;
/** No mirror and no package needs longer than this, in milliseconds. */
const DEADLINE = 1_800_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Why packages of Debian can't be laid over this machine's files, or null. */
export function debianLayerMissing(): Missing | null {
  for (const tool of ['apt-get', 'dpkg', 'unshare', 'mount']) {
    if (!onPath(tool)) return { reason: `the program '${tool}' is not here`, enable: 'run it on Debian or Ubuntu' };
  }
  if (process.getuid?.() !== 0) {
    return { reason: "only root can lay packages over this machine's files", enable: 'run it with sudo' };
  }
  const home = cacheFolder();
  const inside = LAYER_TOPS.find((top) => home.startsWith(`/${top}/`));
  if (inside === undefined) return null;
  return {
    reason: `the folder for what is fetched, ${home}, is in /${inside}, over which packages are laid`,
    enable: 'set XDG_CACHE_HOME to a folder elsewhere, for example /root/.cache',
  };
}

/**
 * Packages of this system's distribution with what they depend on, as a layer. Their scripts run over the machine's files in
 * namespaces without a network, where no service may be started. @throws Unavailable when they can not be fetched
 */
export async function debianLayer(names: readonly string[], tell: (line: string) => void): Promise<Layer> {
  const missing = debianLayerMissing();
  if (missing) throw new Unavailable(missing.reason, missing.enable);
  const here = [...statusOf(STATUS).keys()];
  const make = async (folder: string) => {
    await updateLists(tell);
    tell(`fetching ${names.join(' ')} from Debian`);
    const shown = names.join(' ');
    await apt(['--yes', '--download-only', '--no-install-recommends', 'install', ...names], shown);
    await install(names, folder);
    return versions(folder, names);
  };
  // What the machine had is not in the layer. It may have more by now.
  const fits = (over: string) => over !== '' && over.split(' ').every((name) => here.includes(name));
  return layerOf({ kind: 'debian', names, over: here.join(' '), fits, make });
}

async function updateLists(tell: (line: string) => void): Promise<void> {
  const stamp = path.join(HOME(), 'fetched');
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < DAY) return;
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(path.join(HOME(), folder), { recursive: true });
  tell('fetching the lists of packages');
  await apt(['update', '--error-on=any'], 'the lists of packages');
  writeFileSync(stamp, '');
}

async function apt(words: readonly string[], what: string): Promise<void> {
  const settings = {
    'Dir::State::lists': path.join(HOME(), 'lists'),
    'Dir::Cache': HOME(),
    'Dir::Cache::archives': path.join(HOME(), 'archives'),
    // Nothing of the machine's is written, so that nothing of it is locked.
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const { failed, stderr } = await execa('apt-get', ['-q', ...options, ...words], {
    reject: false,
    timeout: paced(DEADLINE),
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (failed) throw unavailable(what, stderr, 'fetched');
}

/**
 * What is laid over the machine's folders is written to `$1`; everything else is read-only or in memory. `volatile` leaves out that every
 * package waits for the disk.
 */
const INSTALL = `
set -e
layer=$1 apt=$2; shift 2
mount --make-rprivate /
mount -t proc proc /proc
for top in ${LAYER_TOPS.join(' ')}; do
  mkdir -p /$top "$layer/$top" "$layer/.work/$top"
  mount -t overlay overlay -o "volatile,lowerdir=/$top,upperdir=$layer/$top,workdir=$layer/.work/$top" /$top
done
mkdir -p /var/cache/apt/archives /var/lib/apt/lists
mount --bind "$apt/archives" /var/cache/apt/archives
mount --bind "$apt/lists" /var/lib/apt/lists
for folder in run tmp home root; do mount -t tmpfs -o mode=1777 tmpfs /$folder; done
chmod 755 /run /home /root
mount -o remount,bind,ro /
mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys
if [ -d /sys/kernel ]; then mount -o remount,bind,ro /sys; fi
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# An index of all manuals is not needed, nor what looks for services to be started again.
rm -f /var/lib/man-db/auto-update
# Some ask for an interface, and there is none but loopback.
ip link set lo up 2>/dev/null || :
cd /
exec env -i PATH='${PATH}' HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q --yes --no-download \\
  --no-install-recommends -o Debug::NoLocking=true -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 \\
  -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confdef install "$@"
`;

async function install(names: readonly string[], folder: string): Promise<void> {
  const words = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child=KILL'];
  const { failed, stdout, stderr } = await execa(
    'unshare',
    [...words, 'sh', '-c', INSTALL, 'sh', folder, HOME(), ...names],
    { reject: false, timeout: paced(DEADLINE), stdin: 'ignore' },
  );
  if (failed) throw unavailable(names.join(' '), `${stdout}\n${stderr}`, 'installed into a layer');
  for (const rest of ['.work', 'var/cache/apt', 'var/lib/apt']) {
    await execa('rm', ['-rf', '--one-file-system', path.join(folder, rest)]);
  }
}

/** The packages that were asked for, and those that are in the layer and not in the machine, or there in another version. */
function versions(folder: string, asked: readonly string[]): Record<string, string> {
  const before = statusOf(STATUS);
  const changed = path.join(folder, STATUS);
  // Where the machine has all of them already, the layer has none.
  const after = existsSync(changed) ? statusOf(changed) : before;
  return Object.fromEntries(
    [...after].filter(([name, version]) => asked.includes(name) || before.get(name) !== version),
  );
}

function statusOf(file: string): Map<string, string> {
  const entries = readFileSync(file, 'utf8').split('\n\n');
  return new Map(
    entries.flatMap((entry) => {
      const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(entry)?.[1];
      const [name, version] = [field('Package'), field('Version')];
      return name === undefined || version === undefined || field('Status') !== 'install ok installed'
        ? []
        : [[name, version] as const];
    }),
  );
}

function unavailable(what: string, output: string, done: string): Unavailable {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  // What a package's own script said stands before the complaint that it failed.
  const failed = lines.findIndex((line) => line.startsWith('dpkg: error processing'));
  const said =
    lines[failed - 1] ??
    lines.find((line) => line.startsWith('E: '))?.replace('E: ', '') ??
    lines.at(-1) ??
    'no answer';
  return new Unavailable(
    `${what} can't be ${done}: ${said}`,
    'check the network and the settings of apt, and try again',
  );
}
