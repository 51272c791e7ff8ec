import {
  connectionOf,
  experiment,
  FAMILIES,
  open,
  prepareSockets,
  restart,
  restarted,
  unspoilt,
} from '../../src/experiment/index.ts';

/** A first try that comes later, in milliseconds, says nothing about a state of 3 s: the scene is made once more. */
const TOO_LATE = 1500;

/** How often a restart is tried, each time after the patience of the trial. */
const TRIES = 40;

export default experiment({
  title: 'How long FIN_WAIT2 holds the port',
  asks: 'A server has closed a connection that its client keeps open, with TCP_LINGER2 at 3 s or below 0, and has closed its listener: is the port held, and does it become free while the client stays?',
  tags: ['closing', 'FIN_WAIT2', 'TCP_LINGER2'],
  claims: {},
  axes: { linger2: ['3', '-1'], family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  waits: true,
  async run({ linger2, family }, trial) {
    await restarted(trial);
    const scene = async () => {
      const { server, client } = await connectionOf(trial, family, { reuse: false });
      const began = performance.now();
      const [set] = await server.do(
        { op: 'setsockopt', on: 'child', option: 'TCP_LINGER2', value: Number(linger2) },
        { op: 'close', on: 'child' },
        { op: 'close', on: 'listener' },
      );
      const at = await restart(trial, family, { reuse: false });
      const isLate = linger2 === '3' && at.restart === 'ok' && performance.now() - began > TOO_LATE;
      if (isLate) await client.do({ op: 'close', on: 'client' });
      return { set, at, client, isLate };
    };
    const { set, at, client } = await unspoilt(scene, ({ isLate }) => isLate);
    await prepareSockets(client, open('pause', 'udp', family, 1));
    let later = at;
    for (let tries = 0; later.restart !== 'ok' && tries < TRIES; tries += 1) {
      // No one sends to this socket, so this is a pause.
      await client.do({ op: 'recv', on: 'pause', within: trial.patience });
      later = await restart(trial, family, { reuse: false });
    }
    return { set: set?.outcome ?? null, atOnce: at.restart, later: later.restart };
  },
  expect: ({ linger2 }) => ({ set: 'ok', atOnce: linger2 === '3' ? 'EADDRINUSE' : 'ok', later: 'ok' }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_fin_timeout' }],
});
