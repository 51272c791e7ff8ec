import { asked, inWords, questionInWords } from '../containers/reading.ts';
import type { ConfigurationRecord, ContainersRecord } from '../record/containers.ts';

/** Something that came to something else than the last time. */
export interface Change {
  configuration: string;
  what: string;
  was: string;
  is: string;
}

/** What differs between two records of one engine, in what both of them have. */
export function changesBetween(before: ContainersRecord, now: ContainersRecord): Change[] {
  return now.configurations.flatMap((configuration) => {
    const old = before.configurations.find(({ id }) => id === configuration.id);
    if (!old) return [];
    const was = told(old);
    return [...told(configuration)].flatMap(([what, is]) => {
      const then = was.get(what);
      return then === undefined || then === is ? [] : [{ configuration: configuration.id, what, was: then, is }];
    });
  });
}

/** Everything that a configuration tells, by what it is about. */
function told(configuration: ConfigurationRecord): Map<string, string> {
  const { holders, conflicts, hostServer } = configuration;
  return new Map([
    ...asked(configuration).map((one) => [questionInWords(one), inWords(one.outcome)] as const),
    ...holders.map(
      (one) => [`${one.protocol} published on ${one.published}: held by`, one.listeners.join(', ')] as const,
    ),
    ...conflicts.map(
      (one) =>
        [
          `${one.protocol} published on ${one.published}, ${one.bind} on the host, ${one.first} first`,
          [one.outcome, ...(one.answers === undefined ? [] : [one.answers])].join(', '),
        ] as const,
    ),
    ...hostServer.map((one) => [`${one.protocol} server of the host: attacker by ${one.target}`, one.outcome] as const),
  ]);
}
