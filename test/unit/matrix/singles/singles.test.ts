import { describe, expect, it } from 'vitest';
import { netnsFacts } from '../../../../src/lab/netns.ts';
import { settingOf } from '../../../../src/matrix/setting.ts';
import { allowsSingle, isComparable, singleBlocks, singlePredictor } from '../../../../src/matrix/singles/binds.ts';
import { compareSingles } from '../../../../src/matrix/singles/comparison.ts';
import { singleNames, spellSingle } from '../../../../src/matrix/singles/names.ts';
import { singlesOf } from '../../../../src/matrix/singles/reading.ts';
import { models } from '../../../../src/model/index.ts';
import type { Host } from '../../../../src/model/types.ts';
import { wrongInSingles } from '../../../../src/load/check/singles.ts';
import { singleLines, singleMismatches, singlesSentence, singlesTable } from '../../../../src/report/matrix/singles.ts';

const MACHINE: Host = {
  addresses: ['192.168.5.130', 'fe80::130', 'fd00:13::131', 'fd00:13::132', 'fd00:13::'],
  broadcasts: ['127.255.255.255', '192.168.5.255'],
  devices: { special0: ['fe80::130', 'fd00:13::131', 'fd00:13::132', 'fd00:13::'], lo: ['::1'] },
  flags: { 'fd00:13::131': 'deprecated', 'fd00:13::132': 'tentative', 'fd00:13::': 'anycast' },
};
const facts = { ...netnsFacts(), machine: MACHINE };
const LINUX = { system: 'linux', release: '6.18.44', version: '' };
const MEANS = { system: 'linux', otherUser: true, lowPorts: true, dualStack: true };
const setting = settingOf(facts, LINUX);
const USERS = { 1: 0, 2: 65_534 };

describe('the names of single binds', () => {
  const { names, absent } = singleNames(facts);

  it('are of every kind, each IPv4 one also mapped', () => {
    expect(absent).toEqual([]);
    const kinds = new Set(names.map(({ kind }) => kind));
    for (const kind of [
      'broadcast',
      'anycast',
      'tentative',
      'deprecated',
      'link-local, right scope',
      'limited broadcast',
    ]) {
      expect(kinds).toContain(kind);
    }
    const four = names.filter(({ family }) => family === 'inet');
    expect(names.filter(({ kind }) => kind.startsWith('mapped, '))).toHaveLength(four.length);
    expect(new Set(names.map(spellSingle)).size).toBe(names.length);
  });

  it('leave out what a machine does not have, with the reason', () => {
    const { names: few, absent: lacking } = singleNames({ addresses: { inet: {}, inet6: {} } });
    expect(few.every(({ family }) => family === 'inet')).toBe(true);
    expect(lacking).toContainEqual({ kind: 'every IPv6 name', reason: 'the machine has no IPv6' });
    expect(lacking).toContainEqual({ kind: 'anycast', reason: 'no anycast address' });
  });

  it('do not take an address for an ordinary link-local one that is tentative', () => {
    const machine = { ...MACHINE, flags: { ...MACHINE.flags, 'fe80::130': 'tentative' as const } };
    expect(singleNames({ ...facts, machine }).absent).toContainEqual({
      kind: 'link-local',
      reason: 'no link-local address',
    });
  });
});

describe('a single bind', () => {
  const predict = singlePredictor(models.linux, setting, USERS);
  const plain = { protocol: 'udp', v6only: null, low: false, owner: 1, option: null } as const;
  const named = (text: string) => singleNames(facts).names.find((name) => spellSingle(name) === text)!;

  it.each([
    ['fd00:13::131', {}, 'ok'],
    ['fd00:13::132', {}, 'EADDRNOTAVAIL'],
    ['fd00:13::', {}, 'EADDRNOTAVAIL'],
    ['fd00:13::', { option: 'IPV6_FREEBIND' as const }, 'ok'],
    ['fe80::130%special0', {}, 'ok'],
    ['fe80::130%lo', {}, 'EADDRNOTAVAIL'],
    ['fe80::130%nowhere', {}, 'ENODEV'],
    ['fe80::130', {}, 'EINVAL'],
    ['127.0.0.1', { low: true, owner: 2 as const }, 'EACCES'],
    ['::ffff:127.0.0.1', { v6only: true }, 'EINVAL'],
  ])('of %s %j is predicted: %s', (text, manner, outcome) => {
    expect(predict(named(text), { ...plain, ...manner }).outcomes).toEqual([outcome]);
  });

  it('is not compared if its option could not be set', () => {
    expect(['ok', 'bind EACCES', 'IP_TRANSPARENT EPERM'].map(isComparable)).toEqual([true, true, false]);
    expect(allowsSingle({ outcomes: ['EACCES'], rule: 'linux/privileged' }, 'bind EACCES')).toBe(true);
    expect(allowsSingle({ outcomes: ['EACCES'], rule: 'linux/privileged' }, 'ok')).toBe(false);
  });
});

describe('the record of single binds', () => {
  const blocks = singleBlocks(singleNames(facts).names, MEANS);
  const predict = singlePredictor(models.linux, setting, USERS);
  const answers = new Map(
    blocks.map((block) => [
      block,
      block.names.map((name) =>
        block.manners.map((manner) => {
          if (manner.option?.endsWith('TRANSPARENT') === true && manner.owner === 2) return `${manner.option} EPERM`;
          const said = predict(name, manner).outcomes[0] ?? '';
          // One answer is not as the model says.
          const isOdd = name.address === '127.0.0.2' && manner === block.manners[0];
          return isOdd ? 'bind EACCES' : said === 'ok' ? said : `bind ${said}`;
        }),
      ),
    ]),
  );
  const { singles, rules } = compareSingles(blocks, [], answers, { model: models.linux, setting, users: USERS });

  it('counts, and spells out what is not as the model says', () => {
    expect(singles.counts).toMatchObject({ mismatches: 1, notRun: 0 });
    expect(singles.counts.notCompared).toBe(singles.counts.binds / 6);
    expect(wrongInSingles(singles)).toBeNull();
    const [odd] = singleMismatches(singles);
    expect(singleLines({ rules }, odd!)).toEqual(
      expect.arrayContaining([
        '127.0.0.2 (another of 127.0.0.0/8), UDP',
        '  kernel  bind EACCES',
        '  model   ok',
        '  plan    udp: bind s1 127.0.0.2',
      ]),
    );
    expect(singlesSentence(singles)).toMatch(/ single binds are as the model says, 1 mismatch, .* not compared$/);
    expect(singlesTable(singles).rows.find(([name]) => name === '127.0.0.2')?.[2]).toBe('D*');
  });

  it('says how its parts contradict each other', () => {
    const { counts, blocks: written } = singles;
    expect(wrongInSingles({ ...singles, counts: { ...counts, agree: 1 } })).toMatch(/^singles.counts.agree is 1/);
    expect(wrongInSingles({ ...singles, names: [] })).toMatch(/do not fit together/);
    expect(wrongInSingles({ ...singles, predictions: [] })).toMatch(/do not fit together/);
    const short = written.map((block) => ({ ...block, kernel: block.kernel.map((row) => row.slice(1)) }));
    expect(() => singlesOf({ ...singles, blocks: short })).toThrow(RangeError);
    expect(wrongInSingles({ ...singles, blocks: [...written, ...written] })).not.toBeNull();
  });
});
