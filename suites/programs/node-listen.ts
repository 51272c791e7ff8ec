import { experiment, startAndLook } from '../../src/experiment/index.ts';

const YES = 'answered';
const NO = 'ECONNREFUSED';
const ARGUMENTS = { none: '', '127.0.0.1': ", '127.0.0.1'", '0.0.0.0': ", '0.0.0.0'", '::': ", '::'" } as const;

export default experiment({
  title: "Node's listen",
  asks: 'A Node.js server listens on a port with and without a host: on which address does it listen, and from where is it answered?',
  tags: ['programs', 'node', 'tcp'],
  claims: {
    'node-listen-loopback': ({ host }) => {
      if (host === '127.0.0.1')
        return { says: { machine: { loopback: YES, external: NO }, neighbour: { external: { not: YES } } } };
      return host === 'none'
        ? { says: { machine: { loopback: YES, external: YES }, neighbour: { external: YES } } }
        : null;
    },
  },
  axes: { host: ['none', '127.0.0.1', '0.0.0.0', '::'] },
  needs: () => ['program node', 'neighbour', 'inet external', 'inet6 external'],
  // It waits for a program to start, which takes longer than anything else here.
  waits: true,
  run: ({ host }, trial) =>
    startAndLook(trial, 'node', [
      '-e',
      `require('node:http').createServer((_, answer) => answer.end('here')).listen(${trial.port}${ARGUMENTS[host]})`,
    ]),
  expect: ({ host }) => {
    const inet6 = host === 'none' || host === '::' ? YES : NO;
    const external = host === '127.0.0.1' ? NO : YES;
    return {
      listens: [host === '127.0.0.1' ? 'loopback' : 'wildcard'],
      machine: { loopback: YES, loopback6: inet6, external, external6: inet6 },
      neighbour: { external, external6: inet6 },
    };
  },
  known: 'observed',
  cite: [
    { source: 'node-net', where: 'server.listen([port[, host[, backlog]]][, callback])' },
    { source: 'serve', where: 'app.listen' },
  ],
});
