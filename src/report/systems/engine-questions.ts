import type { ComparedEngine } from '../../record/comparison.ts';
import {
  firewallAnswers,
  firewallReference,
  FIREWALL_SUBJECTS,
  type FirewallState,
} from '../../containers/firewall.ts';
import type { ConfigurationRecord, ContainersRecord, PromiseRecord, SecurityRecord } from '../../record/containers.ts';
import { byKey } from '../by-key.ts';
import { NO_ANSWER, type PlatformAnswer, type SystemAnswer } from './answer.ts';
import { ENGINES_COLUMN, type SystemColumn } from './order.ts';
import type { SystemsQuestion } from './shape.ts';
import { summaryOf } from './summary.ts';

/** What one engine did in one configuration, for one question. */
interface EngineFact {
  question: string;
  title: string;
  asks: string;
  configuration: string;
  engine: string;
  protocol: string | null;
  word: string;
  asPromised: boolean;
  source: string | null;
}

/** The way of a neighbour into a port, for a title. */
const BY_WAY: Readonly<Record<SecurityRecord['way'], string>> = {
  inside: 'from inside a container',
  lan: 'from the LAN',
  loopback: 'from a neighbour that routes loopback addresses to the host',
  subnet: "from a neighbour that routes the container's network to the host",
};

const PUBLISHED: Readonly<Record<string, string>> = {
  not: 'A port that is not published',
  host: "The host's own server on loopback",
};

/**
 * The questions that only container engines answer: who reaches a private port, whether documents keep their word, and what the host's
 * firewall keeps.
 */
export function engineQuestions(
  compared: readonly ComparedEngine[],
  records: readonly ContainersRecord[],
  columns: readonly SystemColumn[],
): SystemsQuestion[] {
  const facts = records.flatMap((record, place) => {
    const engine = compared[place]?.name ?? record.engine.id;
    return [
      ...record.security.map((one) => privacy(one, engine)),
      ...record.promises.map((one) => promise(one, engine)),
      ...record.configurations.flatMap((one) => behindFirewall(one, record, engine)),
    ];
  });
  const place = columns.findIndex(({ id }) => id === ENGINES_COLUMN);
  return [...byKey(facts, ({ question }) => question)].map(([id, own]) => questionOf(id, own, columns, place));
}

function privacy({ way, published, protocol, configuration, verdict, reference }: SecurityRecord, engine: string) {
  const what = PUBLISHED[published] ?? `A port published on ${published} alone`;
  const exposed = verdict === 'exposed';
  return {
    question: `containers/${way}/${published}`,
    title: `${what}, ${BY_WAY[way]}`,
    asks: `Can it be reached ${BY_WAY[way]}?`,
    configuration,
    engine,
    protocol,
    word: exposed ? 'exposed' : 'contained',
    asPromised: !exposed,
    source: reference ?? null,
  } satisfies EngineFact;
}

function promise({ id, configuration, says, source, broken }: PromiseRecord, engine: string) {
  return {
    question: `containers/promise${id.slice(configuration.length)}`,
    title: says.replace(/\.$/, ''),
    asks: `A document says so (${source}): is it so?`,
    configuration,
    engine,
    protocol: null,
    word: broken.length > 0 ? 'broken' : 'kept',
    asPromised: broken.length === 0,
    source,
  } satisfies EngineFact;
}

/** The firewall's states that are asked about, each in a title. */
const AFTER: Partial<Record<FirewallState, string>> = {
  'set up': '',
  reloaded: ', reloaded',
};

/** What becomes of a port published on every address, for a neighbour, on a host whose firewall denies it. */
function behindFirewall(configuration: ConfigurationRecord, record: ContainersRecord, engine: string): EngineFact[] {
  const name = configuration.firewall?.name ?? '';
  return firewallAnswers(configuration, record.configurations).flatMap(({ subject, asker, protocol, verdicts }) => {
    if (subject !== FIREWALL_SUBJECTS.every || asker !== 'neighbour') return [];
    return (Object.entries(AFTER) as [FirewallState, string][]).flatMap(([state, after]): EngineFact[] => {
      const verdict = verdicts[state];
      if (verdict === undefined) return [];
      return [
        {
          question: `containers/firewall/${name}/${state}`,
          title: `A published port, from the LAN, with ${name} on the host${after}`,
          asks: `Does the firewall of the host, which denies what comes in, keep it?`,
          configuration: configuration.id,
          engine,
          protocol,
          word: verdict,
          asPromised: !/^(passes|broken)/.test(verdict),
          source: firewallReference(record.engine.name, verdict) ?? null,
        },
      ];
    });
  });
}

function questionOf(
  id: string,
  facts: readonly EngineFact[],
  columns: readonly SystemColumn[],
  place: number,
): SystemsQuestion {
  const [first] = facts;
  const inRow = (answer: SystemAnswer) => columns.map((_, column) => (column === place ? answer : NO_ANSWER));
  const byConfiguration = byKey(facts, ({ configuration }) => configuration);
  const answers = [...byConfiguration].map(([configuration, own]) => ({ configuration, answer: answerOf(own) }));
  return {
    id,
    title: first?.title ?? id,
    asks: first?.asks ?? '',
    values: [...new Set(facts.flatMap(({ protocol, configuration }) => [protocol ?? [], configuration].flat()))],
    answers: inRow(
      summaryOf(
        answers.map(({ answer }) => answer),
        false,
      ),
    ),
    cases: answers.map(({ configuration, answer }) => ({
      cells: [configuration],
      which: configuration,
      answers: inRow(answer),
    })),
  };
}

/** What the engines did in one configuration: what is not as promised counts, whichever protocol it was over. */
function answerOf(facts: readonly EngineFact[]): SystemAnswer {
  const on = [...byKey(facts, ({ engine }) => engine)].map(([platform, own]): PlatformAnswer => {
    const telling = own.find(({ asPromised }) => !asPromised) ?? own[0];
    return { platform, word: telling?.word ?? '', likeness: telling?.asPromised === true ? 'same' : 'deviates' };
  });
  const telling = on.find(({ likeness }) => likeness === 'deviates') ?? on[0];
  return {
    ...NO_ANSWER,
    word: telling?.word ?? '',
    likeness: telling?.likeness ?? 'none',
    basis: 'observed',
    cases: { answered: 1, observed: 1, alike: 1 },
    on,
    because: [...new Set(facts.flatMap(({ source }) => source ?? []))],
  };
}
