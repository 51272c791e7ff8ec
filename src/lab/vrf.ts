import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** Whether the running kernel has VRF, built in, loaded, or as a module that it loads when one is made. */
export function hasVrf(): boolean {
  if (existsSync('/sys/module/vrf')) return true;
  const modules = `/lib/modules/${os.release()}`;
  return ['modules.builtin', 'modules.dep'].some((list) => {
    try {
      return /\/vrf\.ko/.test(readFileSync(`${modules}/${list}`, 'utf8'));
    } catch {
      return false;
    }
  });
}
