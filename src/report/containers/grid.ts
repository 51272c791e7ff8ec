import { SOCKETS } from '../../published/ask.ts';
import { BINDS, PUBLISHED, type Asker, type AskTarget } from '../../containers/cases.ts';
import { outcomeInWords, localhostOf, outcomeAt } from '../../containers/reading.ts';
import type { ConfigurationRecord, OutcomeRecord, RowRecord } from '../../record/containers.ts';

/** What the signs of a table mean. */
export const SIGN_WORDS: Readonly<Record<string, string>> = {
  '✓': 'answered',
  '✗': 'refused',
  '~': 'accepted then closed',
  '∿': 'accepted then silence',
  '·': 'silence',
  '≠': 'answered from another address',
  '!': 'other error',
};

/** The same in a line. */
export const SIGN_KEY = Object.entries(SIGN_WORDS)
  .map(([sign, word]) => `${sign} ${word}`)
  .join(', ');

const SIGNS: Readonly<Record<string, string>> = {
  answered: '✓',
  refused: '✗',
  closed: '~',
  accepted: '∿',
  silence: '·',
};

/** From where, as a row of a table; `localhost` is the result for a client that tries both loopback addresses. */
type From = { asker: Asker; target: AskTarget | 'localhost' };

const FROM: readonly From[] = [
  { asker: 'host', target: 'localhost' },
  { asker: 'host', target: '127.0.0.1' },
  { asker: 'host', target: '::1' },
  { asker: 'host', target: 'lan' },
  { asker: 'host', target: 'lan6' },
  { asker: 'host', target: 'container' },
  { asker: 'neighbour', target: 'lan' },
  { asker: 'neighbour', target: 'lan6' },
  { asker: 'neighbour', target: 'container' },
  { asker: 'neighbour', target: 'container6' },
  { asker: 'attacker', target: '127.0.0.1' },
  { asker: 'attacker', target: '::1' },
  { asker: 'peer', target: 'container' },
  { asker: 'peer', target: 'lan' },
  { asker: 'stranger', target: 'container' },
  { asker: 'stranger', target: 'lan' },
  { asker: 'itself', target: 'lan' },
  { asker: 'itself', target: 'inner 127.0.0.1' },
];

/** The outcome of a question from somewhere. */
function at(configuration: ConfigurationRecord, row: RowRecord, { asker, target }: From): OutcomeRecord | undefined {
  if (target !== 'localhost') return outcomeAt(configuration, row, asker, target);
  return localhostOf(outcomeAt(configuration, row, asker, '::1'), outcomeAt(configuration, row, asker, '127.0.0.1'));
}

function rowOf({ rows }: ConfigurationRecord, published: string, bind: string, socket: string): RowRecord | undefined {
  return rows.find((row) => row.published === published && row.bind === bind && row.socket === socket);
}

/** TCP and UDP from somewhere to a server, as a sign each; empty where neither was asked. */
function signs(configuration: ConfigurationRecord, published: string, bind: string, from: From): string {
  const [tcp, udp, loose] = SOCKETS.map((socket) => {
    const row = rowOf(configuration, published, bind, socket);
    return row && at(configuration, row, from);
  });
  if (!tcp && !udp) return '';
  // A connected socket does not take what comes from an address that it did not ask.
  const elsewhere = udp?.outcome === 'silence' && loose?.outcome === 'answered' && loose.from !== undefined;
  return `${signOf(tcp)}${elsewhere ? '≠' : signOf(udp)}`;
}

function signOf(outcome: OutcomeRecord | undefined): string {
  return outcome === undefined ? ' ' : (SIGNS[outcome.outcome] ?? '!');
}

/** A table of a server that binds every address of both families: from where, by where its port is published. */
export function publishedGrid(configuration: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const published = PUBLISHED.filter((one) => configuration.rows.some((row) => row.published === one));
  const bind = configuration.rows.some((row) => row.bind === '::') ? '::' : '0.0.0.0';
  const rows = FROM.map((from) => [
    `${from.asker} by ${from.target}`,
    ...published.map((one) => signs(configuration, one, bind, from)),
  ]).filter(([, ...cells]) => cells.some((cell) => cell !== ''));
  return { head: [`a server on ${bind}`, ...published], rows };
}

/** A table of a port that is published on every address: from where, by what the server inside binds. */
export function bindGrid(configuration: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const binds = BINDS.filter((bind) =>
    configuration.rows.some((row) => row.published === 'every' && row.bind === bind),
  );
  const rows = FROM.map((from) => [
    `${from.asker} by ${from.target}`,
    ...binds.map((bind) => signs(configuration, 'every', bind, from)),
  ]).filter(([, ...cells]) => cells.some((cell) => cell !== ''));
  return { head: ['published on every address', ...binds], rows };
}

/** By which address a server sees those who ask for its port by the host's address, where that is not their own. */
export function sourcesOf(configuration: ConfigurationRecord): string[] {
  const asks: readonly From[] = [
    { asker: 'neighbour', target: 'lan' },
    { asker: 'neighbour', target: 'lan6' },
    { asker: 'host', target: '127.0.0.1' },
    { asker: 'host', target: '::1' },
    { asker: 'peer', target: 'lan' },
  ];
  const row = rowOf(configuration, 'every', '::', 'tcp') ?? rowOf(configuration, 'every', '0.0.0.0', 'tcp');
  if (!row) return [];
  return asks.flatMap((from) => {
    const outcome = at(configuration, row, from);
    if (outcome?.outcome !== 'answered') return [];
    return [
      `${from.asker} by ${from.target}: ${outcome.seen === undefined ? 'by its own address' : `as ${outcome.seen}`}`,
    ];
  });
}

/** Answers over UDP that came from another address than the one that was asked. */
export function wrongAddresses(configuration: ConfigurationRecord): string[] {
  return configuration.rows
    .filter(
      ({ socket, bind, published }) => socket === 'udp unconnected' && bind === '0.0.0.0' && published === 'every',
    )
    .flatMap((row) =>
      configuration.asks.flatMap(({ asker, target }, column) => {
        const outcome = configuration.outcomes[row.outcomes[column] ?? -1];
        return outcome?.from === undefined ? [] : [`${asker} by ${target}: ${outcomeInWords(outcome)}`];
      }),
    );
}
