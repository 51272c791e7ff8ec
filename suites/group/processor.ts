import { experiment, FAMILIES, onProcessor, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Sockets on one port that name a processor',
  asks: 'Two sockets share a port, and one, both or none of them set SO_INCOMING_CPU, before bind() or when both are there, to the processor on which everything arrives or to another: who receives?',
  tags: ['receive', 'group', 'SO_INCOMING_CPU', 'SO_REUSEPORT'],
  claims: {},
  axes: {
    when: ['before', 'after'],
    option: ['SO_REUSEPORT', 'SO_REUSEADDR'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  // Two TCP sockets can't listen by SO_REUSEADDR.
  only: ({ option, protocol }) => option === 'SO_REUSEPORT' || protocol === 'udp',
  needs: ({ family }) => [`${family} loopback`, 'program taskset', 'changeable network'],
  run: ({ when, option, protocol, family }, trial) => onProcessor(trial, { protocol, family, option, when }),
  // A socket that names the processor receives all; if there is none, the group's hash decides, or the last bound has it.
  expect: ({ option }) => {
    const otherwise = option === 'SO_REUSEPORT' ? 'first or second' : 'second';
    return {
      neither: otherwise,
      'first here': 'first',
      'second here': 'second',
      'each its own': 'first',
      'both elsewhere': otherwise,
    };
  },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_INCOMING_CPU' },
    { source: 'linux-net', where: 'net/core/sock_reuseport.c, reuseport_select_sock_by_hash' },
  ],
});
