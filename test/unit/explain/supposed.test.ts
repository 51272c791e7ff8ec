import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { supposedOf } from '../../../src/explain/told.ts';

describe('the advice where an error names no other socket', () => {
  it('is against one with the same name and the same options', () => {
    const explanation = explain(['Error: listen EADDRINUSE: address already in use :::3000'], { systems: ['linux'] });
    const [first, ...pieces] = supposedOf(explanation);
    expect(first).toBe('If the other socket is tcp [::]:3000 v6only=0 reuseaddr listening too:');
    expect(pieces[0]).toBe('End the program that has the other socket, or close that socket first: on Linux.');
    expect(pieces).toContain('Set SO_REUSEPORT on both sockets: on Linux.');
    expect(pieces).toContain('Give socket 1 another port, from 1024 up: on Linux.');
  });

  it('is not there where the other socket is, or where the name is not in use', () => {
    expect(explain(['tcp [::]:3000', 'listen tcp :3000: bind: address already in use']).supposed).toBeUndefined();
    expect(explain(['Error: listen EACCES: permission denied 0.0.0.0:80']).supposed).toBeUndefined();
    expect(explain(['tcp :3000']).supposed).toBeUndefined();
  });
});
