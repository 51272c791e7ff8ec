import {
  ask,
  experiment,
  hostNames,
  openServer,
  PROTOCOLS,
  resolveIn,
  type Outcome,
  NO_ADDRESS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server on localhost and its clients',
  asks: 'A server is bound to the first address of localhost, as servers do that are given a name, and a client asks at the first address of localhost, at each of them until it has an answer, or at the first one of IPv4 or IPv6: does it get one, where the file of host names has these lines and IPv6 is on or off on loopback?',
  tags: ['resolver', 'localhost', 'loopback', 'reach'],
  claims: {},
  axes: {
    file: ['both', 'inet-only', 'inet6-only'],
    client: ['first', 'each', 'inet', 'inet6'],
    inet6: ['on', 'off-before', 'off-after'],
    protocol: PROTOCOLS,
  },
  needs: () => ['own host names', 'changeable network', 'inet loopback', 'inet6 loopback'],
  async run({ file, client, inet6, protocol }, trial) {
    const names = hostNames(file);
    const switchOff = () => trial.network().set('net.ipv6.conf.lo.disable_ipv6', 1);
    if (inet6 === 'off-before') await switchOff();
    const server = await trial.part('server', { names });
    const asking = await trial.part('client', { names });
    const { first, addresses } = await resolveIn(trial, server, { name: 'localhost' });
    const bound =
      first === null
        ? null
        : await openServer(trial, server, { protocol, family: first.family, address: first.address });
    if (inet6 === 'off-after') await switchOff();
    const family = client === 'inet' || client === 'inet6' ? { family: client } : {};
    const found = await resolveIn(trial, asking, { name: 'localhost', ...family });
    const tried = client === 'each' ? found.all : found.all.slice(0, 1);
    const answers: Outcome[] = [];
    for (const to of tried) {
      const { outcome } = await ask(trial, asking, { protocol, family: to.family, to: { address: to.address } });
      answers.push(outcome);
      if (outcome === 'answered') break;
    }
    return { on: addresses[0] ?? null, server: bound?.outcome ?? null, found: found.outcome, answers };
  },
  expect: ({ file, client, inet6 }) => {
    const order = (isOn: boolean): ('inet' | 'inet6')[] =>
      file === 'inet-only'
        ? ['inet']
        : file === 'inet6-only'
          ? ['inet6']
          : isOn
            ? ['inet6', 'inet']
            : ['inet', 'inet6'];
    const [on = 'inet'] = order(inet6 !== 'off-before');
    const server = on === 'inet6' && inet6 === 'off-before' ? 'EADDRNOTAVAIL' : 'ok';
    if (client === 'inet6' && file === 'inet-only') return { on: `${on} loopback`, server, found: NO_ADDRESS };
    const answerAt = (family: 'inet' | 'inet6') =>
      family === 'inet6' && inet6 !== 'on'
        ? 'ENETUNREACH'
        : family === on && server === 'ok'
          ? 'answered'
          : 'ECONNREFUSED';
    const answers = (client === 'inet' || client === 'inet6' ? [client] : order(inet6 === 'on')).map(answerAt);
    const last = client === 'each' ? answers.indexOf('answered') + 1 || answers.length : 1;
    return { on: `${on} loopback`, server, found: 'ok', answers: answers.slice(0, last) };
  },
  known: 'observed',
  cite: [{ source: 'rfc6724', where: '6' }],
});
