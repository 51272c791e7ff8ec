import process from 'node:process';
import { execa } from 'execa';
import { LabUnavailable, type Lab, type LabKind } from '../../lab/lab.ts';
import { netns } from '../../lab/netns.ts';
import { bundleConfig } from './bundle.ts';
import type { Runsc } from './runsc.ts';

/** The sandbox is up in half a second; a machine that needs longer than this has something else wrong. */
const START_DEADLINE = 30_000;
/** Where the sandbox's state lies: on a file system that goes with the processes that see it. */
const STATE = '/run/state';
const BUNDLE = '/run/bundle';
/** The first port that gVisor chooses by itself (pkg/tcpip/ports/ports.go, FirstEphemeral). */
const FIRST_EPHEMERAL = 16_000;
const CONTAINER = 'machine';

/**
 * The netns lab, with a gVisor sandbox in the machine's namespace: its neighbour and its gateway are Linux. All that
 * runsc leaves on disk lies in a mount namespace of the lab's own, and its processes are in the lab's pid namespace, so
 * that both go with the lab however that ends.
 */
export function gvisorLab(name: string, find: () => Runsc): LabKind {
  return {
    name: 'gvisor',
    async open() {
      const runsc = find();
      const around = await netns.open();
      try {
        return await sandboxed(name, around, runsc);
      } catch (error) {
        await around.close();
        throw error;
      }
    },
  };
}

async function sandboxed(name: string, around: Lab, { program, release }: Runsc): Promise<Lab> {
  const [enter = '', ...words] = around.launch('machine');
  const holder = hold(enter, [...words, 'unshare', '--mount', 'sh', '-c', SCRIPT, 'sh', program, bundleConfig()]);
  const pid = await started(holder);
  const runsc = [...withMounts([enter, ...words], pid), program, `--root=${STATE}`];
  return {
    facts: { ...around.facts, lab: 'gvisor', lastPort: FIRST_EPHEMERAL - 1 },
    stack: { name, system: 'gvisor', release },
    launch: (host) => (host === 'machine' ? [...runsc, 'exec', CONTAINER] : around.launch(host)),
    async close() {
      holder.stdin.end();
      await around.close();
      await holder;
    },
  };
}
/**
 * The first argument is runsc, the second the bundle's configuration. The lab shares the /proc of the machine that made
 * it, in which runsc would look for its own processes by the wrong numbers. And from Linux 6.15 on rmem_default is there
 * in every network namespace, which runsc before 2025 takes for the sign that it is the machine's own.
 */
const SCRIPT = `
set -e
read -r outer _ </proc/self/stat
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir ${BUNDLE} ${STATE}
printf %s "$2" >${BUNDLE}/config.json
if [ -e /proc/sys/net/core/rmem_default ]; then mount -t tmpfs tmpfs /proc/sys/net/core; fi
for platform in systrap ptrace; do
  if "$1" --root=${STATE} --platform=$platform --network=sandbox --ignore-cgroups run --bundle=${BUNDLE} --detach ${CONTAINER} >/run/log 2>&1 </dev/null; then
    echo "sandbox $outer"
    read -r _ || true
    exit 0
  fi
done
tail -n 1 /run/log >&2
exit 1
`;

/** The words that enter the lab, with the mount namespace of its holder as well. */
function withMounts(words: readonly string[], pid: string): string[] {
  const end = words.lastIndexOf('--');
  return [...words.slice(0, end), `--mount=/proc/${pid}/ns/mnt`, ...words.slice(end)];
}

function hold(file: string, words: readonly string[]) {
  return execa(file, words, { detached: true, reject: false, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
}

/** The number of the process that holds the sandbox, as the harness sees it. @throws LabUnavailable */
async function started(holder: ReturnType<typeof hold>): Promise<string> {
  let output = '';
  const line = new Promise<string>((resolve) => {
    holder.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const pid = /^sandbox (\d+)\n/.exec(output)?.[1];
      if (pid !== undefined) resolve(pid);
    });
  });
  const timer = setTimeout(() => holder.kill('SIGKILL'), START_DEADLINE);
  try {
    const result = await Promise.race([line, holder]);
    if (typeof result === 'string') return result;
    const why = result.stderr.trim() || 'no answer';
    throw new LabUnavailable(`gVisor's sandbox did not start: ${why}`, ENABLE);
  } finally {
    clearTimeout(timer);
  }
}
const ENABLE = process.getuid?.() === 0 ? 'npx bindspec stack prepare gvisor' : 'sudo npx bindspec run --stack gvisor';
