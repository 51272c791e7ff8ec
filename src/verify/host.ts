import { list } from '../explain/sentences.ts';
import type { FirewallRule } from '../port/report.ts';
import { isAnswered, isPromised } from '../published/ask.ts';
import { addressWithPort, covers, isIPv6, isLoopback, type Publication } from '../published/publication.ts';
import type { Finding } from '../record/verification.ts';
import type { Port, Tried } from './port.ts';
import { askOfTry, type Situation } from './situation.ts';
import { names, note, places, wrong } from './words.ts';

/** Whether a program listens on the host for a container, as far as the names of such programs are known. */
export function isForwarder(program: string): boolean {
  return /^(docker-proxy|dockerd|conmon|exe|rootless(kit|port)|rootlesskit-doc|pasta|passt|slirp4netns|podman|netavark)/.test(
    program,
  );
}

/**
 * What the host's firewall, which denies what comes in, does about a published port. A rule that translates the port does so before
 * the firewall's own chain, which then does not see it. A neighbour that asked has shown it; without one the rules say it.
 */
export function behindFirewall(situation: Situation, port: Port): Finding[] {
  const denied = deniedPlaces(situation, port);
  if (denied === null) return [];
  const { chains, rules, own } = denied;
  const denies = `the host's firewall denies what comes in (${list(chains)})`;
  const asked = port.tries.filter(
    (one) => one.from === 'neighbour' && isPromised(port.published, askOfTry(situation, one)),
  );
  const translated = rules.find(({ action, to }) => action === 'leads elsewhere' && to !== undefined);
  const reached = asked.filter(isAnswered);
  if (reached.length > 0 || (asked.length === 0 && translated !== undefined)) {
    const why =
      translated === undefined ? '' : `, because it is translated before (${translated.chain}: ${translated.text})`;
    const who = reached.length > 0 ? `, and a neighbour reaches ${names(reached)} all the same` : `, but not this port`;
    const help = 'publish it on 127.0.0.1 if others should not reach it';
    return [note('firewall-passed', `published at ${places(own)}; ${denies}${who}${why}: ${help}`)];
  }
  if (asked.length > 0) return [];
  const ports = list([...new Set(own.map(({ hostPort }) => String(hostPort)))]);
  return [
    note(
      'firewall-kept',
      `published at ${places(own)}, but ${denies} and has no rule for ${ports}, so that others may not reach it: allow it there if they should`,
    ),
  ];
}

/** A published port that no neighbour reaches, while a firewall denies what comes in and has no rule for it. */
export function keptByFirewall(situation: Situation, port: Port, failing: readonly Tried[]): Finding | null {
  const denied = deniedPlaces(situation, port);
  if (denied === null || failing.some(({ from }) => from !== 'neighbour')) return null;
  const { chains, own } = denied;
  return wrong(
    'firewall-kept',
    `published at ${places(own)}, but a neighbour does not reach ${names(failing)}, because the host's firewall denies what comes in (${list(chains)}): ` +
      'allow the port there, or publish it on 127.0.0.1 alone',
  );
}

/** The chains and tables of engines: what they accept is forwarded to containers, and not for the host itself. */
const ENGINES_OWN = /docker|netavark|cni/i;

interface Denied {
  chains: string[];
  rules: readonly FirewallRule[];
  own: readonly Publication[];
}

/** Where a port is published beyond loopback although the firewall denies it and accepts no exception; null where that is not so. */
function deniedPlaces({ host }: Situation, { protocol, published }: Port): Denied | null {
  const { firewall } = host;
  if (firewall === undefined) return null;
  const deniedIn = ({ hostAddress }: Publication) =>
    firewall.denies.filter(({ family }) => family === 'inet' || (family === 'ip6') === isIPv6(hostAddress));
  const accepts = ({ hostPort }: Publication) =>
    firewall.of(protocol, hostPort).some(({ action, chain }) => action === 'accepts' && !ENGINES_OWN.test(chain));
  const own = published.filter((one) => !isLoopback(one.hostAddress) && deniedIn(one).length > 0 && !accepts(one));
  if (own.length === 0) return null;
  return {
    chains: [...new Set(own.flatMap((one) => deniedIn(one).map(({ chain }) => chain)))],
    rules: own.flatMap(({ hostPort }) => firewall.of(protocol, hostPort)),
    own,
  };
}

/** The host's own programs that listen on a published port, at addresses where the container answers in their place. */
export function hiddenListeners({ host }: Situation, { protocol, published, tries }: Port): Finding[] {
  const ports = new Set(published.map(({ hostPort }) => hostPort));
  return host.listeners.flatMap((one) => {
    const { address, port, program, pid } = one;
    if (one.protocol !== protocol || !ports.has(port) || program === undefined || isForwarder(program)) return [];
    const hidden = tries.filter(
      (tried) => tried.from !== 'inside' && tried.port === port && covers(address, tried.address) && isAnswered(tried),
    );
    if (hidden.length === 0) return [];
    const who = pid === undefined ? program : `${program} (${pid})`;
    return [
      note(
        'host-listener',
        `${who} of the host listens on ${addressWithPort(address, port)} too, but ${names(hidden)} leads to the container: use another port for one of them`,
      ),
    ];
  });
}
