import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { PROGRAMS } from '../../src/stack/guest/base.ts';
import { bindspec, folder, start } from '../support/cli.ts';
import { installed, needs, notLinux, type Lack } from '../support/needs.ts';
import { runs, until } from '../support/waiting.ts';

const notX64: Lack | null =
  process.arch === 'x64' ? null : { need: 'x64', reason: 'they run only on x64', enable: null };

/** The programs that are put into a machine. */
const inside = Object.entries(PROGRAMS).map(([name, packages]) => installed(name, packages));

describe('a machine', needs(notLinux, notX64, ...inside), () => {
  /** The environment and the kernel of a machine that is not there: its emulator notes its own number and waits. */
  function pretended(): { env: Record<string, string>; kernel: string; pid: () => number } {
    const home = folder();
    const [programs, noted, kernel] = ['bin', 'pid', 'vmlinuz'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(programs);
    const emulator = path.join(programs, 'qemu-system-x86_64');
    // KVM is tried before, and does not work.
    writeFileSync(
      emulator,
      `#!/bin/sh\ncase "$*" in *'accel kvm'*) exit 1;; esac\necho $$ >${noted}\nexec sleep 600\n`,
    );
    chmodSync(emulator, 0o755);
    const image = Buffer.alloc(0x1000);
    image.write('HdrS', 0x202, 'latin1');
    image.writeUInt16LE(0x400, 0x20e);
    image.write('6.6.1 \0', 0x600, 'latin1');
    writeFileSync(kernel, image);
    return {
      env: { XDG_CACHE_HOME: home, PATH: `${programs}:${process.env['PATH']}` },
      kernel,
      pid() {
        try {
          return Number(readFileSync(noted, 'utf8'));
        } catch {
          return 0;
        }
      },
    };
  }

  test.each([
    ['is ended by Ctrl-C', 'SIGINT', 130],
    ['does not outlive a bindspec that is killed', 'SIGKILL', undefined],
  ] as const)('%s', async (_, signal, expected) => {
    const { env, kernel, pid } = pretended();
    const running = start(['run', '--no-reports', '--stack', `kernel:${kernel}`], env);
    await until('the emulator runs', () => pid() !== 0 && runs(pid()));
    running.kill(signal);
    const { exitCode } = await running;
    expect(exitCode).toBe(expected);
    await until('the emulator has ended', () => !runs(pid()));
  });

  test('can not be made from a file that is not a kernel', async () => {
    const { exitCode, stderr } = await bindspec(['run', '--no-reports', '--stack', `kernel:${process.execPath}`]);
    expect(stderr).toMatch(/^bindspec: .*it is not a kernel image of x86; name a bzImage or vmlinuz$/);
    expect(exitCode).toBe(2);
  });

  test('of a version that was not prepared is reported with the command that does', async () => {
    const env = { XDG_CACHE_HOME: folder() };
    const { exitCode, stderr } = await bindspec(['run', '--stack', 'kernel:6.13', '--no-reports'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^bindspec: the stack kernel:6\.13 is not available: .*; /);
  });
});
