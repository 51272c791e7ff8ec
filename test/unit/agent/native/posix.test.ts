import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linux } from '../../../../src/agent/native/constants-linux.ts';
import { posix } from '../../../../src/agent/native/posix.ts';
import { needs, notLinux } from '../../../support/needs.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;

/** As on macOS: socket() and accept() accept no flags, and fcntl() sets the same properties instead. */
const withoutFlags = { ...linux, socketFlags: null };

describe('where sockets are prepared by fcntl()', needs(notLinux), () => {
  it('they are non-blocking', () => {
    const native = posix(withoutFlags);
    const fd = native.socket('inet', 'dgram');
    // With a blocking socket, this call would never return.
    const { bytes } = native.recv(fd, 10);
    expect(native.wouldBlock(bytes)).toBe(true);
    expect(native.close(fd)).toBe(0);
  });

  it.each([
    ['F_SETFD', { F_SETFD: 0xfff }, 'fcntl(F_SETFD, FD_CLOEXEC) returned EINVAL for a new socket'],
    ['F_SETFL', { F_SETFL: 0xfff }, 'fcntl(F_SETFL, O_NONBLOCK) returned EINVAL for a new socket'],
  ])('a %s that fails is named, and leaves no descriptor', (_, wrong, message) => {
    const native = posix({ ...withoutFlags, ...wrong });
    const before = descriptors();
    for (const family of ['inet', 'inet6'] as const) expect(() => native.socket(family, 'stream')).toThrow(message);
    expect(descriptors()).toBe(before);
  });
});
