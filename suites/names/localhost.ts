import { experiment, hostNames, HOSTS_FILES, resolveIn, type Family, NO_ADDRESS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'What localhost is',
  asks: 'The file of host names has these lines for localhost, and IPv6 is on or off on loopback: to which addresses, in which order, does the system resolve localhost, for any family or for one?',
  tags: ['resolver', 'localhost', 'loopback'],
  claims: {},
  axes: { file: HOSTS_FILES, asked: ['any', 'inet', 'inet6'], inet6: ['on', 'off'] },
  needs: () => ['own host names', 'changeable network', 'inet loopback', 'inet6 loopback'],
  async run({ file, asked, inet6 }, trial) {
    if (inet6 === 'off') await trial.network().set('net.ipv6.conf.lo.disable_ipv6', 1);
    const part = await trial.part('program', { names: hostNames(file) });
    const family: { family?: Family } = asked === 'any' ? {} : { family: asked };
    const { outcome, addresses } = await resolveIn(trial, part, { name: 'localhost', ...family });
    return { outcome, addresses };
  },
  // What can't be reached comes last, and IPv6 comes first otherwise, in whichever order the file has them. For IPv4 alone, ::1
  // in the file is taken for 127.0.0.1.
  expect: ({ file, asked, inet6 }) => {
    const has = { inet: file !== 'inet6-only' && file !== 'none', inet6: file !== 'inet-only' && file !== 'none' };
    const [first, second] = inet6 === 'on' ? (['inet6', 'inet'] as const) : (['inet', 'inet6'] as const);
    const addresses = {
      any: [first, second].filter((family) => has[family]),
      inet: [...(has.inet ? ['inet'] : []), ...(has.inet6 ? ['inet'] : [])],
      inet6: has.inet6 ? ['inet6'] : [],
    }[asked];
    return {
      outcome: addresses.length > 0 ? 'ok' : NO_ADDRESS,
      addresses: addresses.map((family) => `${family} loopback`),
    };
  },
  known: 'observed',
  cite: [
    { source: 'rfc6724', where: '6' },
    { source: 'glibc', where: 'nss/nss_files/files-hosts.c' },
  ],
});
