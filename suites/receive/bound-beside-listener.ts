import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A TCP socket that is bound beside one that listens',
  asks: 'A TCP socket listens on the wildcard, and another is bound to the same name or to the address that is asked, without listening; who gets the connection?',
  tags: ['receive', 'listen'],
  axes: { bound: ['wildcard', 'loopback'], when: ['before', 'after'], family: FAMILIES },
  scene: ({ bound, when, family }) => {
    const listener = bindAs('listener', `${family}-wildcard`, ['SO_REUSEPORT']);
    const other = bindAs('bound', `${family}-${bound}`, ['SO_REUSEPORT'], { staysBound: true });
    return {
      protocol: 'tcp',
      senders: { client: { family, at: 'loopback' } },
      steps: when === 'before' ? [other, listener] : [listener, other],
      packets: { connection: { from: 'client', to: 'loopback' } },
    };
  },
  expect: () => ({ receives: { connection: 'listener' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__inet_lookup_listener' }],
});
