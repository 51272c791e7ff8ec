import process from 'node:process';
import { execa } from 'execa';
import type { Missing } from '../lab/lab.ts';
import { paced } from '../process/pace.ts';

/** The keys that lists of Debian's packages are checked with. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What is said where there is no `debianArchive`. */
export const NO_ARCHIVE: Missing = {
  reason: 'apt on this machine has no Debian archive',
  enable: 'set BINDSPEC_DEBIAN to the URL of one, which ends with /debian',
};

const RELEASES = /^(bullseye|bookworm|trixie|forky|sid|unstable|testing|stable|oldstable)(-.+)?$/;
/** apt only reads its own settings for this, in milliseconds. */
const DEADLINE = 30_000;

/**
 * The address of Debian's archive or of that for security, without a slash at its end: the one that this machine's own apt
 * uses, which may be a mirror, or that which BINDSPEC_DEBIAN names. Null where there is none.
 */
export async function debianArchive(part: 'debian' | 'debian-security'): Promise<string | null> {
  const named = process.env['BINDSPEC_DEBIAN'] ?? '';
  const known = named === '' ? await archivesOfApt() : [{ uri: named, release: 'stable' }];
  const isSecurity = (release: string) => release.endsWith('-security');
  const found = known.find(({ release }) => isSecurity(release) === (part === 'debian-security'));
  if (found) return found.uri.replace(/\/$/, '');
  // They lie beside each other wherever both are.
  const main = known[0]?.uri.replace(/\/$/, '');
  return main?.endsWith('/debian') === true && part === 'debian-security' ? `${main}-security` : null;
}

/** The archives of Debian's releases in the settings of apt. */
async function archivesOfApt(): Promise<{ uri: string; release: string }[]> {
  const words = ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  const { failed, stdout } = await execa('apt-get', words, {
    reject: false,
    timeout: paced(DEADLINE),
    env: { LC_ALL: 'C' },
  });
  if (failed) return [];
  return stdout.split('\n').flatMap((line) => {
    const [uri = '', release = ''] = line.split(' ');
    return RELEASES.test(release) ? [{ uri, release }] : [];
  });
}
