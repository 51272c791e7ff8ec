import type { SourceId } from './sources.ts';

/** What a published document says about binding a socket, in our own words. */
export interface Claim {
  documents: readonly SourceId[];
  claim: string;
}

const claim = (documents: readonly SourceId[], text: string): Claim => ({ documents, claim: text });

export const CLAIMS = {
  'three-names': claim(
    ['fpnp', 'erle'],
    "A server has three choices of bind address: loopback, the wildcard, or one external interface's address; with the last it receives only what is addressed to that address.",
  ),
  'external-from-neighbour': claim(
    ['fpnp', 'erle'],
    'Bound to the external address alone, a server answers a client on another machine.',
  ),
  'external-refuses-loopback': claim(
    ['fpnp', 'erle'],
    'Bound to the external address alone, a client on the same machine that sends to 127.0.0.1 gets "connection refused", and the datagram is never delivered.',
  ),
  'refusal-is-immediate': claim(['fpnp'], 'That refusal comes at once, without a packet crossing a network.'),
  'refusal-is-loopback-only': claim(
    ['fpnp'],
    'Such a refusal is seen on loopback only; over a real network a datagram to a closed port vanishes with no sign.',
  ),
  'external-from-same-machine': claim(
    ['fpnp', 'erle'],
    'A client on the same machine that sends to the external address is answered, with no error.',
  ),
  'source-is-external': claim(['fpnp'], "In that case the client's own socket name carries the external address too."),
  'any-local-source': claim(
    ['fpnp'],
    "A local program may send from any of the machine's addresses, even to talk to the same machine.",
  ),
  'same-address-conflicts': claim(
    ['fpnp'],
    'A second server on the same address and port fails: address already in use.',
  ),
  'wildcard-conflicts': claim(
    ['fpnp', 'erle'],
    'With a server on 127.0.0.1, a wildcard server on the same port fails: address already in use.',
  ),
  'loopback-and-external-coexist': claim(
    ['fpnp', 'erle'],
    'With a server on 127.0.0.1, a second on an external address and the same port works.',
  ),
  'one-per-interface': claim(
    ['fpnp'],
    'With several external addresses, one server on each of them, all on one port, work together.',
  ),
  'exactly-one-receiver': claim(
    ['fpnp'],
    'Each request then reaches exactly one server: the one that holds the destination address.',
  ),
  'names-not-ports': claim(
    ['fpnp', 'erle'],
    'What must not collide is the socket name (address and port), not the bare port.',
  ),
  'connect-filters-replies': claim(
    ['erle'],
    'A client that connects its UDP socket takes replies only from that server; one that does not takes them from anybody.',
  ),
  'udp-may-drop': claim(
    ['fpnp', 'erle'],
    'The example client waits 0.1 s for an answer and then doubles its wait; the example server drops some requests, and the client is answered all the same.',
  ),
  'loopback-private': claim(
    ['serve'],
    'A TCP server on 127.0.0.1 is reachable from the same machine and from no other device.',
  ),
  'wildcard-everywhere': claim(
    ['serve'],
    "A TCP server on 0.0.0.0 is reachable on loopback and on every interface's address, from the machine and from other devices.",
  ),
  'only-wildcard-reaches-lan': claim(
    ['serve'],
    'The LAN address works from another device only if the server is bound to 0.0.0.0.',
  ),
  'socket-is-ip-port-protocol': claim(
    ['serve'],
    'A socket is address, port and protocol, so UDP and TCP servers share a port number freely.',
  ),
  'port-reserved': claim(['serve'], 'Once bound, no one else can use that port on that address and protocol.'),
  'demultiplexed-by-port': claim(
    ['serve'],
    'The system hands what arrives at an address and port to the process that holds them.',
  ),
  'loopback-never-leaves': claim(['serve'], 'Traffic to 127.0.0.1 never leaves the machine.'),
  'loopback-is-faster': claim(['serve'], 'Loopback is faster than a physical interface.'),
  'http-server-default': claim(['serve'], '`python3 -m http.server 8000` listens on 127.0.0.1 unless told otherwise.'),
  'http-server-bind': claim(
    ['serve'],
    '`python3 -m http.server 8000 --bind 0.0.0.0` can be reached from other devices.',
  ),
  'node-listen-loopback': claim(
    ['serve'],
    "Node's `listen(3000, '127.0.0.1')` serves this machine only; without a host it serves everyone.",
  ),
} as const satisfies Record<string, Claim>;

export type ClaimId = keyof typeof CLAIMS;
