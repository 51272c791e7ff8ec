import { EVENTS, momentInWords, TIME_CLIENTS, type TimeClient } from '../../containers/time.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import { holdersInWords } from '../../containers/holders.ts';

const CLIENTS: Readonly<Record<TimeClient, string>> = {
  'tcp connection': 'a TCP connection that was open',
  'tcp new': 'a new TCP client',
  'udp flow': 'a UDP client that goes on sending',
  'udp flow even': 'the same, the port inside has the same number',
  'udp new': 'a new UDP client',
};

/** The results of clients after each event: head and rows of plain text. */
export function timeGrid({ time = [] }: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const askers = [...new Set(time.map(({ asker }) => asker))];
  const rows = EVENTS.flatMap((event) =>
    askers
      .filter((asker) => time.some((one) => one.event === event && one.asker === asker))
      .map((asker) => [
        event,
        asker,
        ...TIME_CLIENTS.map((client) => {
          const one = time.find((other) => other.event === event && other.asker === asker && other.client === client);
          return one === undefined ? '' : momentInWords(one);
        }),
      ]),
  );
  return { head: ['after', 'client', ...TIME_CLIENTS.map((client) => CLIENTS[client])], rows };
}

/** What was on the host of the published ports before and after each event. */
export function stayGrid({ stays = [] }: ConfigurationRecord): { head: string[]; rows: string[][] } {
  const rows = stays.map(({ event, listeners, rules }) => [
    event,
    holdersInWords(listeners.before),
    holdersInWords(listeners.after),
    `${rules.before}, then ${rules.after}`,
  ]);
  return { head: ['event', 'held before by', 'held after by', 'rules with its ports'], rows };
}
