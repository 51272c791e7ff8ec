import { expect, it } from 'vitest';
import { firewallVerdicts } from '../../../src/containers/firewall.ts';
import { configurationRecord } from '../../support/containers.ts';

const about = { firewall: 'ufw', protocol: 'tcp', asker: 'neighbour', target: 'lan' } as const;
const verdictsOf = (...given: { state: string; subject: string; outcome: string; rule?: string }[]) =>
  firewallVerdicts(
    configurationRecord(
      { id: 'docker/proxy-ufw-first', mode: 'bridge', firewall: given.map((one) => ({ ...about, ...one })) },
      [],
    ),
  );

it('says what passes by a firewall, with the rule, and what is kept or allowed by it', () => {
  const verdicts = verdictsOf(
    { state: 'set up', subject: 'published on every', outcome: 'answered', rule: '-A DOCKER -j DNAT' },
    { state: 'set up', subject: 'a server of the host on another port', outcome: 'silence' },
    { state: 'set up', subject: 'a server of the host on the allowed port', outcome: 'answered' },
  );
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['passes by the firewall', 'kept by it', 'allowed by it']);
  expect(verdicts[0]?.rule).toBe('-A DOCKER -j DNAT');
});

it('calls a port broken by a reload only if it answered before', () => {
  const subject = 'published on every';
  expect(
    verdictsOf({ state: 'set up', subject, outcome: 'answered' }, { state: 'reloaded', subject, outcome: 'refused' })[1]
      ?.verdict,
  ).toBe('broken by a reload');
  expect(
    verdictsOf({ state: 'set up', subject, outcome: 'silence' }, { state: 'reloaded', subject, outcome: 'silence' })[1]
      ?.verdict,
  ).toBe('kept by it');
});
