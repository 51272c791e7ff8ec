import { describe, expect, it } from 'vitest';
import { netnsFacts } from '../../../../src/lab/netns.ts';
import { packedAnswer, packReceivers } from '../../../../src/matrix/receivers/pack.ts';
import { receiverReader } from '../../../../src/matrix/receivers/reading.ts';
import { spellSpec } from '../../../../src/matrix/sockets.ts';
import { models } from '../../../../src/model/index.ts';
import type { RecordedLab } from '../../../../src/page/matrix/alike.ts';
import { NETNS } from '../../../../src/page/matrix/choice.ts';
import { askedPair, blocksIn } from '../../../../src/page/receivers/asked.ts';
import { receiverColumns, wayKey } from '../../../../src/page/receivers/columns.ts';
import { isApart, pairInWords, receivedInWords } from '../../../../src/page/receivers/words.ts';
import type { ReceiversRecord } from '../../../../src/record/receivers.ts';
import { obedient, plan, recordOf } from '../../matrix/receivers/lab.ts';

const asked = { protocol: 'udp', state: 'bound/bound', uid: 'same', devices: 'none/none' } as const;
const { blocks } = plan(asked);
const pair = { protocol: 'udp', states: 'bound/bound', first: '0.0.0.0 A', second: '127.0.0.1 A' };
const lab = netnsFacts() as RecordedLab;
/** A kernel that gives the first probe of one pair to no one, and refuses another pair that the model allows. */
const record = recordOf(blocks, (prediction, names) => {
  if (names === '127.0.0.1 - / 127.0.0.2 -') return { failed: 'second bind EADDRINUSE' };
  const answer = obedient(prediction);
  if (names !== '0.0.0.0 A / 127.0.0.1 A' || 'failed' in answer) return answer;
  return { words: ['silence', ...answer.words.slice(1)] };
});
const packed = packReceivers([record]);

/** The column of a system. */
function columnOf(name: string, chosen: Record<string, string> = pair, records = packed) {
  const columns = receiverColumns(askedPair(lab, chosen, [lab]), records);
  const found = columns.find(({ names }) => names.includes(name));
  if (found === undefined) throw new Error(`there is no ${name} in ${columns.flatMap(({ names }) => names).join()}`);
  return found;
}

describe('packed records of who receives', () => {
  it('have the answer of every pair', () => {
    const [only] = packed;
    const [block] = only?.blocks ?? [];
    const [own] = record.blocks;
    if (!only || !block || !own) throw new Error('nothing was packed');
    for (const [row, pairs] of receiverReader(record)(own).entries()) {
      for (const [column, { answer }] of pairs.entries()) {
        expect(packedAnswer(only, block, row, column)).toEqual(answer);
      }
    }
    expect(JSON.stringify(packed)).not.toContain('predictions');
  });

  it('have names of their own, also those of one platform', () => {
    const later = { ...record, started: '2026-02-03T00:00:00.000Z' };
    expect(packReceivers([record, later]).map(({ name }) => name)).toEqual([
      'linux-6.18-x64 (6.18.44, 2026-01-01)',
      'linux-6.18-x64 (6.18.44, 2026-02-03)',
    ]);
  });
});

describe('the columns of a pair', () => {
  it('show what was recorded, and where that is not what the model says', () => {
    const column = columnOf('linux-6.18-x64');
    const cells = [...column.cells.values()];
    expect(column).toMatchObject({ observed: true, none: null, strange: false });
    expect(cells[0]).toMatchObject({ words: ['silence'], unlike: { outcomes: ['2'] } });
    expect(cells[0]?.rule).toMatch(/^linux\/R/);
    expect(cells.slice(1).every(({ unlike }) => unlike === null)).toBe(true);
    expect(column.commands[0]?.text).toContain("--receivers --protocol udp --state bound/bound --first '0.0.0.0 A'");
  });

  it('show the models of the systems that have no record, and of no other', () => {
    const columns = receiverColumns(askedPair(lab, pair, [lab]), packed);
    const modelled = columns.filter(({ observed }) => !observed).flatMap(({ names }) => names);
    const others = Object.values(models).filter(({ name }) => name !== 'linux');
    expect(modelled.toSorted()).toEqual(others.map(({ title }) => title).toSorted());
    expect(columnOf('FreeBSD').cells.get(wayKey(blocksIn(lab)[0]?.ways[0] as never, lab))).toMatchObject({
      words: ['2'],
    });
  });

  it('show the model also where the record does not have the pair', () => {
    const other = { ...pair, protocol: 'tcp', states: 'listening/listening' };
    expect(columnOf('Linux', other)).toMatchObject({ observed: false });
  });

  it('say why there is nothing to probe', () => {
    const names = { ...pair, first: '127.0.0.1 -', second: '127.0.0.2 -' };
    expect(columnOf('linux-6.18-x64', names)).toMatchObject({
      none: 'bind of the second socket fails with EADDRINUSE',
      strange: true,
    });
    expect(columnOf('Windows', { ...pair, first: '0.0.0.0 P' }).none).toBe('it has no SO_REUSEPORT');
    expect(columnOf('Linux', { ...pair, first: '0.0.0.0 E' }).none).toBe('it has no SO_EXCLUSIVEADDRUSE');
    expect(columnOf('FreeBSD', { ...pair, devices: 'lo/none' }).none).toBe('it has no SO_BINDTODEVICE');
    expect(columnOf('Linux', { ...pair, first: '0.0.0.0 -', second: '0.0.0.0 -' }, []).none).toBe(
      'the two can’t both be made',
    );
  });

  it('meet a record of a lab with other addresses', () => {
    const moved = JSON.parse(JSON.stringify(record).replaceAll('192.168.5.', '10.9.8.')) as ReceiversRecord;
    const external = { ...pair, second: '192.168.5.130 A' };
    const here = columnOf('linux-6.18-x64', external);
    const there = columnOf('linux-6.18-x64', external, packReceivers([moved]));
    expect([...there.cells]).toEqual([...here.cells]);
    expect(there.commands[0]?.text).toContain("--second '10.9.8.130 A'");
  });

  it('can be asked of every corner, in each system', () => {
    for (const block of blocksIn(NETNS)) {
      const chosen = { ...block, states: block.states.join('/'), first: '127.0.0.2 A', second: '0.0.0.0 A' };
      const { block: found, ...sockets } = askedPair(NETNS, chosen as never, [NETNS]);
      expect(found).toEqual(block);
      const columns = receiverColumns({ block: found, ...sockets }, []);
      expect(columns.flatMap(({ names }) => names)).toHaveLength(Object.keys(models).length);
    }
  });
});

describe('a pair that an address names', () => {
  it.each([
    [{}, 'udp bound/bound 0.0.0.0 A, 0.0.0.0 A'],
    [{ protocol: 'tcp', states: 'connected/bound' }, 'tcp bound/bound 0.0.0.0 A, 0.0.0.0 A'],
    [{ states: 'connected-out/bound', first: '127.0.0.1 P' }, 'udp connected-out/bound 0.0.0.0 P, 0.0.0.0 A'],
    [{ protocol: '__proto__', states: '/', first: '<b>', second: '' }, 'udp bound/bound 0.0.0.0 -, 0.0.0.0 -'],
  ])('%j is %s', (chosen: Record<string, string>, name) => {
    const { block, first, second } = askedPair(lab, chosen, [lab]);
    expect(`${block.protocol} ${block.states.join('/')} ${spellSpec(first)}, ${spellSpec(second)}`).toBe(name);
  });
});

describe('words', () => {
  it.each([
    [['1'], 'first'],
    [['1+2'], 'both'],
    [['1|2'], 'first or second, by the sender’s port'],
    [['2', 'refused'], 'second or refused, not known which'],
    [[], 'not known'],
    [['toString'], 'toString'],
  ])('%j is %s', (words, said) => {
    expect(receivedInWords(words)).toBe(said);
  });

  it('of two systems are apart only where neither allows what the other does', () => {
    const column = (...words: string[]) => ({
      ...columnOf('Linux', pair, []),
      cells: new Map([['x', { words, rule: undefined, unlike: null }]]),
    });
    expect(isApart([column('1'), column('2')], 'x')).toBe(true);
    expect(isApart([column('1'), column('2', '1')], 'x')).toBe(false);
    expect(isApart([column('1'), column()], 'x')).toBe(false);
    expect(isApart([column('1'), column('2')], 'y')).toBe(false);
  });
});

describe('a pair in a sentence', () => {
  const inWords = (of: Record<string, string>) => {
    const [block] = plan({ protocol: 'udp', uid: 'same', ...of }).blocks;
    const [first] = block?.first ?? [];
    if (block === undefined || first === undefined) throw new Error('there is no such pair');
    return pairInWords(block, first, first);
  };

  it.each([
    [{ state: 'bound/bound', devices: 'none/none' }, 'is bound, then the second 0.0.0.0 - is bound; the same user'],
    [
      { state: 'bound/bound', devices: 'none/lo' },
      'is bound, then the second 0.0.0.0 - is bound and tied to lo; the same user',
    ],
    [
      { state: 'connected/connected-out', devices: 'none/none', uid: 'different' },
      'is connected to a peer on the machine, then the second 0.0.0.0 - is connected to the neighbour; different users',
    ],
  ])('%o', (of, said) => {
    expect(inWords(of)).toBe(`UDP: the first 0.0.0.0 - ${said}`);
  });
});
