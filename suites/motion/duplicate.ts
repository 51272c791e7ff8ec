import {
  addressState,
  experiment,
  open,
  outcomeOf,
  outcomesOf,
  prepareSockets,
  PROTOCOLS,
  whenChecked,
} from '../../src/experiment/index.ts';

/** An address that two hosts of the LAN are given. */
const SHARED = 'fd00:5::77';

export default experiment({
  title: 'An IPv6 address that another host has',
  asks: 'A machine is given an address that its neighbour has, or no one, and a socket is bound to it, with IPV6_FREEBIND or without it, while the system asks who has it, after it has asked, or after the neighbour has given it up and the machine has got it again: what is the address to the machine, and does bind() work?',
  tags: ['motion', 'inet6', 'option'],
  claims: {},
  axes: {
    holder: ['neighbour', 'no-one'],
    moment: ['asking', 'asked', 'given-up'],
    option: ['none', 'freebind'],
    protocol: PROTOCOLS,
  },
  // Whoever has the address answers at once, so that there is no time of asking.
  only: ({ holder, moment }) => moment !== (holder === 'neighbour' ? 'asking' : 'given-up'),
  needs: () => ['changeable network', 'neighbour', 'inet6 external'],
  async run({ holder, moment, option, protocol }, trial) {
    const [machine, neighbour] = [trial.network(), trial.network('neighbour')];
    const device = trial.facts.externalInterface ?? '';
    if (holder === 'neighbour') await neighbour.addAddress('eth0', `${SHARED}/128`);
    await machine.addAddress(device, `${SHARED}/128`, moment === 'asking' ? { tentative: true } : { checked: true });
    if (moment !== 'asking') await whenChecked(trial, SHARED);
    if (moment === 'given-up') {
      await neighbour.removeAddress('eth0', `${SHARED}/128`);
      await machine.removeAddress(device, `${SHARED}/128`);
      await machine.addAddress(device, `${SHARED}/128`, { checked: true });
      await whenChecked(trial, SHARED);
    }
    const server = await trial.part('server');
    const state = await addressState(server, SHARED);
    await prepareSockets(server, open('socket', protocol, 'inet6', 1));
    if (option === 'freebind') {
      const [set] = await server.do({ op: 'setsockopt', on: 'socket', option: 'IPV6_FREEBIND', value: 1 });
      if (outcomeOf(set) !== 'ok') return { state, bound: outcomeOf(set) };
    }
    return {
      state,
      ...(await outcomesOf(server, { bound: { op: 'bind', on: 'socket', address: SHARED, port: trial.port } })),
    };
  },
  expect: ({ holder, moment, option }) => {
    const state =
      moment === 'asking' ? 'tentative' : holder === 'neighbour' && moment === 'asked' ? 'failed' : 'usable';
    return { state, bound: state === 'usable' || option === 'freebind' ? 'ok' : 'EADDRNOTAVAIL' };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'net/ipv6/addrconf.c, addrconf_dad_stop; net/ipv6/af_inet6.c, __inet6_bind' }],
});
