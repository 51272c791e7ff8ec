import type { Question } from '../explain/question.ts';
import { isWildcard, unmapped } from '../model/address.ts';
import type { Host, Options, Setting, SystemName } from '../model/types.ts';
import type { HeldSocket } from '../sockets/held.ts';
import { freshSockets } from './fresh.ts';
import { chosenNote, familyNote, passesOn } from './notes.ts';
import { isWaiting, presentOf, type PresentReading } from './present.ts';
import { receiversOf } from './receivers.ts';
import type { Firewall, Left, PortAnswer } from './report.ts';
import type { WantedPort } from './wanted-ports.ts';

/** What is known of a port and of its machine. */
export interface PortFacts extends WantedPort {
  readonly system: SystemName;
  readonly sockets: readonly HeldSocket[];
  readonly elsewhere: PortAnswer['elsewhere'];
  readonly firewall: Firewall;
  readonly host: Host;
  readonly machine: Pick<Question, 'kernel' | 'releases' | 'settings'>;
  readonly uid: number | undefined;
  readonly chosen: { readonly from: number; readonly to: number; readonly reserved: string } | null;
  readonly options?: Options;
  /** The sockets as a tool listed them, where there are no tables. */
  readonly present?: readonly PresentReading[];
  /** Notes that are known already. */
  readonly more?: readonly string[];
}

/** Everything that is to be said of a port. */
export function reportOf(facts: PortFacts): PortAnswer {
  const { protocol, port, system, sockets, host, machine, uid, options } = facts;
  const all = facts.present ?? presentOf(sockets);
  const waiting = all.filter(({ sockets: [first] }) => first !== undefined && isWaiting(first));
  // The places of sockets that are in the way are places in the report, which begins with those that wait.
  const present = [...waiting, ...all.filter((one) => !waiting.includes(one))];
  const held = present.flatMap(({ sockets: [first, ...more] }) =>
    first === undefined ? [] : [more.length === 0 ? first : { ...first, more: more.length }],
  );
  const addresses = (host.addresses ?? []).filter((address) => !isOwnOnly(address));
  const setting: Setting = { host, ...(machine.kernel === undefined ? {} : { kernel: machine.kernel }) };
  const named = waiting.map(({ reading: { socket } }) => unmapped(socket.address));
  const destinations = [
    ...new Set([
      '127.0.0.1',
      ...(host.ipv6 === false ? [] : ['::1']),
      ...addresses,
      ...named.filter((address) => !isWildcard(address) && !/^fe[89ab]/.test(address)),
    ]),
  ];
  const receivers = receiversOf(system, present, destinations, setting);
  const { fresh, helps } = freshSockets(present, {
    protocol,
    port,
    addresses,
    uid,
    system,
    machine,
    ...(options === undefined ? {} : { options }),
  });
  const notes = [
    ...new Set(held.flatMap((socket) => passesOn(socket) ?? []).map((text) => `${text}.`)),
    familyNote(receivers),
    chosenNote(port, facts.chosen),
    ...(facts.more ?? []),
  ].filter((note) => note !== undefined);
  return {
    protocol,
    port,
    system,
    held,
    left: leftIn(sockets),
    elsewhere: facts.elsewhere,
    fresh,
    helps,
    receivers,
    firewall: facts.firewall,
    notes,
  };
}

/** Loopback addresses have lines of their own, and link-local ones need an interface. */
function isOwnOnly(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || /^fe[89ab]/.test(address);
}

function leftIn(sockets: readonly HeldSocket[]): Left {
  const count = (so: (socket: HeldSocket) => boolean) => sockets.filter((socket) => so(socket)).length;
  return {
    timeWait: count(({ state }) => state === 'TIME_WAIT'),
    orphans: count(({ protocol, state, inode }) => protocol === 'tcp' && inode === 0 && ORPHANS.has(state)),
    connections: count((socket) => socket.inode !== 0 && !isWaiting(socket)),
  };
}

const ORPHANS: ReadonlySet<string> = new Set(['FIN_WAIT_1', 'FIN_WAIT_2', 'LAST_ACK', 'CLOSING', 'CLOSE_WAIT']);
