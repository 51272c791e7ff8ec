import { list } from '../explain/sentences.ts';
import type { Finding } from '../record/verification.ts';
import type { Tried } from './port.ts';
import { addressWithPort, isEveryAddress, type Publication } from '../published/publication.ts';

export function wrong(kind: Finding['kind'], text: string): Finding {
  return { kind, severity: 'wrong', text };
}

export function note(kind: Finding['kind'], text: string): Finding {
  return { kind, severity: 'note', text };
}

/** Names in a list, each once. */
export function names(all: readonly { readonly address: string; readonly port: number }[]): string {
  return list([...new Set(all.map(({ address, port }) => addressWithPort(address, port)))]);
}

/** Where a port is published. */
export function places(published: readonly Publication[]): string {
  const texts = published.map(({ hostAddress, hostPort }) => {
    const other = published.some(
      (one) => one.hostPort === hostPort && one.hostAddress !== hostAddress && isEveryAddress(one.hostAddress),
    );
    if (!isEveryAddress(hostAddress)) return addressWithPort(hostAddress, hostPort);
    return `port ${hostPort} of every ${other ? '' : hostAddress === '::' ? 'IPv6 ' : 'IPv4 '}address`;
  });
  return list([...new Set(texts)]);
}

/** The outcomes of tries in words, for one name and for several; `%` is replaced by who accepted. */
const IN_WORDS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  refused: ['is refused', 'are refused'],
  closed: ['is accepted%, then closed', 'are accepted%, then closed'],
  stuck: ['is accepted%, but gets no further', 'are accepted%, but get no further'],
  silence: ['is not answered', 'are not answered'],
  unreachable: ['can not be reached', 'can not be reached'],
};

/** Tries that failed, as parts of a sentence: those with the same outcome together, and each name once. */
export function failures(tries: readonly Tried[]): string {
  const kinds = [...new Set(tries.map(kindOf))];
  return list(
    kinds.map((kind) => {
      const own = tries.filter((one) => kindOf(one) === kind);
      const { outcome = '', holder } = own[0] ?? {};
      const asked = new Set(own.map(({ address, port }) => addressWithPort(address, port))).size;
      const [one, several] = IN_WORDS[outcome] ?? [`fails with ${outcome}`, `fail with ${outcome}`];
      const by = holder === undefined ? '' : ` by ${holder}`;
      return `${names(own)} ${(asked === 1 ? one : several).replace('%', by)}`;
    }),
  );
}

function kindOf({ outcome, holder = '' }: Tried): string {
  return `${outcome} ${holder}`;
}
