/**
 * What agents need in the sandbox and nothing else: to bind privileged ports, and to become the second user. Names of
 * capabilities as the OCI runtime specification has them.
 */
const CAPABILITIES = [
  'CAP_SETUID',
  'CAP_SETGID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_NET_ADMIN',
  'CAP_DAC_OVERRIDE',
];

/**
 * The OCI configuration of the sandbox: this machine's files, read-only, and a process that only waits, beside which
 * agents are started. Its network namespace is that of the lab's first process, which is the machine's: runsc takes the
 * addresses and routes from its interfaces, and the sandbox's own network stack has them from then on.
 */
export function bundleConfig(): string {
  return JSON.stringify({
    ociVersion: '1.0.2',
    process: {
      user: { uid: 0, gid: 0 },
      args: ['sleep', '2147483647'],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: '/',
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
    },
    root: { path: '/', readonly: true },
    hostname: 'machine',
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: {
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        { type: 'network', path: '/proc/1/ns/net' },
      ],
    },
  });
}
