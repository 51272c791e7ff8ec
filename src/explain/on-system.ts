import { models } from '../model/index.ts';
import { DEVICE_SYSTEMS, OPTION_KEYS, OPTIONS } from '../model/options.ts';
import { unmapped } from '../model/address.ts';
import type { Options, PresentSocket, Setting, SystemName } from '../model/types.ts';
import type { SocketStep } from '../plan/plan.ts';
import type { Question } from './question.ts';
import type { Reading } from './reader/reading.ts';
import { STAND_INS } from './receives.ts';

/** The owner of a socket when no uid is given: one ordinary user, the same for all sockets. */
export const ORDINARY_UID = 1000;

/** A socket with defaults for what is not given: a TCP socket that is there listens, and a connection is local. */
export function settled(socket: PresentSocket): PresentSocket {
  if (socket.state === undefined) return socket.protocol === 'tcp' ? { ...socket, state: 'listening' } : socket;
  const { state } = socket;
  const isBare = state === 'bound' || state === 'listening' || state === 'shut-down';
  if (isBare || socket.local !== undefined) return socket;
  const wildcards: Readonly<Record<string, string>> = {
    '0.0.0.0': '127.0.0.1',
    '::': '::1',
    '::ffff:0.0.0.0': '::ffff:127.0.0.1',
  };
  const local = wildcards[socket.address];
  return local === undefined ? socket : { ...socket, local };
}

/** The socket on one system: without the options that the system does not have. */
export function socketOn(
  system: SystemName,
  { socket, plainWithoutDual, optionsOn }: Reading,
  place: number,
  { settings }: Question,
  notes: string[],
): PresentSocket {
  const { title } = models[system];
  const who = `socket ${place + 1}`;
  const wanted = optionsOn?.[system] ?? socket.options;
  const options: Options = Object.fromEntries(
    OPTION_KEYS.filter((key) => wanted?.[key] === true).flatMap((key) => {
      if (OPTIONS[key].systems.includes(system)) return [[key, true]];
      notes.push(`${title} has no ${OPTIONS[key].name}: ${who} is taken without it`);
      return [];
    }),
  );
  const uid = socket.uid ?? ORDINARY_UID;
  let own: PresentSocket = {
    ...socket,
    options,
    uid,
    // The port is assumed to be allowed, unless the text says which user asks for it.
    privileged: socket.privileged ?? settings?.privileged ?? (socket.uid === undefined || uid === 0),
  };
  if (own.device !== undefined && !DEVICE_SYSTEMS.includes(system)) {
    notes.push(`${title} has no SO_BINDTODEVICE: ${who} is taken without it`);
    const { device: _, ...rest } = own;
    own = rest;
  }
  if (system === 'openbsd' && own.family === 'inet6' && own.v6only === false) {
    if (plainWithoutDual) {
      const { v6only: _, ...rest } = own;
      notes.push(`${title} has no dual-stack sockets: ${who} is taken for 0.0.0.0`);
      return { ...rest, family: 'inet', address: '0.0.0.0' } as const;
    }
    if (own.address === '::') {
      notes.push(`${title} keeps every IPv6 socket to IPv6: ${who} is taken with IPV6_V6ONLY=1`);
      return { ...own, v6only: true };
    }
  }
  return own;
}

/** The owner of a socket and what it may do, in the form that the model takes. */
export function userOf(socket: PresentSocket | undefined): Pick<PresentSocket, 'uid' | 'privileged' | 'anyAddress'> {
  const uid = socket?.uid ?? ORDINARY_UID;
  const anyAddress = socket?.anyAddress === true ? { anyAddress: true } : {};
  return { uid, privileged: socket?.privileged ?? true, ...anyAddress };
}

/**
 * The machine that a model is asked about. Every named address is assumed to be one of the machine's; in 127.0.0.0/8, only
 * the one that every system has.
 */
export function machineOf(
  system: SystemName,
  steps: readonly SocketStep[],
  sockets: readonly PresentSocket[],
  { kernel, releases, settings, own = [], foreign = [] }: Question,
): Setting {
  const named = steps.flatMap((step) => (step.op === 'bind' ? [unmapped(step.address.replace(/%.*$/, ''))] : []));
  const theirs = sockets.flatMap(({ local }) => (local === undefined ? [] : [unmapped(local)]));
  const assumed = ['127.0.0.1', '::1', ...STAND_INS, ...[...named, ...theirs].filter((one) => !one.startsWith('127.'))];
  const addresses = [...assumed, ...own].filter(
    (address) => !foreign.includes(address) && !(settings?.addresses6 === false && address.includes(':')),
  );
  const release = releases?.[system];
  return {
    host: { addresses, ...settings?.hosts[system] },
    ...(kernel === undefined ? {} : { kernel }),
    ...(release === undefined ? {} : { release }),
  };
}
