import { LINES } from './init.ts';

/** What a machine is started with. */
export interface Machine {
  kernel: string;
  /** The initial files. */
  archive: string;
  accelerator: 'tcg' | 'kvm';
  processors: number;
  /** In MB. */
  memory: number;
}

/** The first of the sockets that the serial lines are, as file descriptors of the emulator. */
export const FIRST_SOCKET = 3;
/** The serial lines in the order of their numbers. */
export const ALL_LINES = [LINES.stdout, LINES.stderr, LINES.result, LINES.console] as const;
/**
 * The features of an emulated processor that only cost time: every change between user and kernel is slower with the
 * access checks and with more state to save. Without the saving of more state there can be no AVX, which newer kernels do
 * not ask for once they see it.
 */
const EMULATED_PROCESSOR = 'max,-smap,-smep,-umip,-la57,-pku,-avx,-xsave';

/**
 * A kernel sizes its tables by the machine's memory, and a guest has little. Those of UDP ports and of TCP
 * connections are as large as on a usual machine: with more than ten UDP sockets in a slot, of whatever ports, Linux
 * searches another way, and it keeps half as many connections in TIME_WAIT as the table has slots and drops the rest.
 */
export const TABLE_SIZES: readonly string[] = ['uhash_entries=16384', 'thash_entries=65536'];

/**
 * The kernel's command line. Messages go to the last line, and only the gravest; a panic ends the machine at once. An
 * emulated machine has no secrets to guard from speculation, trusts its clock and its random numbers, and need not
 * clear every page before it is used. Its timer is not put to a test either, which it fails when this machine is busy.
 */
export const KERNEL_WORDS: readonly string[] = [
  `console=${LINES.console}`,
  'quiet',
  'panic=-1',
  'mitigations=off',
  'tsc=reliable',
  'no_timer_check',
  'random.trust_cpu=on',
  'init_on_alloc=0',
  ...TABLE_SIZES,
];

/**
 * The words that start a machine under qemu. It has memory, processors and four serial lines, and nothing else: no disk,
 * no screen, no network. The lines are sockets that it inherits.
 */
export function qemuWords({ kernel, archive, accelerator, processors, memory }: Machine): string[] {
  return [
    '-M',
    'pc',
    '-nodefaults',
    '-no-user-config',
    '-nic',
    'none',
    '-display',
    'none',
    '-no-reboot',
    '-accel',
    accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi',
    '-cpu',
    accelerator === 'kvm' ? 'host' : EMULATED_PROCESSOR,
    '-smp',
    String(processors),
    '-m',
    String(memory),
    '-kernel',
    kernel,
    '-initrd',
    archive,
    '-append',
    KERNEL_WORDS.join(' '),
    ...ALL_LINES.flatMap((line, index) => [
      '-chardev',
      `socket,id=${line},fd=${FIRST_SOCKET + index}`,
      '-serial',
      `chardev:${line}`,
    ]),
  ];
}
