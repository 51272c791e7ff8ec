import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';
import { LAYER_TOPS, layerOf, type Layer } from './layer.ts';

/** No build needs longer than this, in milliseconds. */
const DEADLINE = 900_000;

/** What is built in /srv over other layers. */
export interface Build {
  name: string;
  /** Shell text, done in /srv/app. */
  script: string;
  /** Texts of files by their absolute names, which the script may need. */
  files: Readonly<Record<string, string>>;
}

/** `$1` is where what is written to /srv is kept; the others are the layers. All else is read-only or in memory. */
const SCRIPT = `
set -e
to=$1; shift
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p "$to/srv" "$to/.work"
for top in ${LAYER_TOPS.filter((top) => top !== 'srv').join(' ')}; do
  lower=
  for layer in "$@"; do if [ -d "$layer/$top" ]; then lower="$lower$layer/$top:"; fi; done
  if [ -n "$lower" ] && [ -d "/$top" ]; then mount -t overlay overlay -o "lowerdir=$lower/$top" "/$top"; fi
done
lower=
for layer in "$@"; do if [ -d "$layer/srv" ]; then lower="$lower$layer/srv:"; fi; done
mount -t overlay overlay -o "volatile,lowerdir=$lower/srv,upperdir=$to/srv,workdir=$to/.work" /srv
for folder in run tmp home root; do mount -t tmpfs -o mode=1777 tmpfs /$folder; done
mount -o remount,bind,ro /
if [ -d /sys/kernel ]; then mount -o remount,bind,ro /sys; fi
mkdir -p /srv/app
cd /srv/app
eval "$FILES"
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C sh -c "$BUILD"
`;

/**
 * What a script writes to /srv over some layers, as a layer of its own. It runs in namespaces without a network.
 * @throws Unavailable when the script fails
 */
export async function builtLayer(build: Build, over: readonly string[], tell: (line: string) => void): Promise<Layer> {
  const made = createHash('sha256')
    .update(JSON.stringify([build.script, build.files, over]))
    .digest('hex');
  const make = async (folder: string) => {
    tell(`building ${build.name}`);
    const words = [
      '--mount',
      '--pid',
      '--net',
      '--ipc',
      '--fork',
      '--kill-child=KILL',
      'sh',
      '-c',
      SCRIPT,
      'sh',
      folder,
    ];
    const { failed, stderr } = await execa('unshare', [...words, ...over], {
      reject: false,
      timeout: paced(DEADLINE),
      stdin: 'ignore',
      env: { FILES: writing(build.files), BUILD: build.script },
    });
    if (failed) {
      const said = stderr.split('\n').findLast((line) => line.trim() !== '') ?? 'no answer';
      throw new Unavailable(`${build.name} can't be built: ${said}`, 'see its declaration in suites/programs/servers');
    }
    await execa('rm', ['-rf', '--one-file-system', `${folder}/.work`]);
    return {};
  };
  return layerOf({ kind: 'built', names: [build.name], over: made, make });
}

/** Shell text that writes files. */
function writing(files: Readonly<Record<string, string>>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return Object.entries(files)
    .map(([file, text]) => `mkdir -p "$(dirname ${quoted(file)})"; printf %s ${quoted(text)} >${quoted(file)}`)
    .join('\n');
}
