import process from 'node:process';
import type { Lab, LabKind } from '../../lab/lab.ts';
import { netns } from '../../lab/netns.ts';
import { holdOnMachine } from '../holder.ts';
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
 * that both go with the lab however it ends.
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
  const holder = await holdOnMachine(around, {
    script: SCRIPT,
    words: [program, bundleConfig()],
    title: "gVisor's sandbox",
    enable: ENABLE,
    deadline: START_DEADLINE,
  });
  const runsc = [...holder.enter, program, `--root=${STATE}`];
  return {
    facts: { ...around.facts, lab: 'gvisor', lastPort: FIRST_EPHEMERAL - 1 },
    stack: { name, system: 'gvisor', release },
    launch: (host) => (host === 'machine' ? [...runsc, 'exec', CONTAINER] : around.launch(host)),
    async close() {
      // Not waited for before the lab is gone, which ends the sandbox.
      const released = holder.release();
      await around.close();
      await released;
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
    echo "ready $outer"
    read -r _ || true
    exit 0
  fi
done
tail -n 1 /run/log >&2
exit 1
`;

const ENABLE = process.getuid?.() === 0 ? 'npx bindspec stack prepare gvisor' : 'sudo npx bindspec run --stack gvisor';
