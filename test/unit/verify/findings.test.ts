import { describe, expect, test } from 'vitest';
import { findings, listener, publication, report, situation, tried } from './facts.ts';

const everywhere = [publication('tcp 80 at 0.0.0.0 8080')];
const everywhereBoth = [...everywhere, publication('tcp 80 at :: 8080')];
const privately = [publication('tcp 80 at 127.0.0.1 8080')];
const onEvery = [listener('tcp 0.0.0.0 80')];
const fromHost = (outcome: string) => [
  tried(`host 127.0.0.1 8080 ${outcome}`),
  tried(`host 192.168.5.130 8080 ${outcome}`),
];

describe('a published port that answers', () => {
  test('is fine, and nothing is to be said', () => {
    const facts = situation({ listeners: onEvery, published: everywhere });
    expect(report(facts, [tried('inside 127.0.0.1 80 open'), ...fromHost('open')])).toMatchObject({
      verdict: 'fine',
      findings: [],
    });
  });

  test('is fine where other addresses than the published ones do not answer', () => {
    const facts = situation({ listeners: onEvery, published: privately });
    const tries = [
      tried('host 127.0.0.1 8080 open'),
      tried('host 192.168.5.130 8080 refused'),
      tried('host ::1 8080 refused'),
    ];
    expect(report(facts, tries)).toMatchObject({ verdict: 'fine', findings: [] });
  });

  test('is fine where a neighbour that asks for its loopback gets nothing', () => {
    const facts = situation({ listeners: onEvery, published: privately });
    const tries = [tried('host 127.0.0.1 8080 open'), tried('neighbour 127.0.0.1 8080 silence')];
    expect(report(facts, tries)).toMatchObject({ verdict: 'fine', findings: [] });
  });

  test('is remarked on where it is reached on loopback by the grace of the engine', () => {
    const facts = situation({ listeners: [listener('tcp 127.0.0.1 80')], published: everywhere });
    expect(report(facts, fromHost('open')).verdict).toBe('fine');
    expect(findings(facts, fromHost('open'))).toEqual([
      [
        'loopback-reached',
        'listens on loopback only, and can be reached because this engine connects to it from inside; other engines do not: bind 0.0.0.0',
      ],
    ]);
  });
});

describe('a published port that does not answer', () => {
  test('has no listener', () => {
    const facts = situation({ published: everywhere });
    expect(report(facts, fromHost('closed')).verdict).toBe('wrong');
    expect(findings(facts, fromHost('closed'))).toEqual([
      [
        'nothing-listens',
        'published at port 8080 of every IPv4 address, and nothing listens on tcp port 80 inside: start the server, or make it listen on this port',
      ],
    ]);
  });

  test('has a listener on another port, or of the other protocol', () => {
    const others = [listener('tcp 0.0.0.0 3000'), listener('tcp 0.0.0.0 3001'), listener('tcp 127.0.0.1 9229')];
    const [[, text] = []] = findings(situation({ listeners: others, published: everywhereBoth }), fromHost('refused'));
    expect(text).toBe(
      'published at port 8080 of every address, and nothing listens on tcp port 80 inside: start the server, or publish the port that it listens on (3000 and 3001)',
    );
    const udp = situation({ listeners: [listener('udp 0.0.0.0 80')], published: privately });
    expect(findings(udp, fromHost('refused'))).toEqual([
      [
        'nothing-listens',
        'published at 127.0.0.1:8080, and nothing listens on tcp port 80 inside, only on udp: publish 80/udp',
      ],
    ]);
  });

  test('listens on loopback inside', () => {
    const listeners = [listener('tcp 127.0.0.1 80'), listener('tcp ::1 80')];
    expect(findings(situation({ listeners, published: everywhere }), fromHost('closed'))).toEqual([
      [
        'loopback-inside',
        'listens on 127.0.0.1:80 and [::1]:80 inside, where only programs in the container can reach it: bind 0.0.0.0',
      ],
    ]);
    const dual = situation({ listeners, published: everywhere, addresses: ['10.89.7.2', 'fd00:89:7::2'] });
    expect(findings(dual, fromHost('closed'))[0]?.[1]).toMatch(/: bind 0\.0\.0\.0 and ::, or :: for both$/);
  });

  test('listens on loopback among others, which is not what is wrong', () => {
    const listeners = [listener('tcp 127.0.0.1 80'), listener('tcp 10.1.0.5 80')];
    expect(findings(situation({ listeners, published: everywhere }), fromHost('refused'))[0]?.[0]).toBe(
      'other-address',
    );
  });

  test('listens on IPv4 only, and localhost is ::1 first', () => {
    const tries = [...fromHost('open'), tried('host ::1 8080 closed', { holder: 'docker-proxy' })];
    const facts = situation({ listeners: onEvery, published: everywhereBoth, localhost: ['::1', '127.0.0.1'] });
    expect(findings(facts, tries)).toEqual([
      [
        'ipv4-only',
        'listens on IPv4 only but is published on IPv6 as well, where [::1]:8080 is accepted by docker-proxy, then closed, and localhost is ::1 first: ' +
          'publish it on 0.0.0.0 or 127.0.0.1 alone, or give its network IPv6 and bind ::',
      ],
    ]);
    const dual = { ...facts, addresses: ['10.89.7.2', 'fd00:89:7::2'] };
    expect(findings(dual, tries)[0]?.[1]).toMatch(
      /: bind :: for both, or publish it on 0\.0\.0\.0 or 127\.0\.0\.1 alone$/,
    );
    const plain = situation({ listeners: onEvery, published: everywhereBoth });
    expect(findings(plain, tries)[0]?.[1]).not.toContain('localhost');
  });

  test('listens on IPv6 only, which a try from inside has told', () => {
    const facts = situation({ listeners: [listener('tcp :: 80')], published: everywhere });
    const inside = [tried('inside ::1 80 open'), tried('inside 127.0.0.1 80 refused')];
    expect(findings(facts, [...inside, ...fromHost('refused')])).toEqual([
      [
        'ipv6-only',
        'listens on IPv6 only, and 127.0.0.1:8080 and 192.168.5.130:8080 are refused: bind 0.0.0.0 as well, or :: without IPV6_V6ONLY',
      ],
    ]);
    expect(report(facts, inside).listeners).toEqual([{ address: '::', dual: false }]);
  });

  test('listens at an address to which nothing is forwarded', () => {
    const facts = situation({ listeners: [listener('tcp 10.1.0.5 80')], published: everywhere });
    expect(findings(facts, [tried('inside 10.1.0.5 80 open'), ...fromHost('refused')])).toEqual([
      [
        'other-address',
        'listens on 10.1.0.5:80 only, and 127.0.0.1:8080 and 192.168.5.130:8080 are refused: bind 0.0.0.0',
      ],
    ]);
  });

  test('does not answer inside either', () => {
    const facts = situation({ listeners: onEvery, published: everywhere });
    expect(findings(facts, [tried('inside 127.0.0.1 80 silence'), ...fromHost('silence')])).toEqual([
      [
        'mute',
        'listens on tcp port 80, but even inside 127.0.0.1:80 is not answered: check whether the server still accepts connections, and whether the container has a firewall',
      ],
    ]);
  });

  test('is published on an address that the host does not have', () => {
    const facts = situation({ listeners: onEvery, published: [publication('tcp 80 at 192.168.5.200 8080')] });
    expect(findings(facts, [tried('host 127.0.0.1 8080 refused')])).toEqual([
      [
        'gone-address',
        'published at 192.168.5.200:8080, which this host does not have: publish it on an address that it has',
      ],
    ]);
  });

  test('is held by another program of the host', () => {
    const facts = situation({ listeners: onEvery, published: everywhere });
    const tries = [
      tried('inside 127.0.0.1 80 open'),
      tried('host 127.0.0.1 8080 stuck', { holder: 'nginx' }),
      tried('host 192.168.5.130 8080 open'),
    ];
    expect(findings(facts, tries)).toEqual([
      [
        'held-by-another',
        '127.0.0.1:8080 on the host is answered by another program (nginx), not by the container: end that program, or publish the port elsewhere',
      ],
    ]);
  });

  test('is not forwarded, though it listens as it should', () => {
    const facts = situation({ listeners: onEvery, published: everywhere });
    const inside = tried('inside 127.0.0.1 80 open');
    const stuck = fromHost('stuck').map((one) => ({ ...one, holder: 'conmon' }));
    expect(findings(facts, [inside, ...stuck])).toEqual([
      [
        'not-forwarded',
        'published at port 8080 of every IPv4 address, and a server listens, but on the host 127.0.0.1:8080 and 192.168.5.130:8080 are accepted by conmon, but get no further: ' +
          "check whether the firewall lets it through, and whether the engine's own rules still exist (reloading a firewall removes them, restarting the container restores them)",
      ],
    ]);
    const neighbour = [inside, ...fromHost('open'), tried('neighbour 192.168.5.130 8080 silence')];
    expect(findings(facts, neighbour)[0]?.[1]).toContain('but from a neighbour 192.168.5.130:8080 is not answered');
  });

  test('is not forwarded from ::1, which takes a proxy', () => {
    const listeners = [listener('tcp :: 80')];
    const facts = situation({ listeners, published: everywhereBoth, addresses: ['10.89.7.2', 'fd00:89:7::2'] });
    const tries = [
      tried('inside ::1 80 open'),
      ...fromHost('open'),
      tried('host fd00:5::130 8080 open'),
      tried('host ::1 8080 silence'),
    ];
    expect(findings(facts, tries)).toEqual([
      [
        'not-forwarded',
        'published at port 8080 of every address, and a server listens, but [::1]:8080 is not answered: firewall rules do not redirect ::1, which needs a proxy on the host; ' +
          'use another address, or turn on the userland proxy of the engine',
      ],
    ]);
  });
});

describe('a private port that answers', () => {
  const facts = situation({ listeners: onEvery, published: privately });
  const host = tried('host 127.0.0.1 8080 open');

  test('is exposed at the addresses of the host', () => {
    expect(report(facts, [host, tried('host 192.168.5.130 8080 open')]).verdict).toBe('wrong');
    expect(findings(facts, [host, tried('host 192.168.5.130 8080 open')])).toEqual([
      [
        'exposed',
        'published on 127.0.0.1:8080 only, but it answers at 192.168.5.130:8080: have the firewall drop packets to that port from other interfaces, and update the engine',
      ],
    ]);
    expect(findings(facts, [host, tried('neighbour 192.168.5.130 8080 open')])[0]?.[1]).toContain(
      'but a neighbour can reach it at 192.168.5.130:8080',
    );
  });

  test('is exposed to those who route loopback to the host', () => {
    expect(findings(facts, [host, tried('neighbour 127.0.0.1 8080 open')])).toEqual([
      [
        'exposed',
        'published on 127.0.0.1:8080 only, but a neighbour that routes 127.0.0.0/8 to the host can reach 127.0.0.1:8080: ' +
          'have the firewall drop packets for 127.0.0.0/8 on every interface except lo, as Docker does itself from 28 on',
      ],
    ]);
  });

  test("is exposed to those who route the container's network to the host, published or not", () => {
    const direct = tried('neighbour 10.89.7.2 80 open');
    expect(findings(facts, [host, direct])[0]?.[1]).toContain(
      "published on 127.0.0.1:8080 only, but a neighbour that routes the container's network to the host can reach 10.89.7.2:80",
    );
    const unpublished = situation({ listeners: onEvery });
    expect(report(unpublished, [direct])).toMatchObject({ verdict: 'wrong', findings: [{ kind: 'exposed' }] });
    expect(findings(unpublished, [direct])[0]?.[1]).toMatch(/^not published, but a neighbour that routes/);
  });

  test('is not exposed by the host itself, nor where it is published on every address', () => {
    expect(findings(facts, [host, tried('host ::1 8080 open'), tried('host 10.89.7.2 80 open')])).toEqual([]);
    const open = situation({ listeners: onEvery, published: everywhere });
    expect(findings(open, [...fromHost('open'), tried('neighbour 10.89.7.2 80 open')])).toEqual([]);
  });

  test('of a container that has the addresses of its host is kept apart from that host', () => {
    const shared = { ...facts, addresses: ['192.168.5.130'] };
    expect(findings(shared, [host, tried('host 192.168.5.130 8080 open')])).toMatchObject([
      ['exposed', expect.any(String)],
    ]);
  });
});

describe('localhost', () => {
  const facts = situation({ listeners: onEvery, published: privately, localhost: ['::1', '127.0.0.1'] });
  const host = tried('host 127.0.0.1 8080 open');

  test('that is refused at ::1 first is worth a note', () => {
    const refused = [host, tried('host ::1 8080 refused')];
    expect(report(facts, refused).verdict).toBe('fine');
    expect(findings(facts, refused)).toEqual([
      [
        'localhost',
        'localhost is ::1 first on this host, and [::1]:8080 is refused, so that clients which do not try 127.0.0.1 next fail: use 127.0.0.1, or publish it on ::1 too',
      ],
    ]);
  });

  test('that hangs or is reset at ::1 first is wrong', () => {
    for (const outcome of ['silence', 'closed', 'stuck']) {
      const got = report(facts, [host, tried(`host ::1 8080 ${outcome}`)]);
      expect(got).toMatchObject({ verdict: 'wrong', findings: [{ kind: 'localhost' }] });
    }
  });

  test('does not matter where it is 127.0.0.1 first', () => {
    const plain = situation({ listeners: onEvery, published: privately });
    expect(findings(plain, [host, tried('host ::1 8080 silence')])).toEqual([]);
  });
});

describe('a port that is not published', () => {
  test('is for those inside, or for those beside it', () => {
    const inside = situation({ listeners: [listener('tcp 127.0.0.1 80')] });
    expect(findings(inside, [])).toEqual([
      ['inside-only', 'listens on 127.0.0.1:80: only programs inside can reach it'],
    ]);
    const beside = situation({ listeners: onEvery });
    expect(findings(beside, [tried('host 10.89.7.2 80 open')])).toEqual([
      [
        'unpublished',
        'not published: the host can reach it at 10.89.7.2:80, and so can other containers on its networks, and no one else should',
      ],
    ]);
    expect(findings(beside, [])).toEqual([
      ['unpublished', 'not published: other containers on its networks can reach it, and no one else should'],
    ]);
  });

  test('may be published where there is no engine to ask', () => {
    const facts = situation({ listeners: onEvery, published: null });
    expect(findings(facts, [tried('neighbour 10.89.7.2 80 open')])).toEqual([
      [
        'no-engine',
        'without an engine it is unknown which ports are published; other containers on its networks can reach it',
      ],
    ]);
    const inside = situation({ listeners: [listener('tcp 127.0.0.1 80')], published: null });
    expect(findings(inside, [])[0]?.[1]).toMatch(/\(to reach it from elsewhere, bind 0\.0\.0\.0\)$/);
  });

  test('is open to everybody on the network of the host', () => {
    const facts = situation({ listeners: onEvery, hostNetwork: true });
    const tries = [tried('host 127.0.0.1 80 open'), tried('neighbour 192.168.5.130 80 open')];
    expect(report(facts, tries).verdict).toBe('fine');
    expect(findings(facts, tries)).toEqual([
      [
        'host-network',
        'on the network of the host: anyone who can reach the host can reach it at 127.0.0.1:80 and 192.168.5.130:80, and publishing has no effect',
      ],
    ]);
    expect(findings({ ...facts, listeners: [listener('tcp 127.0.0.1 80')] }, [])).toEqual([
      ['host-network', 'on the network of the host, and listens on loopback: only programs on the host can reach it'],
    ]);
  });
});

describe('UDP', () => {
  const published = [publication('udp 80 at 0.0.0.0 8080')];
  const facts = situation({ listeners: [listener('udp 0.0.0.0 80')], published });
  const udp = (text: string, by?: string) => tried(text, { protocol: 'udp', ...(by === undefined ? {} : { by }) });

  test('is judged by what listens where nothing was sent, and not called wrong', () => {
    expect(report(facts, [], 'udp').verdict).toBe('fine');
    expect(findings(facts, [], 'udp')).toEqual([
      [
        'udp-unknown',
        'listens, but it is unknown whether it can be reached, because nothing was sent to it; --udp does that',
      ],
    ]);
    expect(findings(situation({ published }), [], 'udp')[0]?.[0]).toBe('nothing-listens');
    expect(findings(situation({ published, listeners: [listener('udp 127.0.0.1 80')] }), [], 'udp')[0]?.[0]).toBe(
      'loopback-inside',
    );
  });

  test('that is silent may be well, and that is refused is not', () => {
    expect(findings(facts, [udp('host 127.0.0.1 8080 silence')], 'udp')).toEqual([
      [
        'udp-unknown',
        'listens, but it is unknown whether it can be reached, because it did not answer empty datagrams; many services ignore them',
      ],
    ]);
    expect(
      findings(facts, [udp('host 127.0.0.1 8080 answered'), udp('host 192.168.5.130 8080 silence')], 'udp'),
    ).toEqual([]);
    expect(findings(facts, [udp('host 127.0.0.1 8080 refused')], 'udp')[0]?.[0]).toBe('not-forwarded');
  });

  test('that answers from another address is no good to clients that connect', () => {
    const tries = [udp('host 192.168.5.130 8080 answered', '10.89.7.1')];
    expect(report(facts, tries, 'udp').verdict).toBe('wrong');
    expect(findings(facts, tries, 'udp')).toEqual([
      [
        'udp-other-address',
        'a request to 192.168.5.130:8080 is answered from 10.89.7.1, and a client that connects its socket never receives that: ' +
          'have the server answer from the address of the request (IP_PKTINFO), or publish the port on one address',
      ],
    ]);
  });
});
