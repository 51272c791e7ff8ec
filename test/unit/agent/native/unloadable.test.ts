import { describe, expect, it } from 'vitest';
import { whyUnloadable } from '../../../../src/agent/native/unloadable.ts';

const dlopen = (message: string) => Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' });
const NOT_FOUND = 'Cannot find the native Koffi module; did you bundle it correctly?';

describe('why koffi can not be loaded, and what to do, by system', () => {
  it.each([
    [
      'openbsd',
      /libc\+\+\.so\.9\.0: cannot open shared object file\): pkg_add -I node cmake, then run npm rebuild koffi/,
    ],
    ['freebsd', /: pkg install -y cmake, then run npm rebuild koffi in bindspec's folder$/],
    ['darwin', /: xcode-select --install && brew install cmake, then run npm rebuild koffi/],
    ['win32', /: winget install Kitware\.CMake .*, then run npm rebuild koffi/],
    ['linux', /: install cmake and a compiler for C\+\+, then run npm rebuild koffi/],
  ])('a file that %s does not load is built there', (system, message) => {
    const why = whyUnloadable(dlopen('libc++.so.9.0: cannot open shared object file\nRequire stack: …'), system, 'x64');
    expect(why).toMatch(message);
    expect(why).not.toContain('\n');
  });

  it('a file that was left out is installed on this system', () => {
    for (const system of ['linux', 'darwin', 'freebsd', 'openbsd', 'win32']) {
      const why = whyUnloadable(new Error(NOT_FOUND), system, 'arm64');
      expect(why).toContain(`koffi for ${system}-arm64 is not installed: run npm install in bindspec's folder`);
    }
    expect(whyUnloadable(new Error(NOT_FOUND), 'netbsd', 'x64')).toMatch(/^there is no agent for netbsd-x64/);
  });

  it('the package itself, however it was looked for', () => {
    for (const code of ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']) {
      const error = Object.assign(new Error("Cannot find package 'koffi' imported from /x/posix.js"), { code });
      expect(whyUnloadable(error, 'linux', 'x64')).toMatch(/^the package 'koffi' is not installed: run npm install/);
    }
  });

  it('no other error', () => {
    const missing = Object.assign(new Error("Cannot find module '/x/batches.js'"), { code: 'ERR_MODULE_NOT_FOUND' });
    for (const other of [new TypeError('x is not a function'), missing, 'text', null]) {
      expect(whyUnloadable(other, 'linux', 'x64')).toBeNull();
    }
  });
});
