import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../src/containers/changes.ts';
import { PORT_CASES, portPromises, portReference } from '../../../src/containers/ports.ts';
import type { ConfigurationRecord } from '../../../src/record/containers.ts';
import { enginePage } from '../../../src/report/containers/differences.ts';
import { caseInWords, nameGrid, portGrid } from '../../../src/report/containers/ports.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';

type Ports = NonNullable<ConfigurationRecord['ports']>;
type Case = Ports['cases'][number];

const DOCKER = { name: 'docker', version: '20.10.24' } as const;
const RANGE = 'a range of ten ports';

function asked(outcome: string, more: Partial<Case['asked'][number]> = {}): Case['asked'][number] {
  return { protocol: 'tcp', asker: 'neighbour', target: 'lan', port: 22_000, outcome, ...more };
}

function withCases(cases: Case[], more: Partial<Ports> = {}): ConfigurationRecord {
  const ports = { ordinary: [], cases, names: [], ...more };
  return { ...configurationRecord({ id: 'docker/ports/proxy', mode: 'bridge' }, []), ports };
}

describe('a case of ports', () => {
  it('asks each server that a container has by a port of the host that leads to it', () => {
    for (const { name, publish, asks, chooses } of PORT_CASES) {
      expect(asks.length, name).toBeGreaterThan(0);
      for (const { container, port } of asks) {
        expect(publish[container], name).toBeDefined();
        expect(port > 0 || chooses === true, name).toBe(true);
      }
    }
  });

  it('breaks its promise where the engine refuses it, another server answers, or none does', () => {
    const broken = (one: Partial<Case>) =>
      portPromises(withCases([{ name: RANGE, publish: [[]], asked: [asked('answered')], ...one }]), DOCKER).map(
        (promise) => promise.broken,
      );
    expect(broken({})).toEqual([[]]);
    expect(broken({ refusal: 'no ranges', asked: [] })).toEqual([[`${RANGE}: no ranges`]]);
    const wrong = broken({ asked: [asked('answered'), asked('answered', { port: 22_001, by: 'tcp 8009' })] });
    expect(wrong).toEqual([[`${RANGE}: neighbour by lan to tcp port 22001: answered, by 'tcp 8009'`]]);
    expect(broken({ asked: [asked('refused')] })).toEqual([[`${RANGE}: neighbour by lan to tcp port 22000: refused`]]);
    // containerd's documents do not promise it.
    const of = { name: 'containerd', version: '1.6' } as const;
    expect(portPromises(withCases([{ name: RANGE, publish: [], asked: [] }]), of)).toEqual([]);
  });

  it('is shown as one result where all had it, and else by who had which', () => {
    const one = (list: Case['asked']) => ({
      name: RANGE,
      publish: [[]],
      holders: { sockets: 20, processes: 1 },
      asked: list,
    });
    expect(caseInWords(one([asked('answered'), asked('answered', { target: 'lan6' })]))).toBe(
      'answered; 20 sockets of 1 process',
    );
    const both = [asked('silence', { target: 'lan6' }), asked('silence', { target: 'lan6', protocol: 'udp' })];
    expect(caseInWords(one([asked('answered'), ...both]))).toBe(
      'answered: tcp neighbour by lan; silence: neighbour by lan6; 20 sockets of 1 process',
    );
    expect(caseInWords({ ...one([]), refusal: 'no' })).toBe('refused by the engine');
  });

  it('is known where a document is', () => {
    expect(portReference(DOCKER, 'one port on two addresses of the host', 'refused')).toBe('moby/moby#47812');
    expect(portReference(DOCKER, 'ordinary', 'ok')).toBe('moby/moby#41030');
    expect(portReference({ name: 'podman', version: '5' }, 'ordinary', 'EACCES')).toBeUndefined();
  });
});

describe('what names are', () => {
  const names: Ports['names'] = [
    { network: 'made', name: 'localhost', addresses: ['::1', '127.0.0.1'] },
    { network: 'made', name: 'other', addresses: [], failure: 'ENOTFOUND' },
  ];

  it('is in the page of a configuration and of all engines, and a difference is a change', () => {
    const configuration = withCases([{ name: RANGE, publish: [['1:1/tcp']], asked: [asked('answered')] }], { names });
    expect(nameGrid(configuration).rows).toEqual([
      ['made', 'localhost', '::1, then 127.0.0.1'],
      ['made', 'other', 'not known (ENOTFOUND)'],
    ]);
    expect(portGrid(configuration).rows).toHaveLength(1);
    const page = enginePage([containersRecord([configuration])]);
    expect(page).toContain('| `localhost`, on a network that a user made | ::1, then 127.0.0.1 |');
    expect(page).not.toContain('ENOTFOUND | - |');

    const refused = withCases([{ name: RANGE, publish: [['1:1/tcp']], refusal: 'no', asked: [] }], {
      names: names.slice(1),
      ordinary: [],
    });
    const { changes, unasked } = changesBetween(containersRecord([configuration]), containersRecord([refused]));
    expect(changes.map(({ what, was, is }) => [what, was, is])).toEqual([
      [`${RANGE}: the engine`, 'publishes it', 'refuses it'],
    ]);
    expect(unasked.gone).toBe(2);
  });
});
