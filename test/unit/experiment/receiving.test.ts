import { describe, expect, it } from 'vitest';
import { needsOfScene } from '../../../src/experiment/receiving/needs.ts';
import {
  anyOf,
  bindAs,
  CROWDS,
  togetherInWords,
  type ReceivingScene,
} from '../../../src/experiment/receiving/scene.ts';
import { modelledScene } from '../../../src/verdict/modelled-scene.ts';

/** Two UDP sockets on one name, and a crowd that asks at loopback. */
function pair(options: Parameters<typeof bindAs>[2], more: Partial<ReceivingScene> = {}): ReceivingScene {
  return {
    protocol: 'udp',
    senders: { crowd: { family: 'inet', at: 'loopback', sources: CROWDS[2] } },
    steps: [bindAs('first', 'inet-loopback', options), bindAs('second', 'inet-loopback', options)],
    packets: { crowd: { from: 'crowd', to: 'loopback' } },
    ...more,
  };
}

describe('the words for who received', () => {
  it('name each outcome once, in alphabetical order', () => {
    expect(togetherInWords(['second', 'first', 'second'])).toBe('first or second');
  });

  it('allow every set of outcomes where each packet may have any of them', () => {
    expect(anyOf(['first', 'reset'])).toEqual({ oneOf: ['first', 'reset', 'first or reset'] });
  });
});

describe('a group is spread over so many senders', () => {
  it.each(Object.entries(CROWDS))('that one of %s members is missed less than once in 10^11 runs', (size, senders) => {
    const members = Number(size);
    expect(members * (1 - 1 / members) ** (senders - 1)).toBeLessThan(1e-11);
  });
});

describe('what a scene needs of the lab', () => {
  it('follows from its sockets, senders and packets', () => {
    const scene = pair(['SO_REUSEADDR'], {
      senders: { far: { family: 'inet', at: 'neighbour' } },
      steps: [bindAs('tied', 'mapped-wildcard', [], { device: 'second-external', otherUser: true })],
      packets: { one: { from: 'far', to: 'external' } },
    });
    expect(needsOfScene(scene).toSorted()).toEqual([
      'inet external',
      'inet neighbour',
      'inet second-external',
      'inet wildcard',
      'neighbour',
      'second interface',
      'second user',
    ]);
  });

  it('is a network of its own for what goes to all, and the index of an interface for groups of IPv6', () => {
    const group = 'ff15::1';
    const scene = pair([], {
      senders: { sender: { family: 'inet6', at: 'external' } },
      steps: [bindAs('member', 'inet6-wildcard'), { op: 'join', as: 'member', group, device: 'external' }],
      packets: { one: { from: 'sender', to: { address: group } } },
    });
    expect(needsOfScene(scene)).toEqual(expect.arrayContaining(['quiet interface', 'interface index']));
    expect(needsOfScene(pair([]))).not.toEqual(expect.arrayContaining(['quiet interface']));
  });
});

describe('what the models say of a scene', () => {
  it.each([
    ['linux', 'first or second'],
    ['gvisor', 'first or second'],
    ['darwin', 'second'],
    ['openbsd', 'second'],
    ['netbsd', 'second'],
  ] as const)('%s: of two sockets with SO_REUSEPORT %s', (system, crowd) => {
    const said = modelledScene(pair(['SO_REUSEPORT']), system);
    expect(said?.expect).toEqual({ sockets: { first: 'ok', second: 'ok' }, receives: { crowd } });
    expect(said?.cite.length).toBeGreaterThan(0);
  });

  it('is nothing where the system has no such option', () => {
    expect(modelledScene(pair(['SO_REUSEPORT']), 'windows')).toBeNull();
    expect(modelledScene(pair(['SO_REUSEPORT_LB']), 'linux')).toBeNull();
    expect(modelledScene(pair(['SO_REUSEPORT_LB']), 'freebsd')?.expect).toMatchObject({
      receives: { crowd: 'first or second' },
    });
  });

  it('is nothing of a packet that the model can not tell about', () => {
    // Which of several UDP sockets receives is indeterminate by the documents of Windows.
    expect(modelledScene(pair(['SO_REUSEADDR']), 'windows')).toBeNull();
  });

  it('names the rule by which another socket receives than on Linux', () => {
    expect(modelledScene(pair(['SO_REUSEPORT']), 'darwin')?.because).toContain('newest');
  });

  it('follows the version of the kernel', () => {
    const scene = pair(['SO_REUSEPORT'], {
      senders: {
        peer: { family: 'inet', at: 'loopback' },
        crowd: { family: 'inet', at: 'loopback', sources: CROWDS[2] },
      },
      steps: [
        bindAs('first', 'inet-loopback', ['SO_REUSEPORT']),
        bindAs('second', 'inet-loopback', ['SO_REUSEPORT']),
        { op: 'connect', as: 'second', to: 'peer' },
        bindAs('third', 'inet-loopback', ['SO_REUSEPORT']),
      ],
    });
    expect(modelledScene(scene, 'linux')?.expect).toMatchObject({ receives: { crowd: 'third' } });
    expect(modelledScene(scene, 'linux', '6.1.192')?.expect).toMatchObject({ receives: { crowd: 'first or third' } });
  });
});
