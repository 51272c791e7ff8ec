import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { debianArchive } from '../../../src/debian/archive.ts';
import { folder } from '../../support/cli.ts';
import { needs, notUnix } from '../../support/needs.ts';

afterEach(() => vi.unstubAllEnvs());

/** Puts an apt-get on PATH that knows some archives. */
function aptKnows(...lines: string[]): void {
  const bin = folder();
  const file = path.join(bin, 'apt-get');
  writeFileSync(file, `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`);
  chmodSync(file, 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  vi.stubEnv('BINDSPEC_DEBIAN', '');
}

describe("Debian's archive", needs(notUnix), () => {
  test("is that of this machine's apt, each part where it says", async () => {
    aptKnows('http://a.test/debian/ bookworm', 'http://b.test/sec/ bookworm-security');
    expect(await debianArchive('debian')).toBe('http://a.test/debian');
    expect(await debianArchive('debian-security')).toBe('http://b.test/sec');
  });

  test('for security lies beside the other where apt does not know it', async () => {
    aptKnows('http://a.test/debian/ trixie', 'http://a.test/debian/ trixie-updates');
    expect(await debianArchive('debian-security')).toBe('http://a.test/debian-security');
  });

  test('is not that of another distribution', async () => {
    aptKnows('http://a.test/ubuntu/ noble');
    expect([await debianArchive('debian'), await debianArchive('debian-security')]).toEqual([null, null]);
  });

  test('is the one that is named', async () => {
    aptKnows('http://a.test/debian/ bookworm');
    vi.stubEnv('BINDSPEC_DEBIAN', 'http://c.test/debian');
    expect(await debianArchive('debian')).toBe('http://c.test/debian');
    expect(await debianArchive('debian-security')).toBe('http://c.test/debian-security');
  });
});
