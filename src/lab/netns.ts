import { readFileSync } from 'node:fs';
import process from 'node:process';
import { HeldShell } from './held-shell.ts';
import {
  type AddressKind,
  type HostName,
  type Lab,
  type LabFacts,
  type LabKind,
  type Need,
  type Missing,
} from './lab.ts';
import {
  ADDRESSES,
  EXTERNAL_INTERFACE,
  holdNamespace,
  HOST_TITLES,
  OF_THE_SYSTEM,
  SECOND_INTERFACE,
  wire,
  type Holder,
} from './netns-topology.ts';
import { makeWritable, unsetIn, type Unset } from './namespace-settings.ts';
import { checkNamespaceTools } from './namespace-tools.ts';
import { hasSecondUser } from './second-user.ts';
import { readOnlyMount, whyUnset } from './unset-settings.ts';
import { Unavailable } from '../process/unavailable.ts';

/** Creation takes some tens of milliseconds; a machine that needs longer than this has something else wrong. */
const CREATION_DEADLINE = 20_000;

/**
 * Network namespaces joined by veth, held by processes in a pid namespace of their own. The first process of that
 * namespace is a shell that reads the harness's pipe: when the harness ends, however it ends, the shell reads the end
 * of the pipe and exits, the kernel ends every process of the pid namespace, and with the last process of a network
 * namespace its interfaces go.
 */
export const netns: LabKind = {
  name: 'netns',
  cellsAtOnce: 8,
  async open() {
    checkTools();
    const root = process.getuid?.() === 0;
    const shell = startShell(root);
    try {
      return await build(shell, root);
    } catch (error) {
      await shell.close();
      throw error;
    }
  },
};

async function build(shell: HeldShell, root: boolean): Promise<Lab> {
  shell.write('read -r pid _ </proc/self/stat; echo "holder machine $$ $pid"\n');
  shell.write(holdNamespace('neighbour') + holdNamespace('gateway'));
  const holders = new Map<string, Holder>();
  while (holders.size < 3) {
    const [, host = '', inner = '', outer = ''] = (await answerOf(shell)).split(' ');
    holders.set(host, { inner, outer });
  }
  const holder = (host: HostName): Holder => {
    const found = holders.get(host);
    if (!found) throw new Error(`nothing holds the namespace of ${host}`);
    return found;
  };
  shell.write(wire(holder('neighbour'), holder('gateway')));
  const unset: Unset[] = [];
  for (let answer = await answerOf(shell); answer !== 'wired'; answer = await answerOf(shell)) {
    const found = unsetIn(answer);
    if (found === null) {
      throw new Unavailable(`the namespaces could not be wired up: ${shell.complaint}`, 'apt-get install iproute2');
    }
    unset.push(found);
  }
  const facts = netnsFacts(unset);
  const userNamespace = root ? [] : [`--user=/proc/${holder('machine').outer}/ns/user`, '--preserve-credentials'];
  const enter = (host: HostName) => [
    'nsenter',
    ...userNamespace,
    `--net=/proc/${holder(host).outer}/ns/net`,
    `--pid=/proc/${holder('machine').outer}/ns/pid`,
    '--',
  ];
  return {
    facts,
    launch: (host) => enter(host),
    close: () => shell.close(),
  };
}

/**
 * What the lab offers. A host whose settings did not take is not part of it: its refusals may be silence by chance, or it
 * does not forward, and an experiment would prove nothing. @throws Unavailable where the machine itself is not as it comes
 */
export function netnsFacts(unset: readonly Unset[] = []): LabFacts {
  const missing: Partial<Record<Need, Missing>> = {};
  const hosts: LabFacts['hosts'] = { ...HOST_TITLES };
  const addresses = { inet: { ...ADDRESSES.inet }, inet6: { ...ADDRESSES.inet6 } };
  const leaveOut = (host: 'neighbour' | 'gateway', kinds: readonly AddressKind[]) => {
    const why = whyUnset(unset);
    missing[host] = why;
    delete hosts[host];
    for (const family of ['inet', 'inet6'] as const) {
      for (const kind of kinds) {
        missing[`${family} ${kind}`] = why;
        delete addresses[family][kind];
      }
    }
  };
  if (unset.some(({ setting }) => OF_THE_SYSTEM.has(setting))) {
    const { reason, enable } = whyUnset(unset);
    throw new Unavailable(reason, enable);
  }
  if (unset.length > 0) leaveOut('gateway', ['gateway', 'filtered']);
  if (unset.some(({ host }) => host !== 'gateway')) leaveOut('neighbour', ['neighbour']);
  if (!hasSecondUser()) {
    missing['second user'] = {
      reason: 'an unprivileged user namespace has only one user',
      enable: 'sudo npx bindspec run',
    };
  }
  return {
    lab: 'netns',
    hosts,
    addresses,
    missing,
    externalInterface: EXTERNAL_INTERFACE,
    secondInterface: SECOND_INTERFACE,
    ownPorts: true,
    elsewhere: 'npx bindspec doctor',
  };
}

function checkTools(): void {
  checkNamespaceTools(
    `only Linux has network namespaces, and this is ${process.platform}`,
    'run it on Linux, or use --lab host',
  );
}

/**
 * The kernel's table of UDP ports is one for all namespaces, and a slot with more than ten sockets is searched in another
 * way, so that what others do on the machine could be seen in here. Since 6.2 a namespace may have a table of its own,
 * which the one around it has to ask for: so there is one around the machine's, which is gone when its shell is.
 */
const OWN_UDP_TABLE = 'echo 8192 2>/dev/null >/proc/sys/net/ipv4/udp_child_hash_entries; exec unshare --net sh';

/** Where settings can only be read, root gets a mount namespace in which they can be written, if the kernel lets it. */
function startShell(root: boolean): HeldShell {
  const user = root ? [] : ['--user', '--map-root-user'];
  const readOnly = root ? readOnlyMount() : null;
  const [mount, text] =
    readOnly === null ? [[], OWN_UDP_TABLE] : [['--mount'], `${makeWritable(readOnly)}; ${OWN_UDP_TABLE}`];
  return new HeldShell(
    ['unshare', ...user, '--net', ...mount, '--pid', '--fork', '--kill-child=KILL', 'sh', '-c', text],
    CREATION_DEADLINE,
  );
}

/** The shell's next line. @throws Unavailable when there is none in time. */
async function answerOf(shell: HeldShell): Promise<string> {
  const line = await shell.next();
  if (line !== null) return line;
  throw new Unavailable(`network namespaces can't be made here: ${shell.complaint || 'no answer'}`, enablingLine());
}

/** The settings that keep ordinary users from making user namespaces, each where a kernel has it, and the value that lets them. */
const RESTRICTIONS = [
  { setting: 'kernel.unprivileged_userns_clone', restricts: '0', open: '1' },
  { setting: 'kernel.apparmor_restrict_unprivileged_userns', restricts: '1', open: '0' },
  { setting: 'user.max_user_namespaces', restricts: '0', open: '10000' },
] as const;

/** The line that would let namespaces be made here: the settings that stand in the way, or else root. */
function enablingLine(): string {
  const inTheWay = RESTRICTIONS.filter(({ setting, restricts }) => {
    try {
      return readFileSync(`/proc/sys/${setting.replaceAll('.', '/')}`, 'utf8').trim() === restricts;
    } catch {
      // This kernel does not have it.
      return false;
    }
  });
  if (inTheWay.length === 0) return 'run it with sudo';
  return `sudo sysctl -w ${inTheWay.map(({ setting, open }) => `${setting}=${open}`).join(' ')}`;
}
