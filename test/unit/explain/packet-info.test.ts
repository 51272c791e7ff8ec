import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';

const FOUND = /datagram was sent to: (.*)$/;
const adviceFor = (...texts: string[]) => explain(texts).advice.find(({ text }) => FOUND.test(text));

describe('one socket on the wildcard in the place of one for each address', () => {
  it('is advised with the option of each system that refuses the second', () => {
    const advice = adviceFor('udp 0.0.0.0:53', 'udp 127.0.0.1:53');
    expect(advice?.text).toContain('have one socket on 0.0.0.0');
    expect(FOUND.exec(advice?.text ?? '')?.[1]).toBe(
      'IP_PKTINFO (Linux, macOS, gVisor and Wine on Linux), IP_RECVPKTINFO (NetBSD) and IP_RECVDSTADDR (FreeBSD and OpenBSD)',
    );
    expect(advice?.helps).toEqual(['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'gvisor', 'wine']);
    expect(adviceFor('udp [2001:db8::1]:53', 'udp [::]:53')?.text).toMatch(/have one socket on :: .*IPV6_RECVPKTINFO/);
  });

  it('is not advised where it would change nothing', () => {
    expect(adviceFor('udp 127.0.0.1:53', 'udp 127.0.0.1:53')).toBeUndefined();
    expect(adviceFor('udp 0.0.0.0:5353', 'udp 224.0.0.251:5353')).toBeUndefined();
    expect(adviceFor('tcp 0.0.0.0:53', 'tcp 127.0.0.1:53')).toBeUndefined();
    expect(adviceFor('udp 0.0.0.0:53', 'udp 127.0.0.1:54')).toBeUndefined();
  });
});
