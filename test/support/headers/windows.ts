import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { firstLack, noCompiler, type Lack } from '../needs.ts';
import { compiledValues } from './c.ts';

/** Where Debian has MinGW's headers of Windows. */
const MINGW = '/usr/share/mingw-w64/include';

/** The headers of Windows, and a compiler that reads them. */
export const noWindowsHeaders: Lack | null = firstLack(
  noCompiler,
  existsSync(MINGW)
    ? null
    : { need: 'windows-headers', reason: `${MINGW} is not there`, enable: 'apt-get install mingw-w64-common' },
);

const HEADERS = [
  'winsock2.h',
  'ws2tcpip.h',
  'ws2ipdef.h',
  'mswsock.h',
  'mstcpip.h',
  'iphlpapi.h',
  'handleapi.h',
  'stddef.h',
];

/**
 * What C expressions are with the headers of 64-bit Windows, compiled by this system's own compiler with the
 * definitions of MinGW's. A name that no macro has may be an enumeration's, so that all must be there.
 * @throws Error when the compiler refuses the program.
 */
export async function windowsValues(expressions: readonly string[]): Promise<Map<string, number>> {
  const own = (await execa('cc', ['-print-file-name=include'])).stdout;
  const nothing = ['__declspec(x)', '__cdecl', '__stdcall', '__fastcall'].map((word) => `-D${word}=`);
  const system = ['_WIN32', '_WIN64', '__MINGW32__', '__MINGW64__', 'WIN32', '_WIN32_WINNT=0x0A00'];
  return compiledValues(expressions, {
    preamble: [...HEADERS.map((one) => `#include <${one}>`), 'extern int printf(const char *, ...);'],
    flags: ['-nostdinc', '-isystem', own, '-isystem', MINGW, '-w', ...nothing, ...system.map((word) => `-D${word}`)],
  });
}
