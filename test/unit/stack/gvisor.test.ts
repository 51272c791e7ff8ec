import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleConfig } from '../../../src/stack/gvisor/bundle.ts';
import { gvisor } from '../../../src/stack/gvisor/gvisor.ts';
import { findRunsc } from '../../../src/stack/gvisor/runsc.ts';
import { folder } from '../../support/cli.ts';

/** A program that prints what a runsc of some release prints of itself. */
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
  expect(findRunsc(file)).toEqual({ program: file, release });
});

test('a program that is no runsc is none', () => {
  expect(findRunsc(program('hello'))).toBeNull();
  expect(findRunsc(program('runsc version 0.0~20221219.0', 1))).toBeNull();
  expect(findRunsc('/nowhere/runsc')).toBeNull();
});

test('a path that is no runsc is told with what to do', async () => {
  const stack = await gvisor('/nowhere/runsc');
  expect(stack.name).toBe('gvisor:/nowhere/runsc');
  expect(await stack.missing()).toEqual({ reason: '/nowhere/runsc is not here', enable: 'correct the path' });
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
