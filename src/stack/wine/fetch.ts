import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** No registry needs longer than this for a package, in milliseconds. */
const DEADLINE = 600_000;

const packed = z.tuple([z.object({ version: z.string().min(1), filename: z.string().min(1) })]);

/**
 * Fetches a package of npm, whose integrity npm checks, and unpacks it into a folder, which is there whole or not at all.
 * Nothing of it is run. @param folder tells where, by the version that npm chose
 * @throws Unavailable when it is not available
 */
export async function fetchPackage(spec: string, folder: (version: string) => string): Promise<void> {
  const partial = `${folder('fetched')}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    const words = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', partial];
    const { failed, stdout, stderr } = await execa('npm', words, { reject: false, timeout: paced(DEADLINE) });
    if (failed) throw unavailable(spec, stderr ?? '');
    const [{ version, filename }] = packed.parse(JSON.parse(stdout));
    const file = path.join(partial, filename);
    await execa('tar', ['-xzf', file, '-C', partial, '--strip-components=1'], { timeout: paced(DEADLINE) });
    rmSync(file);
    rmSync(folder(version), { recursive: true, force: true });
    renameSync(partial, folder(version));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function unavailable(spec: string, complaint: string): Unavailable {
  const why = complaint.split('\n').find((line) => /^npm (?:error|ERR!)/.test(line)) ?? 'npm gave no answer';
  return new Unavailable(
    `the npm package ${spec} can't be fetched: ${why.replace(/^npm \S+ /, '')}`,
    'check the network, and try again',
  );
}
