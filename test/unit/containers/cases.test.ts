import { describe, expect, it } from 'vitest';
import { asksOf, containerName, innerPort, PUBLISHED, publishedPort, SERVICES } from '../../../src/containers/cases.ts';
import { CONFIGURATIONS, neededBy, notIn } from '../../../src/containers/configurations.ts';
import { portListeners } from '../../../src/runner/containers/conflicts.ts';
import { outcomeInWords, localhostOf } from '../../../src/containers/reading.ts';

describe('services', () => {
  it('have ports of their own for each protocol, inside and published', () => {
    for (const protocol of ['tcp', 'udp']) {
      const own = SERVICES.filter((service) => service.protocol === protocol);
      expect(new Set(own.map(innerPort)).size).toBe(own.length);
      const others = own.filter(({ published }) => published !== 'same');
      expect(new Set([...own.map(innerPort), ...others.map(publishedPort)]).size).toBe(own.length + others.length);
    }
  });

  it('are published by the number that they have inside only where that is what is asked', () => {
    for (const service of SERVICES) {
      expect(innerPort(service) === publishedPort(service)).toBe(service.published === 'same');
    }
  });

  it('are in containers whose names an engine takes', () => {
    const names = PUBLISHED.map(containerName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][\w.-]+$/);
  });

  it('are asked for by the inner loopback from outside only in the network of the host', () => {
    const fromHost = (shared: boolean) =>
      asksOf(shared).filter(({ asker, target }) => asker === 'host' && target.startsWith('inner'));
    expect(fromHost(false)).toEqual([]);
    expect(fromHost(true)).toHaveLength(2);
  });
});

describe('configurations', () => {
  it('have ids of their own that begin with their engine', () => {
    const ids = CONFIGURATIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, engine } of CONFIGURATIONS) expect(id.startsWith(`${engine}/`)).toBe(true);
  });

  it('need what the version of the engine connects them by', () => {
    const bridge = CONFIGURATIONS.find(({ id }) => id === 'podman/rootless-bridge');
    if (!bridge) throw new Error('the configuration is gone');
    expect(Object.keys(neededBy(bridge, '4.3.1'))).toEqual(['slirp4netns']);
    expect(Object.keys(neededBy(bridge, '5.4.2'))).toEqual(['pasta']);
  });

  it('start dockerd with its defaults, except where their name says otherwise', () => {
    for (const { id, host } of CONFIGURATIONS) {
      const options = host.engine === 'docker' ? (host.options ?? []) : [];
      expect(options.includes('--ip6tables'), id).toBe(id.endsWith('-ip6tables'));
      expect(options.includes('--userland-proxy=false'), id).toBe(
        id.split('/').at(-1)?.startsWith('no-proxy') === true,
      );
    }
  });

  it('are those that a version of the engine has', () => {
    const pasta = CONFIGURATIONS.find(({ id }) => id === 'podman/rootless-pasta');
    const cni = CONFIGURATIONS.find(({ id }) => id === 'podman/cni');
    if (!pasta || !cni) throw new Error('the configurations are gone');
    expect(notIn(pasta, '4.3.1')).toContain('from version 4.4 on');
    expect(notIn(pasta, '5.4')).toBeNull();
    expect(notIn(cni, '5.4')).toContain('before version 5');
    expect(notIn(cni, '4.3.1')).toBeNull();
  });
});

describe('localhost', () => {
  const [answered, refused, silence] = ['answered', 'refused', 'silence'].map((outcome) => ({ outcome }));
  it('is ::1 first, and 127.0.0.1 only where that is refused at once', () => {
    expect(localhostOf(answered, refused)).toBe(answered);
    expect(localhostOf(refused, answered)).toBe(answered);
    expect(localhostOf(silence, answered)).toBe(silence);
    expect(localhostOf({ outcome: 'closed' }, answered)).toEqual({ outcome: 'closed' });
    expect(localhostOf(undefined, answered)).toBe(answered);
    expect(localhostOf(refused, undefined)).toBe(refused);
  });
});

describe('outcomes', () => {
  it('are described with what is odd about them', () => {
    expect(outcomeInWords({ outcome: 'answered' })).toBe('answered');
    expect(outcomeInWords({ outcome: 'answered', seen: 'the gateway', from: 'the host', by: 'x' })).toBe(
      "answered, seen as the gateway, from the host, by 'x'",
    );
  });
});

describe("the host's own list of sockets", () => {
  const printed = `tcp   LISTEN 0      4096         0.0.0.0:20000      0.0.0.0:*    users:(("docker-proxy",pid=537,fd=4))
tcp   LISTEN 0      4096            [::]:20000         [::]:*    users:(("docker-proxy",pid=547,fd=4))
udp   UNCONN 0      0          127.0.0.1:20000      0.0.0.0:*
tcp   LISTEN 0      4096         0.0.0.0:120000     0.0.0.0:*    users:(("conmon",pid=1,fd=5))
`;
  it('tells who has a port', () => {
    expect(portListeners(printed, 'tcp', 20_000)).toEqual(['0.0.0.0 docker-proxy', '[::] docker-proxy']);
    expect(portListeners(printed, 'udp', 20_000)).toEqual(['127.0.0.1 the kernel']);
    expect(portListeners(printed, 'udp', 7)).toEqual([]);
  });
});
