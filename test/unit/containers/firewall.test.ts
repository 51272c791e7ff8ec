import { describe, expect, it } from 'vitest';
import { FIREWALL_SUBJECTS, firewallAnswers, firewallReference } from '../../../src/containers/firewall.ts';
import { configurationRecord } from '../../support/containers.ts';

const { every, not, allowed, other } = FIREWALL_SUBJECTS;
const RULE = { inet: 'ip nat DOCKER: tcp dport 20000 DNAT to 10.89.1.2:8000' };

type Given = Record<string, string>;

/** A configuration whose questions have these outcomes, by state; the rules are there in the states of `withRule`. */
function configuration(id: string, asked: Record<string, Given>, withRule: readonly string[] = []) {
  const states = [...new Set(Object.values(asked).flatMap((one) => Object.keys(one)))];
  const words = ['answered', 'silence', 'refused'];
  return configurationRecord(
    {
      id,
      mode: 'bridge',
      firewall: {
        name: 'ufw',
        states: states.map((state) => ({ state, rules: withRule.includes(state) ? RULE : {} })),
        leftOut: {},
        words,
        asked: Object.entries(asked).map(([name, outcomes]) => {
          const [subject = '', asker = 'neighbour', target = 'lan'] = name.split('; ');
          const came = states.map((state) => words.indexOf(outcomes[state] ?? 'silence'));
          return { subject, protocol: 'tcp' as const, asker, target, outcomes: came };
        }),
      },
    },
    [],
  );
}

const first = (asked: Record<string, Given>, withRule?: readonly string[]) =>
  firewallAnswers(configuration('docker/proxy-ufw-first', asked, withRule)).map(({ verdicts }) => verdicts);

describe('the verdict about a host with a firewall', () => {
  it('says what passes by it, and what is kept or allowed by it', () => {
    expect(
      first({
        [every]: { 'set up': 'answered' },
        [other]: { 'set up': 'silence' },
        [allowed]: { 'set up': 'answered' },
      }),
    ).toEqual([
      { 'set up': 'passes by the firewall' },
      { 'set up': 'kept by the firewall' },
      { 'set up': 'allowed by the firewall' },
    ]);
  });

  it('does not call it passing what one container sends to another on its bridge', () => {
    const asked = { 'set up': 'answered' };
    expect(first({ [`${not}; peer; container6`]: asked, [`${not}; stranger; container6`]: asked })).toEqual([
      { 'set up': 'not through the host' },
      { 'set up': 'passes by the firewall' },
    ]);
  });

  it('does not credit it with what does not answer without it, as the configuration that sets it up last shows', () => {
    const asked = { [`${not}; stranger; container`]: { 'set up': 'silence' }, [other]: { 'set up': 'silence' } };
    const last = configuration('docker/proxy-ufw-last', {
      [`${not}; stranger; container`]: { 'no firewall': 'silence' },
      [other]: { 'no firewall': 'answered' },
    });
    const verdicts = firewallAnswers(configuration('docker/proxy-ufw-first', asked), [last]);
    expect(verdicts.map((one) => one.verdicts['set up'])).toEqual(['no answer without it', 'kept by the firewall']);
    // Without that configuration it is not known.
    expect(first(asked).map((one) => one['set up'])).toEqual(['kept by the firewall', 'kept by the firewall']);
  });

  it('calls broken what answered before a reload, and what lost its rule to a reload or to the set-up', () => {
    expect(first({ [every]: { 'set up': 'answered', reloaded: 'refused' } }, ['set up', 'reloaded'])[0]).toEqual({
      'set up': 'passes by the firewall',
      reloaded: 'broken by a reload',
    });
    const flushed = {
      [every]: { 'no firewall': 'answered', 'set up': 'silence', reloaded: 'silence' },
      [not]: { 'no firewall': 'answered', 'set up': 'silence', reloaded: 'silence' },
    };
    const [published, unpublished] = firewallAnswers(
      configuration('docker/proxy-nftables-last', flushed, ['no firewall']),
    );
    expect(published?.verdicts).toEqual({ 'set up': 'broken by the set-up', reloaded: 'broken by the set-up' });
    // A port that no one published is not missed.
    expect(unpublished?.verdicts).toEqual({ 'set up': 'kept by the firewall', reloaded: 'kept by the firewall' });
    const kept = { [every]: { 'no firewall': 'answered', 'set up': 'silence' } };
    const [still] = firewallAnswers(configuration('a-last', kept, ['no firewall', 'set up']));
    expect(still?.verdicts).toEqual({ 'set up': 'kept by the firewall' });
  });

  it("tells a rule in Docker's own chain from the firewall", () => {
    const asked = { [every]: { 'set up': 'answered', reloaded: 'answered', 'DOCKER-USER drops': 'silence' } };
    expect(first(asked, ['set up', 'reloaded', 'DOCKER-USER drops'])[0]).toEqual({
      'set up': 'passes by the firewall',
      reloaded: 'passes by the firewall',
      'DOCKER-USER drops': 'kept by DOCKER-USER',
    });
  });
});

it('knows from where a verdict is known for an engine', () => {
  expect(firewallReference('docker', 'passes by the firewall')).toContain('moby/moby#4737');
  expect(firewallReference('podman', 'broken by a reload')).toContain('netavark#230');
  expect(firewallReference('podman', 'kept by the firewall')).toBeUndefined();
});
