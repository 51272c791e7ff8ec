import { addressOf, Client, experiment, FAMILIES, serveOn } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Datagrams of the largest sizes',
  asks: 'A UDP client sends a datagram of this many bytes to loopback: does send() take it, and does the server get all of it?',
  tags: ['error', 'udp', 'loopback'],
  claims: {},
  axes: { bytes: ['0', '1', '65507', '65508', '65527', '65528', '65536'], family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ bytes, family }, trial) {
    const server = await serveOn(trial, { protocol: 'udp', family }, 'server', 'loopback');
    const to = { address: addressOf(trial.facts, family, 'loopback') };
    const client = await Client.open(trial, await trial.part('client'), { protocol: 'udp', family, to });
    const sent = await client.send('x'.repeat(Number(bytes)));
    if (sent !== 'ok') return { sent, bytes: null };
    await client.receive();
    const [result] = await server.part.do({ op: 'served', on: server.socket });
    return { sent, bytes: result?.served?.[0]?.bytes ?? null };
  },
  expect: ({ bytes, family }) => {
    const most = family === 'inet' ? 65_507 : 65_527;
    return Number(bytes) > most ? { sent: 'EMSGSIZE', bytes: null } : { sent: 'ok' };
  },
  known: 'observed',
  cite: [{ source: 'man-udp', where: 'ERRORS' }],
});
