import { once } from 'node:events';
import { execa } from 'execa';
import type { Container, ContainerPlan, Engine, EngineFacts, HeldContainer, NetworkPlan } from './engine.ts';
import type { EngineName } from './names.ts';
import { EngineFailed } from './engine.ts';
import { containerOf } from './inspect.ts';
import { Deadline, paced } from '../process/pace.ts';

/** No command of an engine takes longer than this on a quiet machine unless something is wrong, in milliseconds. */
const DEADLINE = 60_000;

/** How long a container that is let go may take on a quiet machine, in milliseconds, before its client is ended. */
const GOODBYE = 5000;

const NONE_SUCH = /no such (object|container)|no container with/i;

/** What the engines do not have in common. */
export interface Dialect {
  name: EngineName;
  /** Words of `rm` that end a container at once. */
  removal: readonly string[];
  /** What a build is started with. */
  buildEnvironment: Readonly<Record<string, string>>;
  facts: (ask: (...words: string[]) => Promise<string>) => Promise<EngineFacts>;
}

/** An engine by its command line client; `client` are the words that its commands begin with. */
export function clientOf(dialect: Dialect, client: readonly string[]): Engine {
  const attempt = async (
    words: readonly string[],
    more: { input?: Buffer; env?: Readonly<Record<string, string>> } = {},
  ) => {
    const [file = '', ...rest] = [...client, ...words];
    const ended = await execa(file, rest, {
      reject: false,
      timeout: paced(DEADLINE),
      // A session of its own: what a terminal sends at Ctrl-C is for the harness.
      detached: true,
      maxBuffer: 50_000_000,
      ...(more.input === undefined ? { stdin: 'ignore' } : { input: more.input }),
      ...(more.env === undefined ? {} : { env: more.env }),
    });
    return { failed: ended.failed, stdout: ended.stdout, why: reasonOf(ended) };
  };
  const ask = async (words: readonly string[], more?: Parameters<typeof attempt>[1]): Promise<string> => {
    const { failed, stdout, why } = await attempt(words, more);
    if (failed) throw new EngineFailed(`${dialect.name} ${words[0]}: ${why}`);
    return stdout;
  };
  const names = (printed: string) => printed.split('\n').filter(Boolean);
  const { name } = dialect;
  return {
    name,
    client,
    facts: () => dialect.facts((...words) => ask(words)),
    async importImage(archive, tag, changes) {
      await ask(['import', ...changes.flatMap((change) => ['--change', change]), '-', tag], { input: archive });
    },
    async build(folder, tag) {
      await ask(['build', '--network=none', '--tag', tag, folder], { env: dialect.buildEnvironment });
    },
    imagesNamed: async (image) => names(await ask(['images', '--format', '{{.Repository}}:{{.Tag}}', image])),
    async removeImage(tag) {
      await attempt(['rmi', tag]);
    },
    hasImage: async (tag) => !(await attempt(['image', 'inspect', tag])).failed,
    async createNetwork(plan) {
      await ask(networkWords(plan));
    },
    async removeNetworks(networks) {
      if (networks.length > 0) await ask(['network', 'rm', ...networks]);
    },
    async run(plan) {
      const [first = 'none', ...others] = plan.networks;
      await ask(runWords(plan, first));
      // Older versions of docker take one network at the start only.
      for (const network of others) await ask(['network', 'connect', network, plan.name]);
    },
    hold: (plan) =>
      hold(name, [...client, ...holdWords(plan)]).then(async (held) => {
        for (const network of plan.networks.slice(1)) await ask(['network', 'connect', network, plan.name]);
        return held;
      }),
    async inspect(container): Promise<Container | null> {
      const { failed, stdout, why } = await attempt(['container', 'inspect', container]);
      if (failed && NONE_SUCH.test(why)) return null;
      if (failed) throw new EngineFailed(`${name} container inspect: ${why}`);
      try {
        return containerOf(stdout);
      } catch {
        throw new EngineFailed(`${name} container inspect: its answer about '${container}' can't be read`);
      }
    },
    async remove(containers) {
      if (containers.length === 0) return;
      const { failed, why } = await attempt(['rm', ...dialect.removal, ...containers]);
      if (failed && !NONE_SUCH.test(why)) throw new EngineFailed(`${name} rm: ${why}`);
    },
    running: async (filters) =>
      names(await ask(['ps', ...filters.map((filter) => `--filter=${filter}`), '--format', '{{.Names}}'])),
    labelled: async (label) =>
      names(await ask(['ps', '--all', '--filter', `label=${label}`, '--format', '{{.Names}}'])),
    networksLabelled: async (label) =>
      names(await ask(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}'])),
    command: (...words) => ask(words),
    exec: (container) => [...client, 'exec', '-i', container],
  };
}

function labelWords(labels: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(labels).map(([label, value]) => `--label=${label}=${value}`);
}

function networkWords({ name, subnet, subnet6, driver, ranges = [], options = [], labels }: NetworkPlan): string[] {
  return [
    'network',
    'create',
    `--subnet=${subnet}`,
    ...(subnet6 === undefined ? [] : ['--ipv6', `--subnet=${subnet6}`]),
    ...ranges.map((range) => `--ip-range=${range}`),
    ...(driver === undefined ? [] : [`--driver=${driver}`]),
    ...options.flatMap((option) => ['--opt', option]),
    ...labelWords(labels),
    name,
  ];
}

function runWords(plan: ContainerPlan, network: string): string[] {
  return ['run', '--detach', ...planWords(plan, network)];
}

function holdWords(plan: ContainerPlan): string[] {
  return ['run', '--interactive', '--rm', ...planWords(plan, plan.networks[0] ?? 'none')];
}

function planWords({ name, image, publish = [], command = [], labels, options = [] }: ContainerPlan, network: string) {
  return [
    // Images are made here; a registry is never asked.
    '--pull=never',
    '--name',
    name,
    '--network',
    network,
    ...publish.flatMap((port) => ['--publish', port]),
    ...labelWords(labels),
    ...options,
    image,
    ...command,
  ];
}

/** Starts a client and waits for the first line of its container. @throws EngineFailed when there is none */
async function hold(engine: string, command: readonly string[]): Promise<HeldContainer> {
  const [file = '', ...words] = command;
  const child = execa(file, words, { reject: false, detached: true, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
  child.stdin.on('error', () => undefined);
  const cancel = new Deadline(DEADLINE).whenPassed(() => child.kill('SIGKILL'));
  try {
    const first = await Promise.race([once(child.stdout, 'data').then(() => null), child]);
    if (first !== null) throw new EngineFailed(`${engine} run: ${reasonOf(first)}`);
  } finally {
    cancel();
  }
  return {
    async release() {
      child.stdin.end();
      const cancelEnd = new Deadline(GOODBYE).whenPassed(() => child.kill('SIGKILL'));
      await child;
      cancelEnd();
    },
  };
}

/** Why a command failed, in one line: the last that it printed without what every message of it begins with. */
function reasonOf(ended: { stderr: string; timedOut?: boolean; shortMessage?: string | undefined }): string {
  if (ended.timedOut === true) return 'no answer in time';
  const lines = ended.stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Run|See) '|^See '|--help/.test(line));
  const place = lines.findLastIndex((line) => /error/i.test(line));
  // One that ends with a colon goes on.
  const said = lines[place]?.endsWith(':') === true ? lines.slice(place).join(' ') : (lines[place] ?? lines.at(-1));
  const last = said ?? ended.shortMessage ?? 'no reason given';
  return last.replace(/^(docker|Error response from daemon|Error): /i, '').replace(/^Error response from daemon: /, '');
}
