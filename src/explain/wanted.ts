import { systemNamed, UnknownSystem } from '../model/system-named.ts';
import type { SystemName } from '../model/types.ts';
import { isWildcard, unmapped } from '../model/address.ts';
import type { Wanted } from './explanation.ts';
import { readAddress, readName } from './reader/name.ts';
import type { Sent } from './receives.ts';
import { BadSetting, readSettings } from './reader/settings.ts';

/** What can't be read of what is wanted. The message is one line. */
export class BadWanted extends Error {
  override readonly name = 'BadWanted';
  readonly field: 'system' | 'kernel' | 'release' | 'setting' | 'to' | 'from';

  constructor(field: BadWanted['field'], message: string) {
    super(message);
    this.field = field;
  }
}

/** What a user wants, as it is written. */
interface Written {
  /** Systems with commas; `macos` too. */
  readonly system?: string;
  /** A version of the Linux kernel. */
  readonly kernel?: string;
  /** Releases, each as `freebsd=14.3`, several with commas. */
  readonly release?: readonly string[];
  /** Settings, each as `bindv6only=1`. */
  readonly setting?: readonly string[];
  /** The address that something is sent to. */
  readonly to?: string;
  /** The address that sends it, with a port or without: `192.0.2.9`, `192.0.2.9:4000`, `[::1]:4000`. */
  readonly from?: string;
}

/**
 * Reads what a user wants beside the sockets.
 * @throws BadWanted
 */
export function readWanted({ system, kernel, release = [], setting = [], to, from }: Written): Wanted {
  if (kernel !== undefined && !/^\d{1,4}\.\d{1,4}([.-]|$)/.test(kernel)) {
    throw new BadWanted('kernel', `'${kernel}' is not a version of the Linux kernel; write it as in --kernel 6.1.0`);
  }
  const releases = Object.fromEntries(release.flatMap((text) => text.split(',')).map(releaseIn));
  return {
    ...(system === undefined ? {} : { systems: systemsOf(system) }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(release.length === 0 ? {} : { releases }),
    ...(setting.length === 0 ? {} : { settings: settingsIn(setting) }),
    ...(to === undefined && from === undefined ? {} : { sent: sentOf(to, from) }),
  };
}

function systemsOf(text: string): SystemName[] {
  return text.split(',').map((name) => systemIn('system', name));
}

function systemIn(field: 'system' | 'release', text: string): SystemName {
  try {
    return systemNamed(text);
  } catch (error) {
    if (error instanceof UnknownSystem) throw new BadWanted(field, error.message);
    throw error;
  }
}

function releaseIn(text: string): [SystemName, string] {
  const [, name, release] = /^([^=]*)=(\S+)$/.exec(text.trim()) ?? [];
  if (name === undefined || release === undefined || !/\d/.test(release)) {
    throw new BadWanted('release', `'${text}' is not a release of a system; write it as in --release freebsd=14.3`);
  }
  return [systemIn('release', name), release];
}

function sentOf(to: string | undefined, from: string | undefined): Sent {
  const destination = to === undefined ? undefined : plainAddress('to', to);
  const sender = from === undefined ? undefined : senderIn(from);
  const [one, other] = [destination, sender?.address];
  if (one !== undefined && other !== undefined && one.includes(':') !== other.includes(':')) {
    throw new BadWanted('from', `what is sent to ${one} can't come from ${other}, which is of the other family`);
  }
  return {
    ...(destination === undefined ? {} : { to: destination }),
    ...(sender === undefined ? {} : { from: sender }),
  };
}

function senderIn(text: string): NonNullable<Sent['from']> {
  const name = readAddress(text) === null ? readName(text) : null;
  if (name !== null && name.address !== '' && name.port > 0) return { address: name.address, port: name.port };
  return { address: plainAddress('from', text) };
}

function plainAddress(field: 'to' | 'from', text: string): string {
  const found = readAddress(text.replaceAll(/^\[|\]$/g, ''));
  if (found === null || isWildcard(found.address)) {
    throw new BadWanted(field, `'${text}' is not an address of a machine; write it as in --${field} 127.0.0.1`);
  }
  return unmapped(found.address);
}

function settingsIn(texts: readonly string[]) {
  try {
    return readSettings(texts);
  } catch (error) {
    if (error instanceof BadSetting) throw new BadWanted('setting', error.message);
    throw error;
  }
}
