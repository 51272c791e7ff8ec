import type { AddressState, Network } from '../experiment/trial.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { outputOf, type Say } from '../lab/program-output.ts';

/** How often the system asks for a tentative address, once a second, before it uses it as its own. */
const LONG_TENTATIVE = 600;
/** How long the system waits for an answer about a checked address, in milliseconds. */
const UNANSWERED = 50;
/** How often a new address is looked for among the host's own, each time by a process that takes milliseconds. */
const MOST_LOOKS = 20;
/** The metric of added routes. Routes of another metric share no memory of what the system learned about the way. */
const METRIC = '7';
/** The first of the routing tables of VRFs; each VRF has one. */
const FIRST_TABLE = 1000;

type Undo = (say: Say) => Promise<unknown>;

/** The changes that an experiment made to one host's network, and how to undo them. */
export class ChangedNetwork implements Network {
  readonly #say: Say;
  readonly #undo: { readonly what: string; readonly undo: Undo }[] = [];
  #table = FIRST_TABLE;

  constructor(say: Say) {
    this.#say = say;
  }

  async set(setting: string, value: number | string): Promise<void> {
    if (!/^net(\.[\w-]+)+$/.test(setting)) {
      throw new HarnessError(`'${setting}' is not a setting of a network: it must begin with 'net.'`);
    }
    const path = `/proc/sys/${setting.replaceAll('.', '/')}`;
    const [before] = await this.#say([{ op: 'read', path }]);
    if (before?.outcome !== 'ok') throw new HarnessError(`${setting} can't be read: ${before?.outcome}`);
    await write(this.#say, path, String(value));
    this.#done(setting, (say) => write(say, path, before.data ?? ''));
  }

  async addInterface(device: string): Promise<void> {
    await ip(this.#say, ['link', 'add', device, 'up', 'type', 'veth', 'peer', 'name', peerOf(device)]);
    this.#done(`interface ${device}`, (say) => ip(say, ['link', 'del', device]));
    await ip(this.#say, ['link', 'set', peerOf(device), 'up']);
  }

  async removeInterface(device: string): Promise<void> {
    await this.#take(`interface ${device}`);
    // Its addresses are gone with it, and must not be removed a second time.
    this.#forget((what) => what.startsWith(`address ${device} `));
  }

  async addAddress(
    device: string,
    address: string,
    { tentative = false, deprecated = false, checked = false }: AddressState = {},
  ): Promise<void> {
    const isAsked = tentative || checked;
    if (isAsked) {
      await this.set(`net.ipv6.conf.${device}.accept_dad`, 1);
      await this.set(`net.ipv6.conf.${device}.dad_transmits`, tentative ? LONG_TENTATIVE : 1);
      // The first question is asked at a random moment of this time.
      await this.set(`net.ipv6.conf.${device}.router_solicitation_delay`, 0);
    }
    if (checked) await this.set(`net.ipv6.neigh.${device}.retrans_time_ms`, UNANSWERED);
    const quick = address.includes(':') && !isAsked ? ['nodad'] : [];
    const old = deprecated ? ['preferred_lft', '0'] : [];
    await ip(this.#say, ['addr', 'add', address, 'dev', device, ...quick, ...old]);
    this.#done(`address ${device} ${address}`, (say) => ip(say, ['addr', 'del', address, 'dev', device]));
    if (quick.length > 0) await isLocal(this.#say, address.split('/')[0] ?? '');
  }

  async removeAddress(device: string, address: string): Promise<void> {
    await this.#take(`address ${device} ${address}`);
  }

  async takeAddresses(device: string): Promise<void> {
    const addresses = addressesIn(await ip(this.#say, ['-oneline', 'addr', 'show', 'dev', device, 'scope', 'global']));
    const routes: string[][] = [];
    for (const family of ['-4', '-6']) {
      const shown = await ip(this.#say, [family, 'route', 'show', 'dev', device]);
      const set = shown.split('\n').filter((line) => line.includes(' via '));
      routes.push(...set.map((line) => [family, 'route', 'replace', ...line.trim().split(/\s+/), 'dev', device]));
    }
    // Those of IPv6 would stay without an address.
    for (const [family = '', , , ...route] of routes) {
      if (family === '-6') await ip(this.#say, [family, 'route', 'del', ...route]);
    }
    await ip(this.#say, ['addr', 'flush', 'dev', device, 'scope', 'global']);
    this.#done(`all addresses of ${device}`, async (say) => {
      for (const address of addresses) {
        await ip(say, ['addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : [])]);
        if (address.includes(':')) await isLocal(say, address.split('/')[0] ?? '');
      }
      for (const route of routes) await ip(say, route);
    });
  }

  async setLink(device: string, to: 'up' | 'down'): Promise<void> {
    await ip(this.#say, ['link', 'set', device, to]);
    // It was up when the cell began: all interfaces of a lab are.
    if (to === 'down') this.#done(`link ${device}`, (say) => ip(say, ['link', 'set', device, 'up']));
    else this.#forget((what) => what === `link ${device}`);
    // The system itself takes the IPv6 addresses away, unless `keep_addr_on_down` says otherwise.
    if (to === 'down') this.#forget((what) => what.startsWith(`address ${device} `) && what.includes(':'));
  }

  async setMtu(device: string, bytes: number): Promise<void> {
    const shown = await ip(this.#say, ['-oneline', 'link', 'show', 'dev', device]);
    const before = / mtu (\d+) /.exec(shown)?.[1];
    if (before === undefined) throw new HarnessError(`ip does not say the MTU of ${device}: ${shown.trim()}`);
    const set = (say: Say, mtu: string) => ip(say, ['link', 'set', device, 'mtu', mtu]);
    await set(this.#say, String(bytes));
    this.#done(`MTU of ${device}`, (say) => set(say, before));
  }

  async addRoute(destination: string, to: { via: string } | 'unreachable' | 'prohibit' | 'blackhole'): Promise<void> {
    const family = destination.includes(':') ? '-6' : '-4';
    const route = typeof to === 'string' ? [to, destination] : [destination, 'via', to.via];
    await ip(this.#say, [family, 'route', 'add', ...route, 'metric', METRIC]);
    this.#done(`route to ${destination}`, (say) => ip(say, [family, 'route', 'del', ...route, 'metric', METRIC]));
  }

  async addVrf(device: string, members: readonly string[]): Promise<void> {
    const table = String(this.#table);
    this.#table += 1;
    await ip(this.#say, ['link', 'add', device, 'up', 'type', 'vrf', 'table', table]);
    this.#done(`interface ${device}`, (say) => ip(say, ['link', 'del', device]));
    for (const member of members) await ip(this.#say, ['link', 'set', member, 'master', device]);
  }

  /** Undoes everything, the last first. @throws HarnessError when something can't be undone; the rest is still undone */
  async undo(say: Say): Promise<void> {
    const failures: unknown[] = [];
    for (const { undo } of this.#undo.splice(0).toReversed()) {
      try {
        await undo(say);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #done(what: string, undo: Undo): void {
    this.#undo.push({ what, undo });
  }

  #forget(isGone: (what: string) => boolean): void {
    const left = this.#undo.filter(({ what }) => !isGone(what));
    this.#undo.splice(0, this.#undo.length, ...left);
  }

  /** Undoes one thing now. */
  async #take(what: string): Promise<void> {
    const found = this.#undo.find((one) => one.what === what);
    if (!found) throw new HarnessError(`there is no ${what} that this cell added`);
    await found.undo(this.#say);
    this.#undo.splice(this.#undo.indexOf(found), 1);
  }
}

/** The addresses, with the lengths of their prefixes, in what `ip -oneline addr show` prints. */
function addressesIn(shown: string): string[] {
  return shown.split('\n').flatMap((line) => / inet6? (\S+) /.exec(line)?.[1] ?? []);
}

function peerOf(device: string): string {
  return `${device}-peer`;
}

async function write(say: Say, path: string, data: string): Promise<void> {
  const [result] = await say([{ op: 'write', path, data }]);
  if (result?.outcome !== 'ok') throw new HarnessError(`${path} can't be set to ${data.trim()}: ${result?.outcome}`);
}

/**
 * Waits until the host takes packets to a new IPv6 address as its own: Linux adds that route a moment after the address. On
 * an interface that is down it never does, so that the wait ends after some looks.
 */
async function isLocal(say: Say, address: string): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const shown = await ip(say, ['-6', '-oneline', 'route', 'show', 'table', 'all', 'type', 'local', address]);
    if (shown.trim() !== '') return;
  }
}

/** Runs ip(8) on the host, and returns what it printed. @throws HarnessError with the message of ip when it fails */
async function ip(say: Say, args: string[]): Promise<string> {
  const output = await outputOf(say, 'ip', args);
  if (output === undefined) throw new HarnessError('ip could not be started');
  if (output.exit === 0) return output.text;
  throw new HarnessError(`ip ${args.join(' ')}: ${output.text.trim() || `it ended with ${output.exit}`}`);
}
