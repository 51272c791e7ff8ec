import { expect, test } from 'vitest';
import { qemuWords } from '../../../../src/stack/guest/qemu.ts';
import { umlWords } from '../../../../src/stack/guest/uml.ts';
import { kernelStack } from '../../../../src/stack/guest/kernel.ts';
import { stackNamed } from '../../../../src/stack/index.ts';

const MACHINE = { kernel: '/k', archive: '/a', accelerator: 'tcg', processors: 2, memory: 512 } as const;

test('a processor is emulated unless KVM works', () => {
  expect(qemuWords(MACHINE).join(' ')).toContain('-accel tcg,thread=multi -cpu max,');
  expect(qemuWords({ ...MACHINE, accelerator: 'kvm' }).join(' ')).toContain('-accel kvm -cpu host');
});

test('user-mode Linux is in a pid namespace of its own, and has no network', () => {
  const words = umlWords('/a');
  expect(words).toContain('--kill-child=KILL');
  expect(words).toContain('initrd=/a');
  expect(words.filter((word) => /^(?:eth|vec)\d/.test(word))).toEqual([]);
});

test('a kernel must be said', async () => {
  await expect(kernelStack(undefined)).rejects.toThrow('the version of the kernel is missing');
  await expect(stackNamed('uml:6.1')).rejects.toThrow('uml has no variants');
});
