import { systemNamed, UnknownSystem } from '../model/system-named.ts';
import type { SystemName } from '../model/types.ts';
import type { Wanted } from './explanation.ts';
import { BadSetting, readSettings } from './reader/settings.ts';

/** What can't be read of what is wanted. The message is one line. */
export class BadWanted extends Error {
  override readonly name = 'BadWanted';
  readonly field: 'system' | 'kernel' | 'release' | 'setting';

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
}

/**
 * Reads what a user wants beside the sockets.
 * @throws BadWanted
 */
export function readWanted({ system, kernel, release = [], setting = [] }: Written): Wanted {
  if (kernel !== undefined && !/^\d{1,4}\.\d{1,4}([.-]|$)/.test(kernel)) {
    throw new BadWanted('kernel', `'${kernel}' is not a version of the Linux kernel; write it as in --kernel 6.1.0`);
  }
  const releases = Object.fromEntries(release.flatMap((text) => text.split(',')).map(releaseIn));
  return {
    ...(system === undefined ? {} : { systems: systemsOf(system) }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(release.length === 0 ? {} : { releases }),
    ...(setting.length === 0 ? {} : { settings: settingsIn(setting) }),
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

function settingsIn(texts: readonly string[]) {
  try {
    return readSettings(texts);
  } catch (error) {
    if (error instanceof BadSetting) throw new BadWanted('setting', error.message);
    throw error;
  }
}
