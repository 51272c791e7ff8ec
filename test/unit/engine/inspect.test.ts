import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { numbersOf, outerPid } from '../../../src/engine/host/pids.ts';
import { containerOf } from '../../../src/engine/inspect.ts';
import { needs, notLinux } from '../../support/needs.ts';

const DOCKER = {
  Id: 'd48d59e8',
  Name: '/web',
  State: { Running: true, Pid: 447 },
  HostConfig: { NetworkMode: 'n1' },
  Config: { Labels: { a: 'b' } },
  NetworkSettings: {
    Ports: {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '5353' }],
      '443/tcp': null,
    },
    Networks: {
      n1: { IPAddress: '10.89.1.2', GlobalIPv6Address: '', Gateway: '10.89.1.1', IPv6Gateway: '' },
    },
  },
};

describe('what inspect prints', () => {
  it("of docker's is a container", () => {
    expect(containerOf(JSON.stringify([DOCKER]))).toEqual({
      id: 'd48d59e8',
      name: 'web',
      running: true,
      pid: 447,
      networkMode: 'n1',
      networks: [{ name: 'n1', inet: '10.89.1.2', gateway: '10.89.1.1' }],
      published: [
        { protocol: 'tcp', port: 80, hostAddress: '0.0.0.0', hostPort: 8080 },
        { protocol: 'tcp', port: 80, hostAddress: '::', hostPort: 8080 },
        { protocol: 'udp', port: 53, hostAddress: '127.0.0.1', hostPort: 5353 },
      ],
      labels: { a: 'b' },
    });
  });

  it("of podman's has an empty address for every address, and no process once it has stopped", () => {
    const stopped = {
      ...DOCKER,
      State: { Running: false, Pid: 0 },
      Config: { Labels: null },
      NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] }, Networks: null },
    };
    const container = containerOf(JSON.stringify([stopped]));
    expect(container).toMatchObject({ running: false, pid: null, networks: [], labels: {} });
    expect(container.published).toEqual([{ protocol: 'tcp', port: 80, hostAddress: '0.0.0.0', hostPort: 8080 }]);
  });

  it('of nothing is an error', () => {
    expect(() => containerOf('[]')).toThrow(/./);
    expect(() => containerOf('Error')).toThrow(/./);
  });
});

describe('a process', () => {
  it('has a number in each pid namespace from ours down', () => {
    expect(numbersOf('Name:\tsleep\nNSpid:\t4711\t42\t1\nPPid:\t7\n')).toEqual([4711, 42, 1]);
    expect(numbersOf('Name:\tsleep\n')).toEqual([]);
  });

  it('of our own namespace is known by the number it has', needs(notLinux), () => {
    const own = String(process.pid);
    expect(outerPid(process.pid, own)).toBe(own);
    expect(() => outerPid(4_000_000_000, own)).toThrow(/no process is number 4000000000/);
  });
});
