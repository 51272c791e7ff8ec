import { addressOf, experiment, FAMILIES, open, outcomeOf, prepareSockets } from '../../src/experiment/index.ts';

/** More clients than any queue here holds. */
const MOST = 12;

export default experiment({
  title: 'connect() to a listener whose queue is full',
  asks: 'A listener with this backlog, and with net.core.somaxconn as it is or at 2, accepts no one: how many clients get connected, what does connect() of the next one return, and of one more after a single accept()?',
  tags: ['connect', 'listen'],
  claims: {},
  axes: { backlog: ['0', '1', '5', '-1'], somaxconn: ['as-it-is', '2'], family: FAMILIES },
  needs: ({ somaxconn, family }) => [
    `${family} loopback`,
    ...(somaxconn === '2' ? (['changeable network'] as const) : []),
  ],
  waits: true,
  async run({ backlog, somaxconn, family }, trial) {
    if (somaxconn === '2') await trial.network().set('net.core.somaxconn', 2);
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    await prepareSockets(server, [
      ...open('listener', 'tcp', family, 1),
      { op: 'bind', on: 'listener', ...name },
      { op: 'listen', on: 'listener', backlog: Number(backlog) },
    ]);
    const connect = async () => {
      const on = client.fresh('client');
      await prepareSockets(client, open(on, 'tcp', family, 1));
      const [result] = await client.do({ op: 'connect', on, ...name, within: trial.connectPatience });
      return { on, outcome: outcomeOf(result) };
    };
    let connected = 0;
    let last = await connect();
    for (; last.outcome === 'ok' && connected < MOST; last = await connect()) connected += 1;
    const next = last.outcome;
    // One that still tries would take the place that becomes free.
    await client.do({ op: 'close', on: last.on });
    const [accepted] = await server.do({ op: 'accept', on: 'listener', as: 'accepted', within: trial.patience });
    return { connected, next, accepted: outcomeOf(accepted), after: (await connect()).outcome };
  },
  // The queue takes one more than its length. A negative length is a very long one, and somaxconn cuts each.
  expect: ({ backlog, somaxconn }) => {
    const most = somaxconn === '2' ? 2 : MOST;
    const length = Math.min(backlog === '-1' ? MOST : Number(backlog), most);
    const isFull = length < MOST;
    return {
      connected: isFull ? length + 1 : MOST,
      next: isFull ? 'silence' : 'ok',
      accepted: 'ok',
      after: 'ok',
    };
  },
  known: 'observed',
  cite: [
    { source: 'man-listen', where: 'DESCRIPTION, on backlog' },
    { source: 'linux-ip-sysctl', where: 'somaxconn' },
  ],
});
