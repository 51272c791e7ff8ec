import type { BindRecord, CellRecord } from '../../../src/record/record.ts';

const cite = [{ source: 'man-udp', where: 'ERRORS' }];

function cell(id: string, rest: Partial<CellRecord> & Pick<CellRecord, 'verdict'>): CellRecord {
  const segments = id.split('/');
  const axes = segments.filter((segment) => segment.includes(':')).map((segment) => segment.split(':'));
  return {
    id,
    experiment: segments.filter((segment) => !segment.includes(':')).join('/'),
    title: 'A loopback client against an external-only server',
    asks: 'Is a client that sends to loopback refused when the server holds the external address alone?',
    values: Object.fromEntries(axes.map(([axis, value]) => [axis, value])),
    expectation: { expect: { client: 'ECONNREFUSED' }, known: 'observed', cite },
    observation: { client: 'ECONNREFUSED', milliseconds: 0.4 },
    disagreements: [],
    claims: [{ claim: 'external-refuses-loopback', holds: true, against: [] }],
    duration: 12.34,
    attempts: 1,
    transcript: [],
    ...rest,
  };
}

/** A cell for which no one has said what to expect. */
function without(judged: CellRecord): CellRecord {
  const rest = { ...judged };
  delete rest.expectation;
  return rest;
}

const evil = {
  title: 'Text that bites: | `code` <script>alert("x")</script> & *bold* _it_ [a](javascript:x) ]]> and ]]>',
  line: 'a\u001B[31mred\u0007 \u202Ereversed\u0000 \uD800 ]]> | ünïcödé 日本 🦊\nnext \u2028 line',
};

/** A run made by hand, with every verdict in it, and everything in it that reports once handled wrongly. */
export const fixture: BindRecord = {
  schema: 3,
  bindspec: '0.1.0',
  complete: false,
  started: '2026-01-02T03:04:05.678Z',
  duration: 2345.6,
  platform: {
    id: 'linux-6.1-x64',
    system: 'linux',
    release: '6.1.0-13-amd64',
    version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)',
    architecture: 'x64',
    runtime: 'node v20.19.0',
    uid: 1000,
  },
  lab: {
    lab: 'host',
    hosts: { machine: 'this machine' },
    addresses: {
      inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1', external: '192.168.5.130' },
      inet6: { wildcard: '::', loopback: '::1' },
    },
    missing: { neighbour: { reason: 'the host lab has no neighbour', enable: 'bindspec run --lab netns' } },
    externalInterface: null,
    ownPorts: false,
    elsewhere: 'npx bindspec doctor',
  },
  settings: { selectors: ['refusal', 'conflict'], cells: 16, jobs: 2, patience: 250, fresh: false },
  cells: [
    cell('refusal/loopback/family:inet', { verdict: 'pass' }),
    cell('refusal/loopback/family:inet6', {
      verdict: 'fail',
      observation: { client: 'silence', milliseconds: 250.1 },
      disagreements: [{ path: 'client', expected: { oneOf: ['ECONNREFUSED', 'ECONNRESET'] }, observed: 'silence' }],
      claims: [
        {
          claim: 'external-refuses-loopback',
          holds: false,
          against: [{ path: 'answer.outcome', expected: 'ECONNREFUSED', observed: 'silence' }],
        },
      ],
      transcript: [
        { at: 0.051, part: 'server', host: 'machine', call: 'socket(AF_INET6, SOCK_DGRAM) = server1' },
        { at: 0.098, part: 'server', host: 'machine', call: 'bind(server1, [fd00:5::130]:1060) = 0' },
        { at: 1.2, part: 'client', host: 'neighbour', call: 'sendto(client1, "ping", [::1]:1060) = 4' },
        { at: 251.348, part: 'client', host: 'neighbour', call: 'recv(client1) = nothing within 250 ms' },
      ],
    }),
    cell('refusal/second-try', {
      verdict: 'error',
      title: 'A second try after a refusal',
      reason: 'the agent of the part client (pid 77) ended with signal SIGKILL',
      observation: undefined,
      claims: [],
      duration: 60_000,
      attempts: 3,
      transcript: [{ at: 3, part: 'client', host: 'machine', call: 'socket(AF_INET, SOCK_DGRAM) = client1' }],
    }),
    cell('conflict/wildcard/family:inet/type:dgram', {
      verdict: 'differs',
      title: 'A wildcard bind after a loopback bind',
      expectation: {
        expect: { second: 'EADDRINUSE', took: { atMost: 50 } },
        known: 'source',
        cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_get_port' }],
        because: 'Linux keeps | apart what others <do not>',
      },
      observation: { second: 'EADDRINUSE', took: 7.25 },
      claims: [],
    }),
    cell('conflict/wildcard/family:inet/type:stream', {
      verdict: 'known',
      title: 'A wildcard bind after a loopback bind',
      reason: 'our kernel | carries a patch',
      observation: { client: 'ok' },
      disagreements: [{ path: 'client', expected: 'ECONNREFUSED', observed: 'ok' }],
    }),
    cell('conflict/wildcard/family:inet6/type:dgram', {
      verdict: 'stale',
      title: 'A wildcard bind after a loopback bind',
      reason: 'listed as known (patched), but it no longer deviates: remove line 3 of the list',
    }),
    cell('conflict/wildcard/family:inet6/type:stream', {
      verdict: 'skipped',
      title: 'A wildcard bind after a loopback bind',
      reason: "the host lab has no IPv6 address of the kind 'external'",
      enable: 'bindspec run --lab netns',
      observation: undefined,
      claims: [],
      duration: 0,
      attempts: 0,
    }),
    cell('conflict/evil', {
      verdict: 'fail',
      title: evil.title,
      asks: evil.line,
      expectation: {
        expect: { deep: [{ not: 'ok' }], gone: 'ok' },
        known: 'reported',
        cite: [{ source: '<b>unknown</b>', where: '``` | ]]>' }],
        because: '# no heading\n- no list',
      },
      observation: { deep: [evil.line] },
      disagreements: [
        { path: 'deep[0]', expected: { not: 'ok' }, observed: evil.line },
        { path: 'gone', expected: 'ok' },
        { path: '', expected: { oneOf: 5 }, observed: { not: ['````', '</details>'] } },
      ],
      transcript: [{ at: 12_345.6789, part: 'x|y', host: '<h>', call: `recv(x, "${evil.line}") = ]]> ]]> \`\`\`\`` }],
    }),
    cell('conflict/neighbour', {
      verdict: 'skipped',
      title: 'A conflict seen from the neighbour',
      reason: 'no <neighbour> | here',
      observation: undefined,
      claims: [],
      duration: 0,
      attempts: 0,
    }),
    {
      ...without(cell('source/reply/family:inet', { verdict: 'unjudged' })),
      title: 'The address that answers',
      observation: { from: 'external', took: 1.5, by: ['server', 'impostor'] },
    },
  ],
  claims: [
    {
      id: 'external-refuses-loopback',
      claim: 'A client that sends to 127.0.0.1 gets "connection refused" | always.',
      documents: ['fpnp', 'erle'],
      verdict: 'qualified',
      detail: 'true for family inet, not for family inet6',
      holds: [
        'refusal/loopback/family:inet',
        'conflict/wildcard/family:inet/type:stream',
        'conflict/wildcard/family:inet6/type:dgram',
        'conflict/evil',
        'source/reply/family:inet',
      ],
      contradicts: ['refusal/loopback/family:inet6'],
    },
    {
      id: 'port-reserved',
      claim: 'Once bound, no one else can use that port on that address and protocol.',
      documents: ['serve'],
      verdict: 'untested',
      detail: 'no experiment that puts it to the test ran',
      holds: [],
      contradicts: [],
    },
  ],
  errors: {
    EADDRINUSE: { number: 98, class: 'address-in-use' },
    ECONNREFUSED: { number: 111, class: 'connection-refused' },
    'E|`<b>': { number: null, class: null },
  },
};
