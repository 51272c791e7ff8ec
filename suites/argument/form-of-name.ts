import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  PROTOCOLS,
  type NameForm,
} from '../../src/experiment/index.ts';

const FORMS = {
  'one-byte-short': { inet: { length: 15 }, inet6: { length: 23 } },
  'without-scope': { inet6: { length: 24 } },
  empty: { inet: { length: 0 }, inet6: { length: 0 } },
  'twelve-bytes-more': { inet: { length: 28 }, inet6: { length: 40 } },
  'other-family': { inet: { family: 'inet6' }, inet6: { family: 'inet', length: 28 } },
  'other-family-short': { inet6: { family: 'inet' } },
} as const satisfies Record<string, Partial<Record<'inet' | 'inet6', NameForm>>>;
type Form = keyof typeof FORMS;
const NAMES = Object.keys(FORMS) as Form[];
const formOf = (form: Form, family: 'inet' | 'inet6'): NameForm | undefined =>
  (FORMS[form] as Partial<Record<'inet' | 'inet6', NameForm>>)[family];

export default experiment({
  title: 'Names of another length or family',
  asks: 'bind() and connect() get the name of loopback, but with another length or family than the socket has: what do they return?',
  tags: ['argument'],
  claims: {},
  axes: { form: NAMES, call: ['bind', 'connect'], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ form, family }) => formOf(form, family) !== undefined,
  needs: () => ['inet loopback', 'inet6 loopback'],
  async run({ form, call, protocol, family }, trial) {
    const part = await trial.part('client');
    const written = formOf(form, family) ?? {};
    const named = written.family ?? family;
    const address = addressOf(trial.facts, named === 'unspecified' ? 'inet' : named, 'loopback');
    await part.attempt(...open('socket', protocol, family, 1));
    const within = trial.connectPatience;
    return outcomesOf(part, {
      called: {
        op: call,
        on: 'socket',
        address,
        port: trial.port,
        form: written,
        ...(call === 'bind' ? {} : { within }),
      },
    });
  },
  expect: ({ form, call, protocol }) => {
    if (form === 'other-family') return { called: 'EAFNOSUPPORT' };
    if (form === 'other-family-short' && call === 'connect' && protocol === 'udp') return { called: 'EAFNOSUPPORT' };
    if (form !== 'twelve-bytes-more' && form !== 'without-scope') return { called: 'EINVAL' };
    return { called: call === 'connect' && protocol === 'tcp' ? 'ECONNREFUSED' : 'ok' };
  },
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EINVAL and EAFNOSUPPORT' }],
});
