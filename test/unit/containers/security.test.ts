import { describe, expect, it } from 'vitest';
import { changesBetween, groupChanges } from '../../../src/containers/changes.ts';
import { securityIds, securityOf } from '../../../src/containers/security.ts';
import { deviates, parseKnownVerdicts, withKnown } from '../../../src/containers/known.ts';
import { isBroken, promiseIds, promisesOf } from '../../../src/containers/promises.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';

const OLD = { name: 'docker', version: '20.10.24' } as const;
const NEW = { name: 'docker', version: '28.0.1' } as const;
const PODMAN = { name: 'podman', version: '4.3.1' } as const;

/** A bridge on which a machine of the LAN asks for a port of each kind. */
function bridge(outcome: string) {
  return configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
    { published: '127.0.0.1', bind: '127.0.0.1', socket: 'tcp', came: { 'attacker 127.0.0.1': 'refused' } },
    { published: '127.0.0.1', bind: '0.0.0.0', socket: 'tcp', came: { 'attacker 127.0.0.1': outcome } },
    { published: 'not', bind: '::', socket: 'udp', came: { 'neighbour container': outcome } },
  ]);
}

describe('security', () => {
  it('is exposed as soon as one server answered, and says which, how and where it is known from', () => {
    const [loopback, subnet] = securityOf(bridge('answered'), OLD);
    expect(loopback).toMatchObject({
      id: 'docker/proxy/loopback/tcp/127.0.0.1/127.0.0.1',
      verdict: 'exposed',
      reached: ['0.0.0.0'],
      says: 'a neighbour that routes 127.0.0.0/8 to the host reaches a port that is published on 127.0.0.1 alone',
    });
    expect(loopback?.reference).toContain('moby#45610');
    expect(subnet).toMatchObject({ id: 'docker/proxy/subnet/udp/not/container', verdict: 'exposed' });
    expect(subnet?.says).toContain('not published at all');
  });

  it('refers over IPv6 to what gave Docker rules for it, unless it was started with them', () => {
    const over6 = (options: string) =>
      configurationRecord({ id: 'docker/proxy', mode: 'bridge', facts: { 'options of dockerd': options } }, [
        { published: 'not', bind: '::', socket: 'tcp', came: { 'neighbour container6': 'answered' } },
      ]);
    expect(securityOf(over6('its defaults'), OLD)[0]?.reference).toContain('moby#47747');
    expect(securityOf(over6('--experimental --ip6tables'), OLD)[0]?.reference).not.toContain('moby#47747');
    expect(securityOf(over6('its defaults'), { name: 'docker', version: '27.1.0' })[0]?.reference).toContain('#49325');
  });

  it.each(['refused', 'silence', 'closed', 'ENETUNREACH'])('is contained where every outcome is %s', (outcome) => {
    const verdicts = securityOf(bridge(outcome), OLD);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['contained', 'contained']);
    expect(verdicts.every(({ reference }) => reference === undefined)).toBe(true);
  });

  it('has no reference to what was mended before, or is of another engine', () => {
    for (const engine of [NEW, PODMAN]) expect(securityOf(bridge('answered'), engine)[0]?.reference).toBeUndefined();
  });

  it('does not call a container exposed for its own address on the LAN', () => {
    for (const mode of ['macvlan', 'host'] as const) {
      const record = configurationRecord({ id: 'docker/macvlan', mode }, [
        { published: 'not', bind: '::', socket: 'tcp', came: { 'neighbour container': 'answered' } },
      ]);
      expect(securityOf(record, OLD)).toEqual([]);
      const published = configurationRecord({ id: 'docker/macvlan', mode }, [
        { published: '127.0.0.1', bind: '::', socket: 'tcp', came: { 'attacker 127.0.0.1': 'answered' } },
      ]);
      expect(securityOf(published, OLD)).toMatchObject([{ way: 'loopback', verdict: 'exposed' }]);
    }
  });

  it("is about the host's own loopback too", () => {
    const hostServer = [{ protocol: 'tcp' as const, target: '127.0.0.1', outcome: 'answered' }];
    const record = configurationRecord({ id: 'docker/proxy', mode: 'bridge', hostServer }, []);
    expect(securityOf(record, OLD)).toMatchObject([{ published: 'host', verdict: 'exposed', reached: ['127.0.0.1'] }]);
  });

  it.each(['lan', 'second', 'lan6'])(
    "looks for what is on loopback alone by the host's LAN address too: %s",
    (target) => {
      for (const published of ['127.0.0.1', '::1']) {
        const record = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
          { published, bind: '::', socket: 'tcp', came: { [`neighbour ${target}`]: 'answered' } },
        ]);
        expect(securityOf(record, OLD)).toMatchObject([{ way: 'lan', published, target, verdict: 'exposed' }]);
        expect(securityIds('docker/proxy')).toContain(`docker/proxy/lan/tcp/${published}/${target}`);
      }
    },
  );

  it('has ids that the list of known deviations can name before anything was run', () => {
    const ids = securityIds('docker/proxy');
    for (const { id } of securityOf(bridge('answered'), OLD)) expect(ids).toContain(id);
  });
});

describe("the host's own servers", () => {
  const on = (bind: string, target: string, outcome: string) => ({ protocol: 'tcp' as const, bind, target, outcome });
  const inside = (mode: 'bridge' | 'slirp4netns' | 'host', ...hostServices: ReturnType<typeof on>[]) =>
    securityOf(configurationRecord({ id: 'podman/slirp4netns', mode, hostServices }, []), PODMAN);

  it('are exposed where a container reaches one that is on loopback alone', () => {
    const verdicts = inside(
      'slirp4netns',
      on('127.0.0.1', 'gateway', 'answered'),
      on('::1', 'gateway6', 'refused'),
      on('0.0.0.0', 'gateway', 'answered'),
    );
    expect(verdicts.map(({ verdict, published }) => `${verdict} ${published}`)).toEqual([
      'exposed host 127.0.0.1',
      'contained host ::1',
    ]);
    for (const { id } of verdicts) expect(securityIds('podman/slirp4netns')).toContain(id);
  });

  it("are not exposed to a container in the host's own network", () => {
    expect(inside('host', on('127.0.0.1', '127.0.0.1', 'answered'))).toEqual([]);
  });
});

describe('promises', () => {
  const asked = (outcome: string) =>
    configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
      {
        published: 'every',
        bind: '0.0.0.0',
        socket: 'tcp',
        came: { 'neighbour lan': outcome, 'stranger container': 'silence' },
      },
    ]);

  it('are kept or broken, each with its source and the question', () => {
    expect(promisesOf(asked('answered'), OLD)).toMatchObject([
      { id: 'docker/proxy/published/every', held: 1, broken: [] },
      { id: 'docker/proxy/network/other', held: 1, broken: [] },
    ]);
    const [every] = promisesOf(asked('closed'), OLD);
    expect(every).toMatchObject({
      held: 0,
      broken: ['tcp to 0.0.0.0 published on every: neighbour by lan: closed'],
    });
    expect(every?.source).toContain('docs.docker.com');
  });

  it('are broken by UDP alone too, as a connected socket hears it', () => {
    const row = (socket: 'tcp' | 'udp' | 'udp unconnected', outcome: string) =>
      ({ published: 'every', bind: '0.0.0.0', socket, came: { 'host lan': outcome } }) as const;
    const rows = [row('tcp', 'answered'), row('udp', 'silence'), row('udp unconnected', 'answered')];
    const record = configurationRecord({ id: 'podman/rootless-slirp4netns-port', mode: 'slirp4netns' }, rows);
    expect(promisesOf(record, PODMAN)).toMatchObject([
      { held: 1, broken: [expect.stringContaining('udp to 0.0.0.0')] },
    ]);
  });

  it('are broken by one question of several', () => {
    const came = { 'host lan': 'answered', 'host 127.0.0.1': 'answered', 'neighbour lan': 'refused' };
    const record = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
      { published: 'every', bind: '0.0.0.0', socket: 'tcp', came },
    ]);
    const promises = promisesOf(record, OLD);
    expect(promises).toMatchObject([{ held: 2, broken: [expect.stringContaining('neighbour by lan: refused')] }]);
    expect(promises.map(isBroken)).toEqual([true]);
    expect(deviates({ security: [], promises })).toBe(true);
    expect(deviates({ security: [], promises: promises.map((one) => ({ ...one, deviation: 'a bug' })) })).toBe(false);
  });

  it.each(['neighbour second', 'host 127.0.0.1'])(
    'of one address of the host are broken by another: %s',
    (question) => {
      const lanOnly = (outcome: string) => {
        const record = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
          { published: 'lan', bind: '127.0.0.1', socket: 'udp', came: { [question]: outcome } },
        ]);
        return promisesOf(record, OLD).map(({ id, held, broken }) => [id, held, broken.length]);
      };
      expect(lanOnly('answered')).toEqual([['docker/proxy/published/lan-only', 0, 1]]);
      expect(lanOnly('refused')).toEqual([['docker/proxy/published/lan-only', 1, 0]]);
    },
  );

  it('differ between the engines', () => {
    const ids = promisesOf(asked('answered'), PODMAN);
    expect(ids.map(({ id }) => id)).toContain('docker/proxy/network/not-isolated');
    expect(ids.find(({ id }) => id.endsWith('not-isolated'))?.broken).toHaveLength(1);
  });

  it('have ids that the list of known deviations can name', () => {
    for (const { id } of promisesOf(asked('closed'), OLD)) expect(promiseIds('docker/proxy')).toContain(id);
  });
});

describe('known deviations', () => {
  const verdicts = { security: securityOf(bridge('answered'), OLD), promises: [] };
  const parse = (content: string, engine = 'docker-20.10-linux-6.1-x64') =>
    parseKnownVerdicts(content, 'known.txt', engine);

  it('take the failure from what they name, with their reason', () => {
    const { security, stale } = withKnown(verdicts, parse('docker/*/loopback/** @docker-20.* # we wait for 28\n'));
    expect(security.map(({ known }) => known)).toEqual(['we wait for 28', undefined]);
    expect(stale).toEqual([]);
  });

  it('are stale once what they name is contained, and only where it was looked at', () => {
    const contained = { security: securityOf(bridge('refused'), OLD), promises: [] };
    expect(
      withKnown(contained, parse('docker/proxy/loopback # gone\ndocker/no-proxy # not run\n')).stale,
    ).toMatchObject([{ line: 1 }]);
  });

  it('for another engine are left out', () => {
    expect(parse('docker/proxy @podman-* # theirs\n')).toEqual([]);
  });

  it('must have a reason, and name something that there can be', () => {
    expect(() => parse('docker/proxy\n')).toThrow(/^known\.txt:1: .*reason/);
    expect(() => parse('docker/procksy # typo\n')).toThrow(
      "known.txt:1: unknown verdict of containers 'docker/procksy'",
    );
  });
});

describe('changes', () => {
  it('are the outcomes that differ from the last time, and nothing that was not asked then', () => {
    const before = containersRecord([bridge('answered')]);
    const more = bridge('silence');
    more.rows.push({ published: 'lan', bind: '::', socket: 'tcp', outcomes: [0, null] });
    const after = containersRecord([
      more,
      configurationRecord({ id: 'docker/none', mode: 'none' }, [
        { published: 'not', bind: '::', socket: 'tcp', came: { 'host lan': 'answered' } },
      ]),
    ]);
    expect(changesBetween(before, after)).toEqual({
      both: 3,
      changes: [
        {
          configuration: 'docker/proxy',
          what: 'tcp to 0.0.0.0 published on 127.0.0.1: attacker by 127.0.0.1',
          who: 'attacker by 127.0.0.1',
          was: 'answered',
          is: 'silence',
        },
        {
          configuration: 'docker/proxy',
          what: 'udp to :: published on not: neighbour by container',
          who: 'neighbour by container',
          was: 'answered',
          is: 'silence',
        },
      ],
      unasked: { appeared: 1, gone: 0 },
    });
    expect(changesBetween(before, before).changes).toEqual([]);
  });

  it('are reported together where one configuration changed from one outcome to another', () => {
    const { changes } = changesBetween(containersRecord([bridge('answered')]), containersRecord([bridge('silence')]));
    expect(groupChanges(changes)).toMatchObject([
      {
        configuration: 'docker/proxy',
        was: 'answered',
        is: 'silence',
        who: ['attacker by 127.0.0.1', 'neighbour by container'],
      },
    ]);
  });

  it('tell nothing of a configuration that was skipped', () => {
    const skipped = { ...bridge('silence'), skipped: { reason: 'none', enable: 'none' } };
    const { both, changes } = changesBetween(containersRecord([bridge('answered')]), containersRecord([skipped]));
    expect([both, changes]).toEqual([0, []]);
  });
});
