import { describe, expect, test } from 'vitest';
import { hasLateAddress } from '../../../src/program/program.ts';

describe('an address that comes late', () => {
  test.for([
    { program: { command: ['nc', '-l', '80'] }, has: false },
    { program: { command: ['nc', '-l', '{address}', '80'] }, has: true },
    { program: { command: ['x'], env: { HOST: '{address}' } }, has: true },
    { program: { command: ['x'], files: { '/etc/x.conf': 'listen {address}:80\n' } }, has: true },
    { program: { command: ['x'], late: { command: ['x', '--host', '{address}'] } }, has: true },
  ])('$program: $has', ({ program, has }) => {
    expect(hasLateAddress(program)).toBe(has);
  });
});
