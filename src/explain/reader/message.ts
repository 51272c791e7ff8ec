import { isMulticast } from '../../model/address.ts';
import type { Protocol } from '../../model/types.ts';
import { bareFailure, failureIn } from './failure.ts';
import { otherCall } from './other-calls.ts';
import { forGroup, optionsNote, namedSocket } from './message-socket.ts';
import { optionsOnBsds, optionsOnWindows, programOf, type ServerProgram } from './programs.ts';
import { fullNames, loneHosts, lonePorts, type Mention } from './prose.ts';
import type { Reading } from './reading.ts';
import { Unreadable } from './unreadable.ts';

/** How many lines after and before the line of an error may belong to the same message. */
const AFTER = 24;
const BEFORE = 8;

/** Whether a line says that bind() or listen() failed. */
export function isMessageOfError(line: string): boolean {
  return failureIn(line) !== undefined || bareFailure(line) !== undefined || otherCall(line) !== undefined;
}

/**
 * Reads the error message of a program: what could not be bound, with the options that this program is known to set.
 * @param lines the message, with the lines around it
 * @param place the line that has the error
 * @throws Unreadable for an error that is not about an internet socket's bind() or listen()
 */
export function readMessage(lines: readonly string[], place = 0): Reading {
  const line = lines[place] ?? '';
  const after = lines.slice(place, place + AFTER).join('\n');
  const before = lines.slice(Math.max(place - BEFORE, 0), place).join('\n');
  const whole = `${before}\n${after}`;
  const notes: string[] = [];
  refuseOthers(line, after);
  const failure = bareFailure(line) ?? failureIn(line);
  if (failure === undefined)
    throw new Unreadable(line, { text: line, position: 1 }, 'an error of bind() is needed here');
  const program = programOf(line) ?? programOf(after) ?? programOf(before);
  const name = withUsual(nameFor(line, after, before), line, program, notes);
  const inWhole = failure.systems.length > 0 ? failure : { ...failureIn(whole), ...failure };
  const systems = failure.systems.length > 0 ? failure.systems : sameKind(failure.kind, whole);
  const protocol = protocolOf(line, whole, name, program, notes);
  const isEither = notes.includes(eitherNote(name?.port));
  const suffix =
    /\b(?:tcp|udp)([46])\b/i.exec(line)?.[1] ?? (name?.host === undefined || name.host === '*' ? familyIn(line) : '');
  const groups = protocol === 'udp' && isMulticast(name?.host ?? '') ? program?.groups : undefined;
  const { socket, otherwise } =
    groups === undefined ? namedSocket(name, protocol, suffix, program, notes) : forGroup(name, groups, notes);
  const options = protocol === 'udp' ? groups?.options : program?.options;
  const optionsOn =
    groups !== undefined
      ? optionsOnBsds(groups)
      : protocol === 'udp' || program === undefined
        ? undefined
        : optionsOnWindows(program);
  if (program !== undefined && protocol === 'tcp') notes.push(optionsNote(program));
  const set = options === undefined || Object.keys(options).length === 0 ? {} : { options };
  const sign = failure.sign ?? inWhole.sign;
  return {
    text: line.trim(),
    socket: { ...socket, ...set },
    plainWithoutDual: socket.address === '::' && (name?.empty === true || name?.host === undefined),
    notes,
    ...(otherwise === undefined ? {} : { otherwise: { ...otherwise, socket: { ...otherwise.socket, ...set } } }),
    ...(optionsOn === undefined ? {} : { optionsOn }),
    failure: {
      kind: failure.kind,
      systems,
      ...(failure.isGuessed === undefined ? {} : { isGuessed: failure.isGuessed }),
      ...(sign === undefined || systems.length === 0 ? {} : { sign }),
      ...(program === undefined ? {} : { program: program.name }),
    },
    ...(name?.port === undefined ? { noPort: true } : {}),
    ...(name?.host === undefined ? { noAddress: true } : {}),
    ...(isEither ? { either: true } : {}),
  };
}

/** The name that a line has, completed by the lines after and before it. */
function nameFor(line: string, after: string, before: string): Omit<Mention, 'at'> | undefined {
  const own = nameIn(line);
  if (own !== undefined) return own;
  const host = hostIn(line);
  const { port, ...other } = nameIn(after) ?? nameIn(before) ?? {};
  if (port === undefined) return host;
  return { ...(host ?? other), port };
}

/** A name without a port, with the port that the program has by default. */
function withUsual(
  name: Omit<Mention, 'at'> | undefined,
  line: string,
  program: ServerProgram | undefined,
  notes: string[],
): Omit<Mention, 'at'> | undefined {
  const port = /dhcp/i.test(line) ? 67 : program?.port;
  if (name?.port !== undefined || port === undefined) return name;
  notes.push(
    `the text names no port: it is taken for ${port}, which ${port === 67 ? 'a DHCP server' : program?.name} has`,
  );
  return { ...name, port, ...(name?.host === undefined ? { empty: true as const } : {}) };
}

/** The family that a message names beside a name without an address: 4, 6, or nothing where it names both or none. */
function familyIn(line: string): '' | '4' | '6' {
  const [four, six] = [/\b(?:IPv4|AF_INET)\b/.test(line), /\b(?:IPv6|AF_INET6)\b/.test(line)];
  return four === six ? '' : four ? '4' : '6';
}

/** The systems that the lines around an error tell. */
function sameKind(kind: string, whole: string) {
  const found = failureIn(whole);
  return found?.kind === kind ? found.systems : [];
}

/** @throws Unreadable for the errors of connect() and of other calls, and of Unix sockets */
function refuseOthers(line: string, after: string): void {
  const other = otherCall(line);
  if (other !== undefined) {
    throw new Unreadable(line.trim(), { text: other.text, position: other.at + 1 }, other.understood);
  }
  const isRequest =
    /HttpRequestException|ConnectAsync|ConnectToTcpHost/.test(after) && !/DoBind|Socket\.Bind/.test(after);
  const isConnect =
    isRequest || /\bconnect(?:\(\)|ing)?\b.{0,40}(?:E[A-Z]{4,}|failed|:)|\bdial (?:tcp|udp)/i.test(line);
  if (isConnect && !/\b(?:bind|listen)|_server\b/i.test(line)) {
    const understood = 'this is an error of connect(), and explained are those of bind() and listen()';
    const text = isRequest ? 'a request' : 'connect';
    throw new Unreadable(line.trim(), { text, position: Math.max(line.search(/connect|dial/i), 0) + 1 }, understood);
  }
  const path = /(?:unix:|in use:? |bind\(\) to |listen unix |(?:socket file|address) ["']?)(\/?[\w.-]*\/[\w./-]+)/.exec(
    line,
  );
  if (path?.[1] !== undefined && fullNames(line).length === 0 && lonePorts(line).length === 0) {
    const understood =
      'this is a Unix socket, a file; explained are TCP and UDP sockets. Remove the file if no program has it open';
    throw new Unreadable(line.trim(), { text: path[1], position: line.indexOf(path[1]) + 1 }, understood);
  }
}

/** Where the names of others stand, not those of the socket itself. */
const OTHERS = /\b(?:client|upstream|peer|remote|from|proxy_pass|pid|container)\b[:=]?\s*["']?$/i;
/** What stands directly before the name that could not be bound. */
const SURE =
  /(?:\blisten(?:ing)?(?: on)?(?: (?:tcp|udp)[46]?)?|\bbind(?:\(\))?(?: (?:to|on|for))?(?: address)?|address|socket|exposing port (?:TCP|UDP))[\s"'([:]*$/i;

/** The name that a text is about: an address with its port, or what can be put together. */
function nameIn(text: string): Omit<Mention, 'at'> | undefined {
  const full = fullNames(text)
    .filter(({ at }) => !OTHERS.test(text.slice(Math.max(at - 24, 0), at)))
    .toSorted((one, other) => one.at - other.at);
  const sure = full.find(({ at }) => SURE.test(text.slice(Math.max(at - 40, 0), at)));
  const whole = sure ?? full[0];
  if (whole !== undefined) return whole;
  const [port] = lonePorts(text);
  const [host] = loneHosts(text);
  if (port === undefined && host === undefined) return undefined;
  // An address alone is completed by the lines around it.
  if (port === undefined) return undefined;
  return { ...host, port: port.port ?? 0, ...(host === undefined ? { empty: true } : {}) };
}

/** The address that a line names where no line names a port. */
function hostIn(line: string): Omit<Mention, 'at'> | undefined {
  return loneHosts(line).find(({ at }) => !OTHERS.test(line.slice(Math.max(at - 24, 0), at)));
}

/** UDP by name, also in that of a class or a file: UDPSocket.php, DatagramSocket. */
const UDP = /\budp[46]?\b|_udp_|\budp_?(?:socket|server|client|listener|conn)|dgram|datagram/i;

/** Protocols over UDP, and programs that speak only those. */
const UDP_WORDS = /\b(?:dhcp|mdns|avahi|ssdp|tftp|ntp|snmp|wireguard|wg-quick|multicast)/i;

/** Ports that only UDP uses, for messages that do not name the protocol. */
const UDP_PORTS: ReadonlySet<number> = new Set([
  67, 68, 69, 123, 137, 138, 161, 162, 500, 546, 547, 1194, 1900, 4500, 5353, 51_820,
]);

/** Ports that have the same service over TCP and over UDP: DNS, Kerberos, NFS, STUN, SIP. */
const EITHER_PORTS: ReadonlySet<number> = new Set([53, 88, 111, 389, 464, 2049, 3478, 5060]);

/** A row of a listing, which says of its own socket what protocol it has. */
const ROW = /^\s*(?:tcp|udp)\S*\s+\d+\s.*$/gim;

function eitherNote(port: number | undefined): string {
  return `no protocol is named, and port ${port} is one of TCP and of UDP: it is taken for TCP; write udp :${port} for the other`;
}

function protocolOf(
  line: string,
  whole: string,
  name: { readonly port?: number; readonly host?: string } | undefined,
  program: ServerProgram | undefined,
  notes: string[],
): Protocol {
  const [isTcp, isUdp] = [/\btcp[46]?\b/i.test(line), UDP.test(line)];
  if (isTcp !== isUdp) return isTcp ? 'tcp' : 'udp';
  // Node names the call: listen() is a server's, bind() that of a datagram socket (or of a worker of a cluster).
  if (/\bbind E[A-Z]+/.test(line)) return /cluster|setupListenHandle/.test(whole) ? 'tcp' : 'udp';
  if (name?.host !== undefined && isMulticast(name.host)) {
    notes.push(`no protocol is named: ${name.host} is a group, and only UDP has groups`);
    return 'udp';
  }
  if (UDP_WORDS.test(line) && (program === undefined || /dhcp/i.test(line))) {
    notes.push(`no protocol is named: ${UDP_WORDS.exec(line)?.[0]} is over UDP`);
    return 'udp';
  }
  const isEither = name?.port !== undefined && EITHER_PORTS.has(name.port);
  // What a DNS server calls a listening socket may be one of UDP.
  if (
    isEither &&
    !/\blisten(?:\(\)| E[A-Z])|https?:/.test(line) &&
    !/\b(?:tcp|udp)[46]?\b|dgram/i.test(whole.replaceAll(ROW, ''))
  ) {
    notes.push(eitherNote(name?.port));
    return 'tcp';
  }
  if (/\blisten|https?:|server/i.test(line)) return 'tcp';
  if (UDP.test(whole) && !/\btcp/i.test(whole)) return 'udp';
  if (name?.port !== undefined && UDP_PORTS.has(name.port)) {
    notes.push(`no protocol is named: port ${name.port} is one of UDP's`);
    return 'udp';
  }
  if (isEither) notes.push(eitherNote(name?.port));
  else if (program?.options === undefined) notes.push('no protocol is named: it is taken for TCP');
  return 'tcp';
}
