import { execa } from 'execa';
import type { HeldShell } from '../../lab/held-shell.ts';
import { onPath } from '../../lab/programs.ts';
import { Deadline, paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { docker } from '../docker.ts';
import { EngineFailed } from '../engine.ts';
import { podman } from '../podman.ts';
import { loadsBridgeNetfilter, setBridgeNetfilter } from './bridge-netfilter.ts';
import { CONTAINERD_CLIENT, containerd, containerdFiles, containerdWords } from './containerd.ts';
import type { Daemon, EngineHost, EngineHostPlan } from './engine-host.ts';
import { asUser, dockerd, endDaemon, makeUser, podmanFiles, rootlessPodmanFiles, STATE } from './files.ts';
import { FIREWALL_COMMANDS } from './firewalls.ts';
import { DAEMON_DEADLINE, expectLine, runText } from './held.ts';
import { incus, INCUS_CLIENT, incusWords } from './incus.ts';
import { libvirt, LIBVIRT_CLIENT, LIBVIRTD } from './libvirt.ts';
import { nspawn, NSPAWN_HOST } from './nspawn.ts';
import { rootlessDockerClient, rootlessDockerd } from './rootless-docker.ts';

const PAUSE = 50;

/** Starts the engine of a plan in namespaces that are there. @throws Unavailable, EngineFailed */
export async function startEngine(
  plan: EngineHostPlan,
  shell: HeldShell,
  inside: readonly string[],
  cgroup: string,
): Promise<Pick<EngineHost, 'engine' | 'daemon'>> {
  await setBridgeNetfilter(inside, plan.bridgeNetfilter ?? (await loadsBridgeNetfilter(plan.engine, inside)));
  if (plan.firewall !== undefined) {
    const { before, setUp } = FIREWALL_COMMANDS[plan.firewall.name];
    if (before !== undefined) await runText(inside, before);
    if (plan.firewall.first) await runText(inside, setUp);
  }
  const runtime = plan.root !== undefined || onPath('runc') ? 'runc' : 'crun';
  if (plan.engine === 'podman' && plan.rootless === true) {
    await runText(inside, makeUser());
    await writeFiles(inside, rootlessPodmanFiles(runtime));
    return { engine: podman([...inside, ...asUser(), 'podman']) };
  }
  if (plan.engine === 'podman') {
    await writeFiles(inside, podmanFiles(plan.network ?? 'netavark', runtime, cgroup));
    return { engine: podman([...inside, 'podman']) };
  }
  if (plan.engine === 'containerd') {
    await writeFiles(inside, containerdFiles());
    await startDaemon([...inside, ...containerdWords()], [...inside, ...CONTAINERD_CLIENT, 'version'], 'containerd');
    return { engine: containerd(inside, cgroup, plan.portmap ?? null) };
  }
  if (plan.engine === 'libvirt') {
    await startDaemon([...inside, ...LIBVIRTD], [...inside, ...LIBVIRT_CLIENT, 'uri'], 'libvirtd');
    return { engine: libvirt(inside, plan.natIPv6 === true) };
  }
  if (plan.engine === 'incus') {
    const words = await incusWords(inside, cgroup);
    await startDaemon([...inside, ...words], [...inside, ...INCUS_CLIENT, 'query', '/1.0'], 'incusd');
    return { engine: incus(inside, plan.proxy ?? 'proxy') };
  }
  if (plan.engine === 'nspawn') {
    await runText(inside, NSPAWN_HOST);
    return { engine: nspawn(inside, cgroup) };
  }
  if (plan.rootless !== undefined) {
    await runText(inside, makeUser());
    const client = [...inside, ...rootlessDockerClient()];
    await startDaemon([...inside, ...rootlessDockerd(plan.rootless)], [...client, 'version'], 'dockerd');
    return { engine: docker(client) };
  }
  await writeFiles(inside, { [`${STATE}/daemon.json`]: '{}' });
  const help = await runText(inside, 'dockerd --help').catch((error: unknown) => {
    throw error instanceof EngineFailed ? notStarting('dockerd', error.message) : error;
  });
  const answers = [...inside, 'docker', 'version'];
  const command = [...inside, ...dockerd({ options: plan.options ?? [], cgroup }, help)];
  await startDaemon(command, answers, 'dockerd');
  const daemon: Daemon = {
    start: () => startDaemon(command, answers, 'dockerd'),
    async end(signal) {
      await runText(inside, endDaemon(signal));
      // What a killed daemon leaves ends with it, and is a zombie until the first process of the namespace waits: a new
      // daemon would take its containerd to be there.
      shell.write('sleep 0.1; echo reaped\n');
      await expectLine(shell, 'reaped', 'the processes of the daemon are still there');
    },
  };
  return { engine: docker([...inside, 'docker']), daemon };
}

async function writeFiles(inside: readonly string[], files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await runText(inside, 'printf %s "$CONTENT" >"$FILE" && chmod 755 "$FILE"', { FILE: file, CONTENT: content });
  }
}

/** Starts a daemon and waits until a command succeeds that asks it. @throws Unavailable with its last complaint when it does not. */
async function startDaemon(command: readonly string[], asks: readonly string[], name: string): Promise<void> {
  const [file = '', ...words] = command;
  let last = '';
  let over = false;
  const daemon = execa(file, words, {
    detached: true,
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  daemon.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = chunk.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('See '));
    last = lines.at(-1) ?? last;
  });
  daemon.once('exit', () => {
    over = true;
  });
  const deadline = new Deadline(DAEMON_DEADLINE);
  for (;;) {
    if (over || deadline.passed) {
      daemon.kill('SIGKILL');
      throw notStarting(name, last);
    }
    const [program = '', ...asking] = asks;
    const { failed } = await execa(program, asking, {
      reject: false,
      stdin: 'ignore',
      timeout: paced(DAEMON_DEADLINE),
    });
    if (!failed) return;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
}

function notStarting(name: string, said: string): Unavailable {
  return new Unavailable(`${name} does not start: ${said || 'it printed nothing'}`, 'read its output, and try again');
}
