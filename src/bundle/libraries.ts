import { execa } from 'execa';
import { paced } from '../process/pace.ts';

/** The files that a program is linked with, its loader included, by the paths at which it looks for them. */
export async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await execa('ldd', [program], { reject: false, timeout: paced(10_000), env: { LC_ALL: 'C' } });
  return linked(stdout);
}

/** What `ldd` printed, as paths; a static program has none. */
export function linked(printed: string): string[] {
  return printed.split('\n').flatMap((line) => {
    // `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or `/lib64/ld-linux-x86-64.so.2 (0x…)`.
    const found = /(?:=> )?(\/\S+) \(0x[\da-f]+\)/.exec(line)?.[1];
    return found === undefined ? [] : [found];
  });
}
