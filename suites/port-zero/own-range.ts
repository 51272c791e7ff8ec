import {
  addressOf,
  chooseFrom,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

/** The range of the machine, from its first port, and what the socket asks for, as the distance from that. */
const RANGE = 8;
const ASKED = {
  'one-inside': [3, 3],
  'low-only': [7, null],
  'high-only': [null, 0],
  'low-above-high': [5, 2],
  outside: [-100, -90],
  'partly-outside': [-100, 0],
} as const;
type Asked = keyof typeof ASKED;

export default experiment({
  title: 'A range of ports for one socket',
  asks: 'A socket sets IP_LOCAL_PORT_RANGE to this range and is bound to port 0: does setsockopt() take it, and is the port within it?',
  tags: ['port-zero', 'option', 'IP_LOCAL_PORT_RANGE'],
  claims: {},
  axes: { asked: Object.keys(ASKED) as Asked[], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ asked, protocol, family }, trial) {
    const first = await chooseFrom(trial, RANGE);
    const [low, high] = ASKED[asked].map((place) => (place === null ? 0 : first + place)) as [number, number];
    const part = await trial.part('chooser');
    await part.attempt(...open('socket', protocol, family, 1));
    const { set, bound } = await outcomesOf(part, {
      // The highest port is in the upper 16 bits.
      set: { op: 'setsockopt', on: 'socket', option: 'IP_LOCAL_PORT_RANGE', value: (high * 65_536 + low) | 0 },
      bound: { op: 'bind', on: 'socket', address: addressOf(trial.facts, family, 'loopback'), port: 0 },
    });
    const [name] = await part.do({ op: 'getsockname', on: 'socket' });
    const port = name?.name?.port ?? 0;
    return {
      set,
      bound,
      inRange: (low === 0 || port >= low) && (high === 0 || port <= high),
      inSystems: port >= first && port < first + RANGE,
    };
  },
  // What is outside of the range of the system does not count. A range that is all outside is left out of account.
  expect: ({ asked }) => ({
    set: asked === 'low-above-high' ? 'EINVAL' : 'ok',
    bound: 'ok',
    inSystems: true,
    ...(asked === 'low-above-high' || asked === 'outside' ? { inRange: false } : { inRange: true }),
  }),
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_LOCAL_PORT_RANGE (since Linux 6.3)' }],
});
