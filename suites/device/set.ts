import { experiment, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const NAMES = {
  loopback: 'lo',
  absent: 'nosuch0',
  empty: '',
  longest: 'a23456789012345',
  'too-long': 'a2345678901234567',
} as const;

export default experiment({
  title: 'Setting SO_BINDTODEVICE',
  asks: 'A process with CAP_NET_RAW, or without it, sets SO_BINDTODEVICE of a new socket to this name, or changes it from loopback to that: does setsockopt() work?',
  tags: ['device', 'SO_BINDTODEVICE', 'option', 'privilege'],
  claims: {},
  axes: {
    device: ['loopback', 'absent', 'empty', 'longest', 'too-long'],
    before: ['none', 'loopback'],
    who: ['with-capability', 'without-capability'],
    protocol: PROTOCOLS,
  },
  needs: ({ who }) => ['inet loopback', who === 'with-capability' ? 'CAP_NET_RAW' : 'process without a capability'],
  async run({ device, before, who, protocol }, trial) {
    const part = await trial.part('server', who === 'without-capability' ? { without: 'CAP_NET_RAW' } : {});
    await part.attempt(...open('socket', protocol, 'inet', null));
    const set = (value: string) => ({ op: 'setsockopt', on: 'socket', option: 'SO_BINDTODEVICE', value }) as const;
    if (before === 'loopback') await outcomesOf(part, { first: set('lo') });
    const { called } = await outcomesOf(part, { called: set(NAMES[device]) });
    const [read] = await part.do({ op: 'getsockopt', on: 'socket', option: 'SO_BINDTODEVICE' });
    return { called, device: typeof read?.value === 'string' ? read.value : null };
  },
  // The name is looked up first. Whoever ties a socket that is tied already, or frees it, needs the capability.
  expect: ({ device, before, who }) => {
    if (device !== 'loopback' && device !== 'empty') return { called: 'ENODEV' };
    return { called: before === 'loopback' && who === 'without-capability' ? 'EPERM' : 'ok' };
  },
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_BINDTODEVICE' }],
});
