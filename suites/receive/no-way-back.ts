import { bindAs, receiving, type ReceivingScene } from '../../src/experiment/index.ts';

const SCENES: Readonly<Record<'tied-to-external' | 'tied-to-lo' | 'no-listener', ReceivingScene>> = {
  'tied-to-external': {
    protocol: 'tcp',
    senders: { client: { family: 'inet', at: 'loopback' } },
    steps: [bindAs('listener', 'inet-wildcard', [], { device: 'external' })],
    packets: { connection: { from: 'client', to: 'external' } },
  },
  'tied-to-lo': {
    protocol: 'tcp',
    senders: { client: { family: 'inet6', at: 'external' } },
    steps: [bindAs('listener', 'inet6-wildcard', [], { device: 'lo' })],
    packets: { connection: { from: 'client', to: 'loopback' } },
  },
  'no-listener': {
    protocol: 'tcp',
    senders: { client: { family: 'inet6', at: 'loopback' } },
    steps: [bindAs('listener', 'inet-wildcard')],
    packets: { connection: { from: 'client', to: 'external' } },
  },
};

export default receiving({
  title: 'A connection whose answer finds no way',
  asks: 'A client of the machine connects from an address of one device to an address of another; does it learn that its connection was refused, or taken?',
  tags: ['receive', 'device'],
  axes: { listener: ['tied-to-external', 'tied-to-lo', 'no-listener'] },
  scene: ({ listener }) => SCENES[listener],
  // The SYN is taken or refused, and the answer must not leave by the device that has the client's address.
  expect: () => ({ receives: { connection: 'no answer' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'inet_csk_route_req, tcp_v6_send_response' }],
});
