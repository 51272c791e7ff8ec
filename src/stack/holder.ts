import { execa } from 'execa';
import { type Lab } from '../lab/lab.ts';
import { Deadline } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';

/** Something that a stack keeps running on a lab's machine, in a mount namespace of its own. */
export interface StackHolder {
  /** The words that start a command beside it: in the lab, and with its mounts. */
  readonly enter: readonly string[];
  /** Lets go of it. Never throws. */
  release(): Promise<void>;
}

export interface HolderSettings {
  /**
   * Shell text that begins with `read -r outer _ </proc/self/stat`, mounts and starts what it needs, prints
   * `ready $outer`, and then waits for the end of its input. If it fails, the error has its stderr.
   */
  script: string;
  /** What the script is given as `$1` and so on. */
  words: readonly string[];
  /** How it is called when it does not start, and the line that may mend that. */
  title: string;
  enable: string;
  /** How long it may take, in milliseconds on a quiet machine. */
  deadline: number;
}

/**
 * Runs a script on the machine of a lab, in a mount namespace of its own, so that what it mounts is gone with it, and
 * it is gone with the lab. @throws Unavailable when the script does not print `ready`.
 */
export async function holdOnMachine(lab: Lab, settings: HolderSettings): Promise<StackHolder> {
  const [file = '', ...words] = lab.launch('machine');
  const holder = start(file, [...words, 'unshare', '--mount', 'sh', '-c', settings.script, 'sh', ...settings.words]);
  const pid = await started(holder, settings);
  const end = words.lastIndexOf('--');
  return {
    enter: [file, ...words.slice(0, end), `--mount=/proc/${pid}/ns/mnt`, ...words.slice(end)],
    async release() {
      holder.stdin.end();
      await holder;
    },
  };
}

function start(file: string, words: readonly string[]) {
  return execa(file, words, { detached: true, reject: false, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
}

/** The number of the process that holds, as the harness sees it. @throws Unavailable */
async function started(holder: ReturnType<typeof start>, settings: HolderSettings): Promise<string> {
  let output = '';
  const line = new Promise<string>((resolve) => {
    holder.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const pid = /^ready (\d+)\n/m.exec(output)?.[1];
      if (pid !== undefined) resolve(pid);
    });
  });
  const cancel = new Deadline(settings.deadline).whenPassed(() => holder.kill('SIGKILL'));
  try {
    const result = await Promise.race([line, holder]);
    if (typeof result === 'string') return result;
    const why = result.stderr.trim() || 'no answer';
    throw new Unavailable(`${settings.title} did not start: ${why}`, settings.enable);
  } finally {
    cancel();
  }
}
