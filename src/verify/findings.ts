import { list } from '../explain/sentences.ts';
import type { Finding } from '../record/verification.ts';
import { exposures } from './exposure.ts';
import { behindFirewall, hiddenListeners, isForwarder, keptByFirewall } from './host.ts';
import { isAnswered, isPromised } from '../published/ask.ts';
import { takesIPv4Too, type Port, type Tried } from './port.ts';
import { addressWithPort, covers, isEveryAddress, isIPv6, isLoopback } from '../published/publication.ts';
import { askOfTry, type Situation } from './situation.ts';
import { failures, names, note, places, wrong } from './words.ts';

/** What is wrong with a port and what to change; where nothing is wrong, what a user should know about it. */
export function findingsOf(situation: Situation, port: Port): Finding[] {
  if (situation.hostNetwork) return hostNetwork(situation, port);
  if (port.published.length === 0) return unpublished(situation, port);
  const broken = unanswered(situation, port);
  return [
    ...(broken === null ? [] : [broken]),
    ...otherAddress(port),
    ...exposures(situation, port),
    ...(broken === null ? [...localhost(situation, port), ...remarks(situation, port)] : []),
    ...hiddenListeners(situation, port),
    ...behindFirewall(situation, port),
  ];
}

/** Why a published port does not answer where it should; null where it answers, or may answer. */
function unanswered(situation: Situation, port: Port): Finding | null {
  const { protocol, listeners, published } = port;
  const promised = port.tries.filter((tried) => isPromised(published, askOfTry(situation, tried)));
  // An empty datagram without an answer shows nothing: a service may well ignore it.
  const failing = promised.filter(
    (tried) => !isAnswered(tried) && !(protocol === 'udp' && tried.outcome === 'silence'),
  );
  const answering = promised.filter(isAnswered);
  if (answering.length > 0 && failing.length === 0) return null;
  const where = `published at ${places(published)}`;
  if (published.every(({ hostAddress }) => !situation.host.addresses.some((address) => covers(hostAddress, address)))) {
    return wrong('gone-address', `${where}, which this host does not have: publish it on an address that it has`);
  }
  const held = failing.find(({ holder }) => holder !== undefined && !isForwarder(holder));
  if (held !== undefined && listeners.length > 0) return heldByAnother(held);
  if (listeners.length === 0) return wrong('nothing-listens', `${where}, and ${nothingListens(situation, port)}`);
  const loopback = listeners.filter(({ address }) => isLoopback(address));
  if (loopback.length === listeners.length && answering.length === 0) {
    return wrong(
      'loopback-inside',
      `listens on ${names(listeners)} inside, where only programs in the container can reach it: bind ${better(situation)}`,
    );
  }
  if (failing.length === 0) return null;
  return (
    family(situation, port, failing, answering) ??
    keptByFirewall(situation, port, failing) ??
    inTheWay(port, failing, answering)
  );
}

function heldByAnother({ address, port, holder }: Tried): Finding {
  return wrong(
    'held-by-another',
    `${addressWithPort(address, port)} on the host is answered by another program (${holder}), not by the container: ` +
      'end that program, or publish the port elsewhere',
  );
}

function nothingListens({ listeners }: Situation, { protocol, port }: Port): string {
  const nothing = `nothing listens on ${protocol} port ${port} inside`;
  const isElse = listeners.find((other) => other.port === port && other.protocol !== protocol);
  if (isElse !== undefined) return `${nothing}, only on ${isElse.protocol}: publish ${port}/${isElse.protocol}`;
  const others = listeners.filter((other) => other.protocol === protocol && !isLoopback(other.address));
  const ports = [...new Set(others.map((other) => String(other.port)))];
  if (ports.length === 0) return `${nothing}: start the server, or make it listen on this port`;
  return `${nothing}: start the server, or publish the port that it listens on (${list(ports)})`;
}

/** What to bind so that everyone can reach it; this includes IPv6 where the container has it. */
function better({ addresses: own }: Situation): string {
  return own.some(isIPv6) ? '0.0.0.0 and ::, or :: for both' : '0.0.0.0';
}

/** A port that answers over one family and not over the other, or listens at an address that nothing reaches. */
function family(
  situation: Situation,
  port: Port,
  failing: readonly Tried[],
  answering: readonly Tried[],
): Finding | null {
  const { listeners } = port;
  const dual = takesIPv4Too(port);
  const isPlain = (address: string) => !isIPv6(address) || address.startsWith('::ffff:');
  const onIPv4 = listeners.some(({ address }) => isPlain(address) || (address === '::' && dual !== false));
  const onIPv6 = listeners.some(({ address }) => !isPlain(address));
  const asked = failures(failing);
  if (!onIPv6 && failing.every(({ address }) => isIPv6(address))) {
    const first = situation.host.localhost[0] === '::1' && failing.some(({ address }) => address === '::1');
    const also = first ? ', and localhost is ::1 first' : '';
    const change = situation.addresses.some(isIPv6)
      ? 'bind :: for both, or publish it on 0.0.0.0 or 127.0.0.1 alone'
      : 'publish it on 0.0.0.0 or 127.0.0.1 alone, or give its network IPv6 and bind ::';
    return wrong(
      'ipv4-only',
      `listens on IPv4 only but is published on IPv6 as well, where ${asked}${also}: ${change}`,
    );
  }
  if (!onIPv4 && failing.every(({ address }) => !isIPv6(address))) {
    return wrong('ipv6-only', `listens on IPv6 only, and ${asked}: bind 0.0.0.0 as well, or :: without IPV6_V6ONLY`);
  }
  if (answering.length === 0 && !listeners.some(({ address }) => isEveryAddress(address))) {
    return wrong('other-address', `listens on ${names(listeners)} only, and ${asked}: bind ${better(situation)}`);
  }
  return null;
}

/** A fault between the host and a server, where the server listens as it should. */
function inTheWay(
  { protocol, port, tries, published }: Port,
  failing: readonly Tried[],
  answering: readonly Tried[],
): Finding {
  const inside = tries.filter(({ from }) => from === 'inside');
  if (inside.length > 0 && !inside.some(isAnswered)) {
    return wrong(
      'mute',
      `listens on ${protocol} port ${port}, but even inside ${failures(inside)}: check whether the server still accepts connections, ` +
        'and whether the container has a firewall',
    );
  }
  const where = `published at ${places(published)}, and a server listens, but`;
  const from = failing.some((one) => one.from === 'host') ? 'on the host' : 'from a neighbour';
  if (failing.every(({ address }) => address === '::1') && answering.some(({ address }) => isIPv6(address))) {
    return wrong(
      'not-forwarded',
      `${where} ${failures(failing)}: firewall rules do not redirect ::1, which needs a proxy on the host; use another ` +
        'address, or turn on the userland proxy of the engine',
    );
  }
  return wrong(
    'not-forwarded',
    `${where} ${from} ${failures(failing)}: check whether the firewall lets it through, and whether the engine's own rules ` +
      'still exist (reloading a firewall removes them, restarting the container restores them)',
  );
}

/** UDP that is answered from an address that the client does not expect (moby/moby#11998). */
function otherAddress({ tries }: Port): Finding[] {
  const strange = tries.filter(({ by }) => by !== undefined);
  return strange
    .slice(0, 1)
    .map(({ address, port, by }) =>
      wrong(
        'udp-other-address',
        `a request to ${addressWithPort(address, port)} is answered from ${by}, and a client that connects its socket never receives that: ` +
          'have the server answer from the address of the request (IP_PKTINFO), or publish the port on one address',
      ),
    );
}

/** localhost is ::1 first, and the port is published for IPv4 (moby/moby#39933). */
function localhost({ host }: Situation, { tries, published }: Port): Finding[] {
  if (host.localhost[0] !== '::1') return [];
  const first = tries.find(({ from, address, port }) => from === 'host' && address === '::1' && isPublishedAt(port));
  if (first === undefined || isAnswered(first)) return [];
  if (!tries.some((tried) => tried.from === 'host' && tried.address === '127.0.0.1' && isAnswered(tried))) return [];
  const text = `localhost is ::1 first on this host, and ${failures([first])}`;
  if (first.outcome === 'refused') {
    return [
      note(
        'localhost',
        `${text}, so that clients which do not try 127.0.0.1 next fail: use 127.0.0.1, or publish it on ::1 too`,
      ),
    ];
  }
  return [
    wrong(
      'localhost',
      `${text}, so that clients of localhost never try 127.0.0.1: use 127.0.0.1, or publish it on ::1 too`,
    ),
  ];

  function isPublishedAt(asked: number): boolean {
    return published.some(({ hostPort, hostAddress }) => hostPort === asked && !isIPv6(hostAddress));
  }
}

function remarks(situation: Situation, port: Port): Finding[] {
  const { protocol, listeners, tries } = port;
  const outside = tries.filter(({ from }) => from !== 'inside');
  if (protocol === 'udp' && !outside.some(isAnswered)) {
    const why =
      outside.length === 0
        ? 'nothing was sent to it; --udp does that'
        : 'it did not answer empty datagrams; many services ignore them';
    return [note('udp-unknown', `listens, but it is unknown whether it can be reached, because ${why}`)];
  }
  if (listeners.every(({ address }) => isLoopback(address))) {
    return [
      note(
        'loopback-reached',
        `listens on loopback only, and can be reached because this engine connects to it from inside; other engines do not: bind ${better(situation)}`,
      ),
    ];
  }
  return [];
}

/** A port that the engine does not publish, or a port in a container without an engine to ask. */
function unpublished(situation: Situation, port: Port): Finding[] {
  const reached = exposures(situation, port);
  if (reached.length > 0) return reached;
  const { listeners, tries } = port;
  if (listeners.every(({ address }) => isLoopback(address))) {
    const change = situation.published === null ? ` (to reach it from elsewhere, bind ${better(situation)})` : '';
    return [note('inside-only', `listens on ${names(listeners)}: only programs inside can reach it${change}`)];
  }
  const answering = tries.filter((tried) => tried.from === 'host' && isAnswered(tried));
  const host = answering.length === 0 ? '' : `the host can reach it at ${names(answering)}, and so can `;
  const others = `${host}other containers on its networks`;
  if (situation.published === null)
    return [
      note(
        'no-engine',
        `without an engine it is unknown which ports are published; ${others}${host === '' ? ' can reach it' : ''}`,
      ),
    ];
  return [note('unpublished', `not published: ${others}${host === '' ? ' can reach it' : ''}, and no one else should`)];
}

function hostNetwork(situation: Situation, port: Port): Finding[] {
  const { listeners, tries } = port;
  if (listeners.length === 0)
    return [wrong('nothing-listens', `published at ${places(port.published)}, and ${nothingListens(situation, port)}`)];
  if (listeners.every(({ address }) => isLoopback(address))) {
    return [
      note(
        'host-network',
        `on the network of the host, and listens on loopback: only programs on the host can reach it`,
      ),
    ];
  }
  const answering = tries.filter((tried) => tried.from !== 'inside' && isAnswered(tried));
  const where = answering.length === 0 ? 'the addresses it is bound to' : names(answering);
  return [
    note(
      'host-network',
      `on the network of the host: anyone who can reach the host can reach it at ${where}, and publishing has no effect`,
    ),
  ];
}
