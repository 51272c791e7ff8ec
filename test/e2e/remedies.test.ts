import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withChange, type Change } from '../../src/explain/change.ts';
import { explain } from '../../src/explain/explain.ts';
import type { Advice } from '../../src/explain/judge.ts';
import { askedOf } from '../../src/explain/plan.ts';
import { netns } from '../../src/lab/netns.ts';
import type { PresentSocket } from '../../src/model/types.ts';
import { formatPlan } from '../../src/plan/notation.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { Floor } from '../../src/runner/explore/floor.ts';
import { AGENT, noNamespaces } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';

const PORT = 8080;
/** The port that an advice to take another one means. */
const ANOTHER_PORT = 40_404;

const NAMES = ['127.0.0.1', '0.0.0.0', '[::1]', '[::]', '[::] v6only=1', '[::ffff:127.0.0.1]'] as const;
const OPTIONS = ['', ' reuseaddr', ' reuseport'] as const;

/** Two sockets on one port; with TCP the first listens. A name of several words is an address and what follows it. */
function pair(
  protocol: 'tcp' | 'udp',
  one: string,
  two: string,
  [first = '', second = '']: readonly string[],
): string[] {
  const written = (name: string, options: string) => {
    const [address = '', ...more] = name.split(' ');
    return `${protocol} ${[`${address}:${PORT}`, ...more].join(' ')}${options}`;
  };
  return [`${written(one, first)}${protocol === 'tcp' ? ' listening' : ''}`, written(two, second)];
}

/** Every pair of names, with options that turn from one pair to the next so that each meets each. */
const CONFLICTS = (['tcp', 'udp'] as const).flatMap((protocol) =>
  NAMES.flatMap((one, row) =>
    NAMES.map((two, column) => pair(protocol, one, two, [OPTIONS[row % 3] ?? '', OPTIONS[(row + column) % 3] ?? ''])),
  ),
);

/** What is left of a connection is in the way of a server that starts again. */
const LEFT = [`tcp 127.0.0.1:${PORT} time-wait`, `tcp 0.0.0.0:${PORT}`];

describe('what explain advises on Linux', needs(noNamespaces), () => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.open(netns, { fresh: false, agentCommand: [process.execPath, AGENT] });
  });
  afterAll(() => floor.close());

  /** The sockets after a piece of advice; one that means another address of the machine takes one that the lab has. */
  function after(sockets: readonly PresentSocket[], { changes }: Advice): PresentSocket[] {
    const own = floor.setting.host?.addresses ?? [];
    const real = (change: Change): Change => {
      if (change.what !== 'address') return change;
      if (own.includes(change.address) || !['192.0.2.1', '2001:db8::1'].includes(change.address)) return change;
      const isSix = change.address.includes(':');
      const another = own.find((one) => one.includes(':') === isSix && !/^(?:127\.|::1$|fe80)/.test(one));
      return { ...change, address: another ?? change.address };
    };
    // The places count from the sockets as they were: the last one changes first.
    const inOrder = changes.map((change) => real(change)).toSorted((one, two) => two.socket - one.socket);
    return inOrder.reduce<PresentSocket[]>((now, change) => withChange(now, change), [...sockets]);
  }

  test('works on this kernel', async () => {
    const tried: { readonly said: string; readonly plan: string; readonly works: boolean }[] = [];
    for (const texts of [...CONFLICTS, LEFT]) {
      const { answers, advice, plan, sockets } = explain(texts, {
        systems: ['linux'],
        kernel: floor.setting.kernel ?? '',
      });
      const works = answers[0]?.works;
      if (works === 'unsure') continue;
      tried.push({ said: texts.join(' + '), plan, works: works === 'yes' });
      for (const one of advice.filter(({ helps, changes }) => helps.includes('linux') && changes.length > 0)) {
        const changed = after(
          sockets.map(({ socket }) => socket),
          one,
        );
        tried.push({ said: `${texts.join(' + ')}: ${one.text}`, plan: formatPlan(askedOf(changed).plan), works: true });
      }
    }
    // Each plan has two ports of its own: that of the question, and another.
    const own = tried.map(({ plan }, place) =>
      plan.replaceAll(`:${PORT}`, `:${20_000 + 2 * place}`).replaceAll(`:${ANOTHER_PORT}`, `:${20_001 + 2 * place}`),
    );
    const plays = await floor.playMany(own.map((plan) => parsePlan(plan)));
    const wrong = tried.filter(({ works }, place) => {
      const outcomes = plays[place]?.played.map((step) => step.outcome) ?? [];
      return outcomes.every((outcome) => outcome === 'ok') !== works;
    });
    expect(wrong).toEqual([]);
    expect(tried.filter(({ works }) => works).length).toBeGreaterThan(100);
  });
});
