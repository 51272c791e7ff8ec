import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { firstMissing } from '../../../src/lab/missing.ts';
import { makeSettings, unsetIn } from '../../../src/lab/namespace-settings.ts';
import { netnsFacts } from '../../../src/lab/netns.ts';
import { SYSCTLS } from '../../../src/lab/netns-topology.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';
import { readOnlyMount, whyUnset } from '../../../src/lab/unset-settings.ts';
import { Unavailable } from '../../../src/process/unavailable.ts';

describe('settings of a namespace', needs(noNamespaces), () => {
  const [launcher = '', ...words] = LOOPBACK_ONLY;
  const make = (settings: readonly string[], after = '') =>
    execFileSync(launcher, [...words, 'sh', '-c', `${makeSettings('guinness', settings)}; ${after}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it('take, those of the lab all of them', () => {
    const shown = SYSCTLS.map((setting) => `/proc/sys/net/${setting.split('=')[0]}`).join(' ');
    expect(make(SYSCTLS, `cat ${shown} 2>/dev/null`)).toMatch(/^[01\s]+$/);
  });

  it('are reported where they do not, and passed over where the kernel has none', () => {
    const printed = make(['ipv4/ip_forward=1', 'ipv4/no_such_setting=1', 'ipv4/ip_default_ttl=0', 'ipv6/bindv6only=x']);
    expect(printed.trim().split('\n').map(unsetIn)).toEqual([
      { host: 'guinness', setting: 'ipv4/ip_default_ttl' },
      { host: 'guinness', setting: 'ipv6/bindv6only' },
    ]);
  });

  it('of one character, because a shell reads no more of such a file', () => {
    for (const setting of SYSCTLS) expect(setting).toMatch(/^[\w/]+=.?$/);
  });
});

describe('the mount that keeps settings from being made', () => {
  const row = (point: string, options: string) => `70 60 0:5 / ${point} ${options},nosuid - proc proc rw`;
  it.each([
    ['none, as on a machine', [row('/proc', 'rw')], null],
    ['that of an engine', [row('/proc', 'rw'), row('/proc/bus', 'ro'), row('/proc/sys', 'ro')], '/proc/sys'],
    ['all of /proc', [row('/proc', 'ro')], '/proc'],
    ['none where the nearest is writable', [row('/proc', 'ro'), row('/proc/sys', 'rw')], null],
    ['the last of two at one place', [row('/proc/sys', 'ro'), row('/proc/sys', 'rw')], null],
    ['unknown without the table', [], null],
  ] as const)('%s', (_, rows, expected) => {
    expect(readOnlyMount(rows.join('\n'))).toBe(expected);
  });

  it('is named with what takes it away', () => {
    expect(whyUnset([], '/proc/sys')).toEqual({
      reason: "the lab's settings can't be written: /proc/sys is read-only here, as in a container",
      enable: 'start the container with --security-opt systempaths=unconfined (podman: --security-opt unmask=ALL)',
    });
    const { reason } = whyUnset([{ host: 'gateway', setting: 'ipv4/ip_forward' }], null);
    expect(reason).toBe("the lab's settings can't be written: net/ipv4/ip_forward of the gateway keeps its old value");
  });
});

describe('what the netns lab offers when settings can not be written', () => {
  const missing = (facts: ReturnType<typeof netnsFacts>, need: Parameters<typeof firstMissing>[1][number]) =>
    firstMissing(facts, [need], () => true)?.reason ?? null;

  it('no gateway, where those of the gateway did not', () => {
    const facts = netnsFacts([{ host: 'gateway', setting: 'ipv4/ip_forward' }]);
    expect(Object.keys(facts.hosts)).toEqual(['machine', 'neighbour']);
    for (const need of ['gateway', 'inet gateway', 'inet6 filtered'] as const) {
      expect(missing(facts, need)).toMatch(/ip_forward of the gateway/);
    }
    for (const need of ['neighbour', 'inet neighbour', 'quiet interface'] as const) {
      expect(missing(facts, need)).toBeNull();
    }
    // The list that all labs share has not been changed.
    expect(missing(netnsFacts(), 'inet gateway')).toBeNull();
  });

  it.each(['machine', 'neighbour'])('neither neighbour nor gateway, where those of the %s did not', (host) => {
    const facts = netnsFacts([{ host, setting: 'ipv4/icmp_ratelimit' }]);
    expect(Object.keys(facts.hosts)).toEqual(['machine']);
    for (const need of ['neighbour', 'gateway', 'inet neighbour', 'inet6 gateway'] as const) {
      expect(missing(facts, need)).toMatch(/icmp_ratelimit/);
    }
    expect(missing(facts, 'inet6 second-external')).toBeNull();
  });

  it('nothing, where the machine would not be as it comes', () => {
    expect(() => netnsFacts([{ host: 'machine', setting: 'ipv6/bindv6only' }])).toThrow(Unavailable);
  });
});
