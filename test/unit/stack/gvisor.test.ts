import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleConfig } from '../../../src/stack/gvisor/bundle.ts';
import { gvisorStack } from '../../../src/stack/gvisor/gvisor.ts';
import { runscAt } from '../../../src/stack/gvisor/runsc.ts';
import { folder } from '../../support/cli.ts';

/** A program that prints what a runsc of some release prints about itself. */
function program(says: string, exit = 0): string {
  const file = path.join(folder(), 'runsc');
  writeFileSync(file, `#!/bin/sh\necho '${says}'\nexit ${exit}\n`);
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ['runsc version 0.0~20221219.0', '20221219.0'],
  ['runsc version release-20250319.0', '20250319.0'],
])('the release of %s', (says, release) => {
  const file = program(says);
  expect(runscAt(file)).toEqual({ program: file, release });
});

test.each([
  ['what is not there', () => '/nowhere/runsc', 'there is no such file'],
  ['a folder', () => folder(), 'it is a folder, not a runsc'],
  ['no name', () => '', 'it is a folder, not a runsc'],
  ['a device', () => '/dev/null', 'it is not a program'],
  ['a file that is not a program', () => '/etc/passwd', 'it is there, but it is not a program that this user may run'],
  ['another program', () => program('hello'), 'it is there, but it is not a runsc: its --version does not say so'],
  ['another with a date', () => program('tool 20221219'), 'it is there, but it is not a runsc'],
  ['a runsc that fails', () => program('runsc version 0.0~20221219.0', 1), 'it is there, but it is not a runsc'],
])('a path to %s is reported with what to do', async (_, make, why) => {
  const file = make();
  await expect(gvisorStack(file)).rejects.toMatchObject({
    message: expect.stringContaining(`${file}: ${why}`.replace(/^: /, "'': ")) as unknown,
    enable: expect.stringContaining('name a runsc') as unknown,
  });
});

test('a runsc of the user is taken, and nothing has to be fetched for it', async () => {
  const file = program('runsc version 0.0~20221219.0');
  const stack = await gvisorStack(file);
  expect(stack.name).toBe(`gvisor:${file}`);
  expect(await stack.plan()).toEqual([]);
});

test('the sandbox takes over the network namespace of the lab, and shows no more of the machine than its files', () => {
  const { linux, root } = JSON.parse(bundleConfig()) as {
    linux: { namespaces: { type: string; path?: string }[] };
    root: { readonly: boolean };
  };
  expect(linux.namespaces.find(({ type }) => type === 'network')).toEqual({ type: 'network', path: '/proc/1/ns/net' });
  expect(linux.namespaces.filter(({ path: own }) => own === undefined).map(({ type }) => type)).toContain('pid');
  expect(root.readonly).toBe(true);
});
