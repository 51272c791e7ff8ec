import { experiment, startAndLook } from '../../src/experiment/index.ts';

const YES = 'answered';
const NO = 'ECONNREFUSED';

export default experiment({
  title: 'python3 -m http.server',
  asks: "Python's http.server is started as its users start it, without and with --bind: on which address does it listen, and from where is it answered?",
  tags: ['programs', 'python', 'tcp'],
  claims: {
    'http-server-default': ({ bind }) =>
      bind === 'none' ? { says: { listens: ['loopback'], neighbour: { external: { not: YES } } } } : null,
    'http-server-bind': ({ bind }) => (bind === '0.0.0.0' ? { says: { neighbour: { external: YES } } } : null),
  },
  axes: { bind: ['none', '0.0.0.0', '127.0.0.1'] },
  needs: () => ['program python3', 'neighbour', 'inet external', 'inet6 external'],
  // It waits for a program to start, which takes longer than anything else here.
  waits: true,
  run: ({ bind }, trial) =>
    startAndLook(trial, 'python3', [
      '-m',
      'http.server',
      String(trial.port),
      ...(bind === 'none' ? [] : ['--bind', bind]),
    ]),
  expect: ({ bind }) => {
    const loopbackOnly = bind === '127.0.0.1';
    return {
      listens: [loopbackOnly ? 'loopback' : 'wildcard'],
      machine: {
        loopback: YES,
        // Without --bind, the program takes the first wildcard that the resolver offers, which may be :: for both
        // families.
        loopback6: bind === 'none' ? { oneOf: [YES, NO] } : NO,
        external: loopbackOnly ? NO : YES,
        external6: bind === 'none' ? { oneOf: [YES, NO] } : NO,
      },
      neighbour: { external: loopbackOnly ? NO : YES, external6: bind === 'none' ? { oneOf: [YES, NO] } : NO },
    };
  },
  known: 'observed',
  cite: [
    { source: 'python-http-server', where: 'command-line interface, --bind' },
    { source: 'serve', where: 'http.server' },
  ],
});
