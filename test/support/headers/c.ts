import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { paced } from '../../../src/process/pace.ts';

const HEADERS = [
  'sys/types.h',
  'sys/socket.h',
  'netinet/in.h',
  'netinet/tcp.h',
  'errno.h',
  'fcntl.h',
  'stddef.h',
  'stdio.h',
];
/** What makes glibc and Apple's headers show all that they have. */
const PREAMBLE = ['#define _GNU_SOURCE', '#define __APPLE_USE_RFC_3542', ...HEADERS.map((one) => `#include <${one}>`)];

/**
 * What C expressions are, compiled with the headers of the system that this runs on. One that is a single word is left
 * out where no macro has that name, as a constant that the system does not have.
 * @throws Error when the compiler refuses the program.
 */
export async function cValues(expressions: readonly string[]): Promise<Map<string, number>> {
  const guarded = (one: string, print: string) => (/^\w+$/.test(one) ? `#ifdef ${one}\n${print}\n#endif` : print);
  return compiledValues(expressions, { preamble: PREAMBLE, flags: [], guarded });
}

interface Dialect {
  /** What is before the program. */
  preamble: readonly string[];
  flags: readonly string[];
  /** What stands in place of the statement that prints an expression. */
  guarded?: (expression: string, print: string) => string;
}

/** What C expressions are, compiled and run here. @throws Error when the compiler refuses the program. */
export async function compiledValues(
  expressions: readonly string[],
  { preamble, flags, guarded = (_, print) => print }: Dialect,
): Promise<Map<string, number>> {
  const lines = expressions.map((one) =>
    guarded(one, `  printf("%lld\\t%s\\n", (long long)(${one}), ${JSON.stringify(one)});`),
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-headers-'));
  try {
    const source = path.join(folder, 'values.c');
    const program = path.join(folder, 'values');
    writeFileSync(source, [...preamble, 'int main(void) {', ...lines, '  return 0;', '}', ''].join('\n'));
    await execa('cc', [...flags, '-o', program, source], { timeout: paced(30_000) });
    const { stdout } = await execa(program, { timeout: paced(10_000) });
    return new Map(
      stdout.split('\n').map((line) => {
        const [value = '', name = ''] = line.split('\t');
        return [name, Number(value)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
