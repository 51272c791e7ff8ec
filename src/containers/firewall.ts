import type { ConfigurationRecord } from '../record/containers.ts';

/**
 * What is done on a host with a firewall, in this order. `no firewall` is asked where it is set up after the containers run. The last
 * two are the engines' own documented ways: Docker's chain for rules of the user drops what comes from the LAN, and podman makes its
 * rules again.
 */
export const FIREWALL_STATES = [
  'no firewall',
  'set up',
  'reloaded',
  'DOCKER-USER drops',
  'podman network reload',
] as const;
export type FirewallState = (typeof FIREWALL_STATES)[number];

/** A port of the host that the firewall does not allow. */
export const OTHER_PORT = 7812;

/** What is asked for on a host with a firewall. */
export const FIREWALL_SUBJECTS = {
  every: 'published on every address',
  loopback: 'published on 127.0.0.1',
  not: 'not published',
  allowed: 'a server of the host on the allowed port',
  other: 'a server of the host on another port',
} as const;

type FirewallRecord = NonNullable<ConfigurationRecord['firewall']>;
export type FirewallQuestion = Pick<FirewallRecord['asked'][number], 'subject' | 'protocol' | 'asker' | 'target'>;

/** What the firewall does about one question in one state, in plain words. */
export type FirewallVerdict =
  | 'passes by the firewall'
  | 'kept by the firewall'
  | 'kept by DOCKER-USER'
  | 'broken by the set-up'
  | 'broken by a reload'
  | 'allowed by the firewall'
  | 'not through the host'
  | 'no answer without it';

/** The verdicts on one question, by state. */
export interface FirewallAnswer extends FirewallQuestion {
  verdicts: Partial<Record<FirewallState, FirewallVerdict>>;
}

/**
 * What the firewall does about each question. `all` are the configurations of the same engine: where the firewall was there before the
 * engine, what answers without it is known from the configuration that sets it up last.
 */
export function firewallAnswers(
  configuration: ConfigurationRecord,
  all: readonly ConfigurationRecord[] = [],
): FirewallAnswer[] {
  const { firewall } = configuration;
  if (firewall === undefined) return [];
  const sibling = all.find(({ id }) => id === configuration.id.replace(/-first$/, '-last'))?.firewall;
  return firewall.asked.map(({ subject, protocol, asker, target }) => {
    const question = { subject, protocol, asker, target };
    const without = outcomeIn(firewall, question, 'no firewall') ?? outcomeIn(sibling, question, 'no firewall');
    const verdicts: FirewallAnswer['verdicts'] = {};
    for (const { state } of firewall.states) {
      const verdict = verdictOf({ firewall, question, state: state as FirewallState, without });
      if (verdict !== null) verdicts[state as FirewallState] = verdict;
    }
    return { ...question, verdicts };
  });
}

interface Judged {
  firewall: FirewallRecord;
  question: FirewallQuestion;
  state: FirewallState;
  without: string | undefined;
}

function verdictOf({ firewall, question, state, without }: Judged): FirewallVerdict | null {
  const outcome = outcomeIn(firewall, question, state);
  if (state === 'no firewall' || outcome === undefined) return null;
  const { subject, protocol, asker, target } = question;
  if (outcome === 'answered') {
    // A bridge carries it from one container to the other; what the host sends on, or gets itself, it does not see.
    if (asker === 'peer' && target.startsWith('container')) return 'not through the host';
    return subject === FIREWALL_SUBJECTS.allowed && protocol === 'tcp'
      ? 'allowed by the firewall'
      : 'passes by the firewall';
  }
  if (without !== undefined && without !== 'answered') return 'no answer without it';
  const isWanted = subject === FIREWALL_SUBJECTS.every || (subject === FIREWALL_SUBJECTS.allowed && protocol === 'tcp');
  const place = firewall.states.findIndex((one) => one.state === state);
  const earlier = firewall.states.slice(0, place);
  const family = target.endsWith('6') ? 'inet6' : 'inet';
  const now = firewall.states[place]?.rules[family];
  const had = earlier.find(({ rules }) => rules[family] !== undefined);
  const isGone = subject === FIREWALL_SUBJECTS.every && now === undefined && had !== undefined;
  const lastAnswered = earlier.findLast(
    (one) => outcomeIn(firewall, question, one.state as FirewallState) === 'answered',
  );
  if (isGone && isWanted) return brokenBy(firewall, family, state);
  if (state === 'DOCKER-USER drops' && lastAnswered?.state === 'reloaded') return 'kept by DOCKER-USER';
  if (isWanted && state === 'reloaded' && lastAnswered?.state === 'set up') return 'broken by a reload';
  return 'kept by the firewall';
}

/** What took the engine's rules for published ports away: the first state in which they are gone. */
function brokenBy({ states }: FirewallRecord, family: 'inet' | 'inet6', until: FirewallState): FirewallVerdict {
  let had = false;
  for (const { state, rules } of states) {
    const has = rules[family] !== undefined;
    if (had && !has) return state === 'set up' ? 'broken by the set-up' : 'broken by a reload';
    had = has;
    if (state === until) break;
  }
  return 'broken by a reload';
}

function outcomeIn(
  firewall: FirewallRecord | undefined,
  question: FirewallQuestion,
  state: FirewallState,
): string | undefined {
  const place = firewall?.states.findIndex((one) => one.state === state) ?? -1;
  if (firewall === undefined || place < 0) return undefined;
  const one = firewall.asked.find(
    ({ subject, protocol, asker, target }) =>
      subject === question.subject &&
      protocol === question.protocol &&
      asker === question.asker &&
      target === question.target,
  );
  return firewall.words[one?.outcomes[place] ?? -1];
}

/** From where it is known that an engine's ports pass by a firewall, or are lost with its rules. */
export function firewallReference(engine: string, verdict: FirewallVerdict | undefined): string | undefined {
  if (verdict === 'passes by the firewall' && engine === 'docker')
    return 'moby/moby#4737 and #22054: a published port is translated before the chain INPUT, and forwarded';
  if (verdict?.startsWith('broken') === true && engine === 'podman')
    return 'containers/netavark#230 and #1258; podman-network-reload(1) makes the rules again';
  return undefined;
}
