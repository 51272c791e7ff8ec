import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { cacheFolder } from '../files/cache.ts';
import { debianArchive, KEYRING, NO_ARCHIVE } from '../debian/archive.ts';
import { onPath } from '../lab/programs.ts';
import { unknownWord } from '../text/unknown.ts';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';

/** The releases of Debian whose engines can be used beside this machine's own. */
const GENERATIONS = ['trixie', 'sid'] as const;

/** Engines and what they need, and the firewalls of hosts, without what they only recommend. */
const PACKAGES = [
  'podman',
  'docker.io',
  'docker-cli',
  'containerd',
  'runc',
  'netavark',
  'aardvark-dns',
  'passt',
  'slirp4netns',
  'nftables',
  'iptables',
  'iproute2',
  'uidmap',
  'catatonit',
  'util-linux',
  'ufw',
  'firewalld',
  'rootlesskit',
  'containernetworking-plugins',
  'systemd-container',
  'incus-base',
  'libvirt-daemon-driver-network',
  'libvirt-clients',
  'dnsmasq-base',
];
/** No mirror needs longer than this, in milliseconds. */
const DEADLINE = 900_000;

/**
 * The folder with the files of a release of Debian that has its engines. @throws Unavailable where there is none of
 * this name, or it was not prepared.
 */
export function generationFolder(name: string): string {
  const folder = folderOf(name);
  if (existsSync(folder)) return folder;
  throw new Unavailable(`the engines of Debian ${name} are not here`, `npx bindspec containers --prepare ${name}`);
}

/**
 * Unpacks a release of Debian with its engines into the cache folder; a second time it does nothing. Nothing of it is
 * started, and nothing of this machine's system changes. @throws Unavailable when it is not available.
 */
export async function prepareGeneration(name: string, tell: (line: string) => void): Promise<void> {
  const folder = folderOf(name);
  if (existsSync(folder)) return;
  if (process.getuid?.() !== 0) throw new Unavailable('only root can unpack another system', 'run it with sudo');
  if (!onPath('mmdebstrap')) {
    throw new Unavailable("the program 'mmdebstrap' is not here", 'apt-get install mmdebstrap');
  }
  if (!existsSync(KEYRING)) {
    throw new Unavailable('the keys of the Debian archive are not here', 'apt-get install debian-archive-keyring');
  }
  const archive = await debianArchive('debian');
  if (archive === null) throw new Unavailable(NO_ARCHIVE.reason, NO_ARCHIVE.enable);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  tell(`unpacking Debian ${name} with its engines, about 250 MB to fetch and 530 MB on disk`);
  const { failed, stderr } = await execa(
    'mmdebstrap',
    [...words(), `--include=${PACKAGES.join(',')}`, name, partial, archive],
    {
      reject: false,
      timeout: paced(DEADLINE),
      env: { LC_ALL: 'C' },
    },
  );
  if (failed) {
    rmSync(partial, { recursive: true, force: true });
    const why = stderr.split('\n').findLast((line) => line.startsWith('E: ')) ?? 'no answer';
    throw new Unavailable(
      `Debian ${name} can't be fetched: ${why.replace('E: ', '')}`,
      'check the network, and try again',
    );
  }
  renameSync(partial, folder);
}

/** The list of a release that is never finished may be past its date; its signature is still checked. */
function words(): string[] {
  const late = 'Acquire::Check-Valid-Until "false"';
  return ['--variant=minbase', '--mode=root', '--format=directory', `--keyring=${KEYRING}`, `--aptopt=${late}`];
}

function folderOf(name: string): string {
  if (!(GENERATIONS as readonly string[]).includes(name)) {
    const { reason, enable } = unknownWord(
      'release of Debian',
      name,
      GENERATIONS,
      `those with engines are ${GENERATIONS.join(' and ')}`,
    );
    throw new Unavailable(reason, enable);
  }
  // A folder that another version of bindspec made may lack packages.
  const version = createHash('sha256').update(PACKAGES.join(' ')).digest('hex').slice(0, 8);
  return cacheFolder('engines', `${name}-${version}`);
}
