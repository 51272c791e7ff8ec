import { bindAs, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = '232.5.5.7';

export default receiving({
  title: 'Members that want one sender of a group, or all but one',
  asks: 'A UDP socket joins a group for one sender, or blocks that sender; from which of two senders does it receive, and does a socket beside it that joined for all?',
  tags: ['receive', 'multicast', 'options'],
  axes: { wants: ['only-neighbour', 'all-but-neighbour', 'only-machine'], beside: ['nothing', 'member-for-all'] },
  scene: ({ wants, beside }) => {
    const member = (as: string): SceneStep => ({ op: 'join', as, group: GROUP, device: 'external' });
    const source = wants === 'only-machine' ? 'machine' : 'neighbour';
    const filter = { as: 'picky', group: GROUP, device: 'external', source } as const;
    return {
      protocol: 'udp',
      senders: { machine: { family: 'inet', at: 'external' }, neighbour: { family: 'inet', at: 'neighbour' } },
      steps: [
        bindAs('picky', 'inet-wildcard', ['SO_REUSEADDR']),
        ...(beside === 'nothing' ? [] : [bindAs('open', 'inet-wildcard', ['SO_REUSEADDR']), member('open')]),
        ...(wants === 'all-but-neighbour'
          ? [member('picky'), { op: 'block-source', ...filter } as const]
          : [{ op: 'join-source', ...filter } as const]),
      ],
      packets: {
        fromMachine: { from: 'machine', to: { address: GROUP } },
        fromNeighbour: { from: 'neighbour', to: { address: GROUP } },
      },
    };
  },
  expect: ({ wants, beside }) => {
    const wanted = beside === 'nothing' ? 'picky' : 'picky, open';
    const unwanted = beside === 'nothing' ? 'silence' : 'open';
    const isNeighbour = wants === 'only-neighbour';
    return {
      receives: { fromMachine: isNeighbour ? unwanted : wanted, fromNeighbour: isNeighbour ? wanted : unwanted },
    };
  },
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'IP_ADD_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE' },
    { source: 'linux-net', where: 'ip_mc_sf_allow' },
  ],
});
