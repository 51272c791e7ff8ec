import { existsSync } from 'node:fs';
import type { Missing } from './lab.ts';
import { SINCE, type NewerSetting } from './setting-since.ts';

/** Why the running kernel lacks a setting, or null where it has it. */
export function missingSetting(name: string): Missing | null {
  if (existsSync(`/proc/sys/${name.replaceAll('.', '/')}`)) return null;
  const since = SINCE[name as NewerSetting];
  return { reason: `this kernel has no ${name}`, enable: `run it on Linux ${since} or newer` };
}
