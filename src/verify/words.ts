import { list } from '../explain/sentences.ts';
import type { Finding } from '../record/verification.ts';
import { isWildcard, nameOf, type Publication } from './situation.ts';

export function wrong(kind: Finding['kind'], text: string): Finding {
  return { kind, severity: 'wrong', text };
}

export function note(kind: Finding['kind'], text: string): Finding {
  return { kind, severity: 'note', text };
}

/** Names in a list, each once. */
export function names(all: readonly { readonly address: string; readonly port: number }[]): string {
  return list([...new Set(all.map(({ address, port }) => nameOf(address, port)))]);
}

/** Where a port is published. */
export function places(published: readonly Publication[]): string {
  return list(
    published.map(({ hostAddress, hostPort }) =>
      isWildcard(hostAddress)
        ? `port ${hostPort} of every ${hostAddress === '::' ? 'IPv6' : 'IPv4'} address`
        : nameOf(hostAddress, hostPort),
    ),
  );
}

const IN_WORDS: Readonly<Record<string, string>> = {
  refused: 'is refused',
  closed: 'is accepted, then closed',
  stuck: 'is accepted, but gets no further',
  silence: 'is not answered',
  unreachable: 'can not be reached',
  open: 'answers',
  answered: 'answers',
};

/** What a try came to, as the end of a sentence. */
export function outcomeInWords(outcome: string): string {
  return IN_WORDS[outcome] ?? `comes to ${outcome}`;
}
