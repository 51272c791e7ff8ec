import { bindAs, CROWDS, FAMILIES, receiving, type SceneStep } from '../../src/experiment/index.ts';

const set = (as: string, value: 0 | 1): SceneStep => ({ op: 'set', as, option: 'SO_REUSEPORT', value });

export default receiving({
  title: 'SO_REUSEPORT set or cleared after bind',
  asks: 'Two UDP sockets share an address, and SO_REUSEPORT is set or cleared on them afterwards; who receives from many senders?',
  tags: ['receive', 'options', 'group'],
  axes: {
    change: ['first-cleared', 'second-cleared', 'both-set', 'first-set-before-second'],
    family: FAMILIES,
  },
  scene: ({ change, family }) => {
    const name = `${family}-loopback` as const;
    const bind = (as: string, ...options: Parameters<typeof bindAs>[2] & object) => bindAs(as, name, options);
    const steps: Record<typeof change, SceneStep[]> = {
      'first-cleared': [bind('first', 'SO_REUSEPORT'), bind('second', 'SO_REUSEPORT'), set('first', 0)],
      'second-cleared': [bind('first', 'SO_REUSEPORT'), bind('second', 'SO_REUSEPORT'), set('second', 0)],
      'both-set': [bind('first', 'SO_REUSEADDR'), bind('second', 'SO_REUSEADDR'), set('first', 1), set('second', 1)],
      'first-set-before-second': [
        bind('first', 'SO_REUSEADDR'),
        set('first', 1),
        bind('second', 'SO_REUSEADDR', 'SO_REUSEPORT'),
      ],
    };
    return {
      protocol: 'udp',
      senders: { crowd: { family, at: 'loopback', sources: CROWDS[2] } },
      steps: steps[change],
      packets: { crowd: { from: 'crowd', to: 'loopback' } },
    };
  },
  // A socket that clears the option is alone where it is met first; otherwise it is still a member of the group.
  expect: ({ change, family }) => {
    const alone = { 'first-cleared': 'first', 'second-cleared': 'second' } as const;
    if (change === 'both-set') return { receives: { crowd: 'second' } };
    if (change === 'first-set-before-second') return { receives: { crowd: 'first or second' } };
    const isMetFirst = (change === 'second-cleared') === (family === 'inet');
    return { receives: { crowd: isMetFirst ? alone[change] : 'first or second' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'inet_lookup_reuseport, udp_reuseport_add_sock' }],
});
