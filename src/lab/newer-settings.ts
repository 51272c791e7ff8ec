import { existsSync } from 'node:fs';
import type { Missing } from './lab.ts';

/** Settings of a network that not all kernels of today have, each with the version of Linux that it came with. */
const SINCE = {
  'net.ipv4.tcp_migrate_req': '5.14',
} as const;
export type NewerSetting = keyof typeof SINCE;

/** Why the running kernel lacks a setting, or null where it has it. */
export function missingSetting(name: string): Missing | null {
  if (existsSync(`/proc/sys/${name.replaceAll('.', '/')}`)) return null;
  const since = SINCE[name as NewerSetting];
  return { reason: `this kernel has no ${name}`, enable: `run it on Linux ${since} or newer` };
}
