import { describe, expect, it } from 'vitest';
import { constantsFor } from '../../../src/agent/native/constants.ts';
import type { Outcome as Expected } from '../../../src/experiment/outcome.ts';
import { OUTCOMES } from '../../../src/model/outcomes.ts';
import { classOf, isError, sameOutcome } from '../../../src/protocol/outcome-class.ts';

/** Every error that a model may predict. */
const PREDICTED = OUTCOMES.filter((outcome) => outcome !== 'ok');

/** Every error that an experiment may expect by name; the compiler checks that this list is complete too. */
const EXPECTED = Object.keys({
  EACCES: true,
  EADDRINUSE: true,
  EADDRNOTAVAIL: true,
  EAFNOSUPPORT: true,
  EAGAIN: true,
  EALREADY: true,
  EBADF: true,
  EAI_AGAIN: true,
  ECONNABORTED: true,
  ECONNREFUSED: true,
  ECONNRESET: true,
  EDESTADDRREQ: true,
  EFAULT: true,
  EHOSTUNREACH: true,
  EINPROGRESS: true,
  EINVAL: true,
  EISCONN: true,
  EMSGSIZE: true,
  ENETUNREACH: true,
  ENODEV: true,
  ENOENT: true,
  ENOPROTOOPT: true,
  ENOTCONN: true,
  ENOTFOUND: true,
  ENOTSOCK: true,
  ENXIO: true,
  EOPNOTSUPP: true,
  EPERM: true,
  EPIPE: true,
  ETIMEDOUT: true,
  WSAEACCES: true,
  WSAEADDRINUSE: true,
  WSAEADDRNOTAVAIL: true,
  WSAEAFNOSUPPORT: true,
  WSAEALREADY: true,
  WSAECONNABORTED: true,
  WSAECONNREFUSED: true,
  WSAECONNRESET: true,
  WSAEFAULT: true,
  WSAEINVAL: true,
  WSAEISCONN: true,
  WSAENETUNREACH: true,
  WSAENOPROTOOPT: true,
  WSAENOTCONN: true,
  WSAENOTSOCK: true,
  WSAEOPNOTSUPP: true,
  WSAEWOULDBLOCK: true,
} satisfies Record<Exclude<Expected, 'ok' | 'answered' | 'silence' | 'eof' | 'not available here'>, true>);

const WORDS = ['ok', 'answered', 'silence', 'eof', 'not available here', 'ended', 'dropped', ''];

describe('the classes of outcomes', () => {
  it.each(PREDICTED)('there is one for %s, which models predict', (name) => {
    expect(classOf(name)).not.toBeNull();
  });

  it.each(EXPECTED)('there is one for %s, which experiments expect', (name) => {
    expect(classOf(name)).not.toBeNull();
  });

  it.each([
    ['linux', 'x64'],
    ['darwin', 'arm64'],
    ['freebsd', 'x64'],
    ['openbsd', 'x64'],
  ])('there is one for every error of sockets on %s', (system, architecture) => {
    const names = Object.keys(constantsFor(system, architecture).errno);
    expect(names.filter((name) => classOf(name) === null)).toEqual([]);
  });

  it('are the same for what Unix and Windows call alike', () => {
    const unlike = EXPECTED.filter((name) => name.startsWith('WSA')).filter(
      (name) => classOf(name) !== classOf(name.slice('WSA'.length)),
    );
    expect(unlike).toEqual([]);
  });

  it('leave out successes, and errors that are in no class', () => {
    for (const word of [...WORDS, 'errno-4711', 'EWHATEVER', 'constructor']) expect(classOf(word)).toBeNull();
  });

  it('have Winsock names for what Unix has no error for', () => {
    expect(['WSAEDISCON', 'WSANOTINITIALISED', 'WSAELOOP'].map(classOf)).toEqual([
      'shut-down',
      'winsock-not-ready',
      'bad-path',
    ]);
  });

  it('tell errors from the words for everything else', () => {
    expect([...PREDICTED, ...EXPECTED, 'errno-4711', 'WSA_NOT_ENOUGH_MEMORY'].filter((name) => !isError(name))).toEqual(
      [],
    );
    expect([...WORDS, 'Error', 'E', 'errno', 'bind EADDRINUSE'].filter(isError)).toEqual([]);
  });
});

describe('two outcomes', () => {
  it.each([
    ['ok', 'ok'],
    ['silence', 'silence'],
    ['errno-4711', 'errno-4711'],
    ['EADDRINUSE', 'WSAEADDRINUSE'],
    ['EPERM', 'WSAEACCES'],
    ['EHOSTDOWN', 'EHOSTUNREACH'],
    ['EPIPE', 'WSAESHUTDOWN'],
  ])('are the same: %s and %s', (one, other) => {
    expect(sameOutcome(one, other)).toBe(true);
    expect(sameOutcome(other, one)).toBe(true);
  });

  it.each([
    ['ok', 'silence'],
    ['ok', 'EADDRINUSE'],
    // Neither has a class, but that does not make them alike.
    ['silence', 'eof'],
    ['errno-4711', 'errno-4712'],
    ['EADDRINUSE', 'EADDRNOTAVAIL'],
    // Windows has an error of its own for a port that another socket uses exclusively.
    ['EADDRINUSE', 'WSAEACCES'],
  ])('are not the same: %s and %s', (one, other) => {
    expect(sameOutcome(one, other)).toBe(false);
    expect(sameOutcome(other, one)).toBe(false);
  });
});
