import { bindAs, CROWDS, FAMILIES, PROTOCOLS, receiving, type SceneDevice } from '../../src/experiment/index.ts';

export default receiving({
  title: 'How SO_REUSEPORT spreads senders over ties to devices',
  asks: 'Two wildcards with SO_REUSEPORT are tied to lo, one to the external device and one to none; who receives by each device?',
  tags: ['receive', 'device', 'group'],
  axes: { untied: ['first', 'last'], protocol: PROTOCOLS, family: FAMILIES },
  scene: ({ untied, protocol, family }) => {
    const tied = (as: string, device: SceneDevice) => bindAs(as, `${family}-wildcard`, ['SO_REUSEPORT'], { device });
    const ties = [tied('lo 1', 'lo'), tied('lo 2', 'lo'), tied('external', 'external')];
    const free = bindAs('untied', `${family}-wildcard`, ['SO_REUSEPORT']);
    return {
      protocol,
      senders: {
        near: { family, at: 'loopback', sources: CROWDS[2] },
        far: { family, at: 'external', sources: CROWDS[2] },
        second: { family, at: 'second-external', sources: CROWDS[2] },
      },
      steps: untied === 'first' ? [free, ...ties] : [...ties, free],
      packets: {
        byLo: { from: 'near', to: 'loopback' },
        byExternal: { from: 'far', to: 'external' },
        bySecond: { from: 'second', to: 'second-external' },
      },
    };
  },
  // The walk ends at the first group: that of the newest, or over IPv6 that of the oldest.
  expect: ({ untied, family }) => {
    const isMetFirst = (untied === 'last') === (family === 'inet');
    return {
      receives: isMetFirst
        ? { byLo: 'untied', byExternal: 'untied', bySecond: 'untied' }
        : { byLo: 'lo 1 or lo 2', byExternal: 'external', bySecond: 'untied' },
    };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp4_lib_lookup2, inet_lhash2_lookup' }],
});
