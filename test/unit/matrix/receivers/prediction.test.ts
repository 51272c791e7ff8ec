import { describe, expect, test } from 'vitest';
import { agreesWithCell, joinedWords, lacksOutcome } from '../../../../src/matrix/receivers/cells.ts';
import { obedient, plan, predictor, predictorOfEach, wordsOf } from './lab.ts';

const udp = (first: string, second: string, more: Record<string, string> = {}) =>
  wordsOf({ protocol: 'udp', state: 'bound/bound', devices: 'none/none', first, second, ...more });

describe('who receives, as the model of Linux says of pairs', () => {
  test('a probe to every address of the machine, from it and from the neighbour', () => {
    expect(udp('0.0.0.0 A', '127.0.0.1 A')).toEqual({
      '127.0.0.1 127.0.0.1': '2',
      '127.0.0.1 127.0.0.2': '1',
      '127.0.0.1 192.168.5.130': '1',
      '127.0.0.1 192.168.6.130': '1',
      '192.168.5.130 127.0.0.1': '2',
      '192.168.5.130 127.0.0.2': '1',
      '192.168.5.130 192.168.5.130': '1',
      '192.168.5.130 192.168.6.130': '1',
      '192.168.5.10 192.168.5.130': '1',
      '192.168.5.10 192.168.6.130': '1',
      '::1 ::1': 'refused',
      '::1 fd00:5::130': 'refused',
      '::1 fd00:6::130': 'refused',
      'fd00:5::130 ::1': 'refused',
      'fd00:5::130 fd00:5::130': 'refused',
      'fd00:5::130 fd00:6::130': 'refused',
      'fd00:5::10 fd00:5::130': 'refused',
      'fd00:5::10 fd00:6::130': 'refused',
    });
  });

  test('the device that counts is that of the address for the machine itself, and that of the LAN for the neighbour', () => {
    const tied = udp('0.0.0.0 A', '0.0.0.0 A', { devices: 'eth1/none' });
    expect(tied).toMatchObject({ '127.0.0.1 192.168.6.130': '1', '192.168.5.10 192.168.6.130': '2' });
  });

  test('a connected socket gets what its peer sends', () => {
    const found = udp('127.0.0.1 A', '0.0.0.0 A', { state: 'connected/bound' });
    expect(found).toMatchObject({
      'peer 127.0.0.1 127.0.0.1': '1',
      '127.0.0.1 127.0.0.1': '2',
      'peer 192.168.5.130 127.0.0.1': '2',
    });
    const out = udp('0.0.0.0 A', '0.0.0.0 A', { state: 'connected-out/bound' });
    expect(out).toMatchObject({ 'peer 192.168.5.10 192.168.5.130': '1', '192.168.5.10 192.168.5.130': '2' });
  });

  test('the placeholder of a dual-stack socket that is connected over IPv6 is asked too', () => {
    const found = udp(':: dual A', '127.0.0.1 A', { state: 'connected/bound' });
    expect(found).toMatchObject({ 'peer 127.0.0.1 127.0.0.6': '1', '127.0.0.1 127.0.0.6': 'refused' });
  });

  test.each([
    { protocol: 'udp', state: 'bound/bound', devices: 'lo/eth0', uid: 'same' },
    { protocol: 'udp', state: 'connected/bound', devices: 'none/none', uid: 'different' },
    { protocol: 'tcp', state: 'listening/listening', devices: 'eth1/none', uid: 'same' },
  ])('pairs that the model holds to be alike are, each by itself: $protocol $state', (asked) => {
    const differing: string[] = [];
    let pairs = 0;
    for (const block of plan(asked).blocks) {
      const [together, each] = [predictor(block), predictorOfEach(block)];
      for (let pair = 0; pair < block.first.length * block.second.length; pair += 1) {
        pairs += 1;
        if (JSON.stringify(together(pair)) !== JSON.stringify(each(pair)))
          differing.push(`${pair} of ${block.states.join('/')}`);
      }
    }
    expect(differing).toEqual([]);
    expect(pairs).toBeGreaterThan(2500);
  });

  test('a TCP socket that does not listen receives nothing', () => {
    const asked = { protocol: 'tcp', devices: 'none/none', first: '0.0.0.0 A', second: '127.0.0.1 A' };
    expect(wordsOf({ ...asked, state: 'bound/listening' })).toMatchObject({
      '127.0.0.1 127.0.0.1': '2',
      '127.0.0.1 127.0.0.2': 'refused',
    });
    expect(new Set(Object.values(wordsOf({ ...asked, state: 'bound/bound' })))).toEqual(
      new Set(['refused', 'no answer']),
    );
  });

  test('of a group every member must show', () => {
    const [block] = plan({
      protocol: 'udp',
      state: 'bound/bound',
      uid: 'same',
      first: '0.0.0.0 P',
      second: '0.0.0.0 P',
    }).blocks;
    const cell = block && predictor(block)(0).cells[0];
    expect(cell).toEqual({ outcomes: ['1', '2'], all: true, rule: 'linux/R4-group' });
    if (!cell) return;
    expect(['1', '2', '1|2', '1|2|refused', '1+2'].map((word) => agreesWithCell(word, cell))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(['1', '1|2'].map((word) => lacksOutcome(word, cell))).toEqual([true, false]);
  });

  test('two that can not be there together get no probe', () => {
    const [block] = plan({
      protocol: 'udp',
      state: 'bound/bound',
      uid: 'same',
      first: '0.0.0.0 -',
      second: '0.0.0.0 -',
    }).blocks;
    const prediction = block && predictor(block)(0);
    expect(prediction).toEqual({ together: 'no', cells: [] });
    expect(prediction && obedient(prediction)).toEqual({ failed: 'second bind EADDRINUSE' });
  });

  test('words are joinedWords in one order, each once', () => {
    expect(joinedWords(['2', 'refused', '1', '2'])).toBe('1|2|refused');
  });
});
