import type { ConfigurationRecord, OutcomeRecord, RowRecord } from '../record/containers.ts';
import type { Asker, AskTarget } from './cases.ts';

/** One question of a configuration's record with its outcome. */
export interface AskedOutcome {
  row: RowRecord;
  asker: string;
  target: string;
  outcome: OutcomeRecord;
}

/** Every question of a configuration that was asked, row by row. */
export function asked(configuration: ConfigurationRecord): AskedOutcome[] {
  return configuration.rows.flatMap((row) =>
    configuration.asks.flatMap(({ asker, target }, column) => {
      const outcome = configuration.outcomes[row.outcomes[column] ?? -1];
      return outcome === undefined ? [] : [{ row, asker, target, outcome }];
    }),
  );
}

/** The outcome of one question; undefined where it was not asked. */
export function outcomeAt(
  configuration: ConfigurationRecord,
  row: RowRecord,
  asker: Asker,
  target: AskTarget,
): OutcomeRecord | undefined {
  const column = configuration.asks.findIndex((ask) => ask.asker === asker && ask.target === target);
  return configuration.outcomes[row.outcomes[column] ?? -1];
}

/**
 * The outcome of `localhost` for a client that tries its addresses in turn: ::1 first (RFC 6724), then 127.0.0.1 where
 * ::1 is refused at once.
 */
export function localhostOf(
  inet6: OutcomeRecord | undefined,
  inet: OutcomeRecord | undefined,
): OutcomeRecord | undefined {
  if (inet6 === undefined) return inet;
  const tells = ['answered', 'closed', 'accepted', 'silence'].includes(inet6.outcome);
  return tells ? inet6 : (inet ?? inet6);
}

/** An outcome in words, for example `answered, seen as the gateway`. */
export function outcomeInWords({ outcome, seen, from, by }: OutcomeRecord): string {
  return [
    outcome,
    ...(seen === undefined ? [] : [`seen as ${seen}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(by === undefined ? [] : [`by '${by}'`]),
  ].join(', ');
}

/** A question in words, for example `tcp to 0.0.0.0 published on every: neighbour by lan`. */
export function questionInWords({ row, asker, target }: AskedOutcome): string {
  return `${row.socket} to ${row.bind} published on ${row.published}: ${asker} by ${target}`;
}
