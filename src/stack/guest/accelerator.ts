import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../files/cache.ts';
import { paced } from '../../process/pace.ts';

const DEVICE = '/dev/kvm';
/** With a working KVM a kernel boots, and panics because it has no files, in less than a second. */
const TRIAL = 5000;
const VERDICT = cacheFolder('guest', 'kvm.json');

interface Verdict {
  /** The number of the machine's boot that the trial was made in. */
  boot: string;
  works: boolean;
}

/**
 * How the machine is to be run: by KVM where a trial shows that it works, else emulated. The device may be there and
 * hang, as it does on some virtual machines; the result of the trial is kept until this machine boots again.
 */
export async function accelerator(kernel: string): Promise<'kvm' | 'tcg'> {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const known = lastVerdict();
  const works = known?.boot === boot ? known.works : await tryKvm(kernel);
  if (known?.boot !== boot) {
    mkdirSync(path.dirname(VERDICT), { recursive: true });
    writeFileSync(VERDICT, JSON.stringify({ boot, works } satisfies Verdict));
  }
  return works ? 'kvm' : 'tcg';
}

function lastVerdict(): Verdict | null {
  try {
    return JSON.parse(readFileSync(VERDICT, 'utf8')) as Verdict;
  } catch {
    // No one has tried yet.
    return null;
  }
}

/** Boots a kernel without any files: it ends by itself, or does not get that far. */
async function tryKvm(kernel: string): Promise<boolean> {
  const machine = ['-M', 'pc', '-nodefaults', '-no-user-config', '-nic', 'none', '-display', 'none', '-no-reboot'];
  const words = [
    ...machine,
    '-accel',
    'kvm',
    '-cpu',
    'host',
    '-m',
    '256',
    '-kernel',
    kernel,
    '-append',
    'quiet panic=-1',
  ];
  const { exitCode } = await execa('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...words], {
    reject: false,
    timeout: paced(TRIAL),
    // Asked to end, qemu ends as if all were well.
    killSignal: 'SIGKILL',
    stdio: 'ignore',
  });
  return exitCode === 0;
}
