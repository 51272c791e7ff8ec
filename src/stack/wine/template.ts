import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { netns } from '../../lab/netns.ts';
import { holdOnMachine } from '../holder.ts';
import { PLACE, quoted, serverGone, wineLine } from './place.ts';
import { templateFolder, type WineProgram } from './programs.ts';

/** A new prefix takes about ten seconds on a small machine; this is in milliseconds. */
const DEADLINE = 300_000;

/** Where distributions keep the DLLs that a new prefix gets copies of. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/wine/x86_64-windows',
  '/usr/lib64/wine/x86_64-windows',
  '/usr/lib/wine/x86_64-windows',
  '/opt/wine-stable/lib64/wine/x86_64-windows',
];

/**
 * Makes the files that every prefix begins with: those of Windows 10, without services that a test has no use for, and
 * with links in place of 600 MB of DLLs. It is made in a lab, so that nothing of it can reach a network.
 * @throws Unavailable when the lab is not available, or Wine does not make it.
 */
export async function makeTemplate(wine: WineProgram): Promise<void> {
  const folder = templateFolder(wine);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const lab = await netns.open();
  try {
    const holder = await holdOnMachine(lab, {
      script: scriptFor(partial, wine),
      words: [],
      title: "Wine's prefix",
      enable: 'WINEDEBUG=warn+all wine64 wineboot',
      deadline: DEADLINE,
    });
    await holder.release();
  } finally {
    await lab.close();
  }
  renameSync(partial, folder);
}

function scriptFor(prefix: string, wine: WineProgram): string {
  const libraries = LIBRARIES.find((folder) => existsSync(folder));
  return [
    PLACE,
    `quietly ${wineLine(prefix, wine.loader, 'winecfg', '/v', 'win10')}\n`,
    serverGone(prefix, wine),
    `cd ${quoted(prefix)}\n`,
    // Services that start by themselves (0 to 2) are disabled (4), except the one that tables and interfaces are asked
    // of.
    'sed -i \'/^\\[/h; /"Start"=dword:0000000[012]$/{x;/nsiproxy\\]/!{x;s/.$/4/;x};x}\' system.reg\n',
    // A prefix that is up to date for ever: or else every lab's would look for what has changed.
    'printf disable >.update-timestamp\n',
    // Each lab has its own.
    'rm -r dosdevices\n',
    libraries === undefined ? '' : linksTo(libraries),
    'echo "ready $outer"\nread -r _ || true\n',
  ].join('');
}

/** Puts links in the place of copies. */
function linksTo(libraries: string): string {
  return `find drive_c/windows -type f -size +8k | while read -r file; do
  original=${quoted(libraries)}/\${file##*/}
  if cmp -s "$original" "$file"; then ln -sf "$original" "$file"; fi
done
`;
}
