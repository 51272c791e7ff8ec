import { describe, expect, it, test } from 'vitest';
import { ALL_STATES, NO_DEVICES } from '../../../src/matrix/axes.ts';
import { commandFor, matrixPlanOf } from '../../../src/matrix/blocks.ts';
import { BadSelection, type Asked } from '../../../src/matrix/selection.ts';
import { namesOf, spellSpec } from '../../../src/matrix/sockets.ts';
import { choice, devices as allDevices, pairs, plan } from './lab.ts';

function refusal(asked: Asked): string {
  try {
    plan(asked);
  } catch (error) {
    expect(error).toBeInstanceOf(BadSelection);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  return 'was taken';
}

describe('everything', () => {
  const all = plan();
  const block = (text: string) =>
    all.blocks.find(({ protocol, state, uid, devices }) => `${protocol} ${state} ${uid} ${devices}` === text);

  it('is over 40,000 pairs, of at least twelve addresses and four option sets on both sides', () => {
    expect(pairs(all)).toBeGreaterThan(40_000);
    const bound = block('udp bound same none/none');
    expect(new Set(bound?.first.map(({ name }) => name.text)).size).toBeGreaterThanOrEqual(12);
    expect(new Set(bound?.second.map(({ letters }) => letters))).toEqual(new Set(['-', 'A', 'P', 'AP']));
    expect(all.skipped).toEqual([]);
  });

  it('has every state of each protocol, for both users', () => {
    for (const uid of ['same', 'different']) {
      for (const state of ['bound', 'connected']) expect(block(`udp ${state} ${uid} none/none`)).toBeDefined();
      for (const state of ALL_STATES) expect(block(`tcp ${state} ${uid} none/none`)).toBeDefined();
    }
    expect(block('udp listening same none/none')).toBeUndefined();
  });

  it('has devices as a smaller block without options, of one user', () => {
    const tied = all.blocks.filter(({ devices }) => devices !== NO_DEVICES);
    expect(new Set(tied.map(({ devices }) => devices)).size).toBe(8);
    expect(tied.every(({ uid, first }) => uid === 'same' && first.every(({ letters }) => letters === '-'))).toBe(true);
  });

  it('connects the dual-stack wildcard over both families, and has no pair twice', () => {
    const texts = (state: string) => block(`tcp ${state} same none/none`)?.first.map(spellSpec) ?? [];
    expect(texts('connected')).toContain(':: dual over4 A');
    expect(texts('bound')).not.toContain(':: dual over4 A');
    for (const { first, second } of all.blocks) {
      expect(new Set(first.map(spellSpec)).size).toBe(first.length);
      expect(second.map(spellSpec)).not.toContain(':: dual over4 -');
    }
  });
});

describe('a selection', () => {
  it('names one pair in one command, and a mismatch prints that command', () => {
    const asked = { protocol: 'tcp', state: 'listening', first: '0.0.0.0 A', second: '127.0.0.1 -', uid: 'same' };
    const { blocks } = plan(asked);
    expect(pairs({ blocks })).toBe(1);
    const [one] = blocks;
    expect(one && commandFor(one, '0.0.0.0 A', '127.0.0.1 -')).toBe(
      "npx bindspec matrix --protocol tcp --state listening --first '0.0.0.0 A' --second '127.0.0.1 -' --uid same --no-reports",
    );
  });

  it('leads from every pair back to that pair alone', () => {
    for (const block of plan().blocks) {
      const { protocol, state, uid, devices } = block;
      for (const first of block.first) {
        const second = block.second[block.first.indexOf(first) % block.second.length];
        if (!second) continue;
        const words: string[] = commandFor(block, spellSpec(first), spellSpec(second)).match(/'[^']*'|\S+/g) ?? [];
        const value = (option: string) => words[words.indexOf(option) + 1]?.replaceAll("'", '') ?? '';
        const asked: Asked = {
          protocol: value('--protocol'),
          state: value('--state'),
          uid: value('--uid'),
          first: value('--first'),
          second: value('--second'),
          ...(words.includes('--devices') ? { devices: value('--devices') } : {}),
        };
        const { blocks } = plan(asked);
        expect(blocks).toMatchObject([{ protocol, state, uid, devices, first: [first], second: [second] }]);
      }
    }
  });

  it.each([
    ['0.0.0.0', ['0.0.0.0 -', '0.0.0.0 A', '0.0.0.0 P', '0.0.0.0 AP']],
    [':: AP', [':: v6only AP', ':: dual AP']],
    ['dual A', [':: dual A']],
    ['127.0.0.1 A, ::1 P', ['127.0.0.1 A', '::1 P']],
    ['::ffff:0.0.0.0 -', ['::ffff:0.0.0.0 -']],
  ])('of second sockets takes %s for those it is a part of', (second, spelled) => {
    const { blocks } = plan({ second, protocol: 'udp', state: 'bound', uid: 'same' });
    expect(blocks.map((block) => block.second.map(spellSpec))).toEqual([spelled]);
  });

  it('of devices has options too', () => {
    const { blocks } = plan({ devices: 'lo/none,lo/eth0', protocol: 'udp' });
    expect(blocks.map(({ devices }) => devices)).toEqual(['lo/none', 'lo/eth0']);
    expect(new Set(blocks[0]?.first.map(({ letters }) => letters)).size).toBe(4);
  });
});

test.each<[Asked, RegExp]>([
  [{ protocol: 'sctp' }, /^unknown protocol 'sctp'; it is one of udp, tcp$/],
  [{ state: 'open' }, /^unknown state 'open'; it is one of bound, listening/],
  [{ uid: 'root' }, /^unknown uid 'root'; it is one of same, different$/],
  [{ devices: 'lo' }, /^unknown devices 'lo'; did you mean 'none\/lo'\?$/],
  [{ protocol: 'udp', state: 'listening' }, /^a UDP socket is never listening: it is bound or connected$/],
  [{ devices: 'lo/lo', uid: 'different' }, /^pairs with devices are of one user/],
  [{ devices: 'lo/lo', state: 'connected' }, /their first socket is bound or listening/],
  [{ first: '10.9.9.9 A' }, /^the netns lab has no address '10\.9\.9\.9' for the matrix: it is one of 0\.0\.0\.0, /],
  [{ first: '127.0.0.1 A, 10.9.9.9' }, /no address '10\.9\.9\.9'/],
  [{ first: '127.0.0.1 E' }, /^linux has no option set 'E'/],
  [{ first: '127.0.0.1 A P' }, /^can't read '127\.0\.0\.1 A P'/],
  [{ second: '127.0.0.1 reuse' }, /^can't read 'reuse' in '127\.0\.0\.1 reuse'/],
  [{ second: ' , ' }, /^--second needs sockets, for example/],
  [{ first: '::1 v6only' }, /^'::1 v6only' can't be a first socket/],
  [{ second: ':: over4' }, /^':: over4' can't be a second socket, which is not connected/],
  [{ first: ':: over4', state: 'bound,listening' }, /one that has a connection, and is not bound or listening$/],
])('%j is refused in one line', (asked, message) => {
  expect(refusal(asked)).toMatch(message);
});

test('the system decides on the option sets', () => {
  const corner = { protocol: 'udp', state: 'bound', uid: 'same', devices: NO_DEVICES };
  const letters = (system: string) =>
    new Set(
      matrixPlanOf(corner, { ...choice, system }, allDevices, () => null).blocks[0]?.second.map((spec) => spec.letters),
    );
  expect(letters('windows')).toEqual(new Set(['-', 'A', 'E']));
  expect(letters('darwin')).toEqual(new Set(['-', 'A', 'P', 'AP']));
});

describe('what can not be run', () => {
  it('is skipped with its reason, and counted', () => {
    const { blocks, skipped } = plan({ devices: NO_DEVICES }, ({ uid }) =>
      uid === 'different' ? { reason: 'one user only', enable: 'sudo' } : null,
    );
    expect(blocks.every(({ uid }) => uid === 'same')).toBe(true);
    expect(skipped).toHaveLength(8);
    expect(skipped[0]).toMatchObject({
      what: 'UDP, the first bound, different uid',
      pairs: 2704,
      reason: 'one user only',
    });
    expect(skipped.reduce((sum, { pairs: count }) => sum + count, 0)).toBe(pairs({ blocks }));
  });

  it('for lack of addresses is counted to the same total', () => {
    const without = namesOf({ addresses: { inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1' }, inet6: {} } });
    const less = matrixPlanOf({}, { ...choice, ...without }, allDevices, () => null);
    expect(less.blocks[0]?.first.map(({ name }) => name.text)).toContain('0.0.0.0');
    expect(pairs(less) + less.skipped.reduce((sum, { pairs: count }) => sum + count, 0)).toBe(pairs(plan()));
    expect(less.skipped[0]?.reason).toMatch(/^the netns lab has no address for: IPv4 second-loopback/);
  });
});
