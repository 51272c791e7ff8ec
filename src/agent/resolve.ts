import os from 'node:os';
import type { Family, Result } from '../protocol/messages.ts';

/** The addresses of a name, or of the host's own, as the system's resolver returns them. */
export async function addressesOf(
  name: string | undefined,
  family: Family | undefined,
  configured = false,
): Promise<Pick<Result, 'outcome' | 'addresses'>> {
  const dns = await import('node:dns');
  const number = family === undefined ? 0 : family === 'inet' ? 4 : 6;
  const hints = configured ? dns.ADDRCONFIG : 0;
  try {
    const all = await dns.promises.lookup(name ?? os.hostname(), { all: true, family: number, hints, verbatim: true });
    return { outcome: 'ok', addresses: all.map(({ address }) => address) };
  } catch (error) {
    // The code is libuv's name of what getaddrinfo() returned; Node.js calls both EAI_NONAME and EAI_NODATA ENOTFOUND.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { outcome: code };
  }
}
