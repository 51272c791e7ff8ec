import { describe, expect, it } from 'vitest';
import { timeFindings, timePromises } from '../../../src/containers/time.ts';
import { stayGrid, timeGrid } from '../../../src/report/containers/time.ts';
import type { ConfigurationRecord } from '../../../src/record/containers.ts';

type Moment = NonNullable<ConfigurationRecord['time']>[number];

const DOCKER = { name: 'docker', version: '20.10.24' } as const;

function configuration(time: Moment[], stays: ConfigurationRecord['stays'] = []): ConfigurationRecord {
  const nothing = { asks: [], outcomes: [], rows: [], holders: [], conflicts: [], hostServer: [] };
  const about = { id: 'docker/time/proxy', title: 'x', mode: 'bridge', duration: 1, facts: {}, refusals: {} } as const;
  return { ...about, ...nothing, time, stays };
}

function moment(client: string, outcome: string, more: Partial<Moment> = {}): Moment {
  return { event: 'restart', client, asker: 'neighbour', outcome, ...more };
}

describe('what clients lose over time', () => {
  const answered = moment('udp new', 'answered', { by: 'after' });

  it('is a UDP flow that is not answered while a new client is', () => {
    const found = timeFindings(configuration([moment('udp flow', 'silence'), answered]), DOCKER);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      configuration: 'docker/time/proxy',
      reference: 'moby/moby#8795, fixed in Docker 23 by #44742',
    });
    expect(found[0]?.says).toContain('is not answered any more, and a new client is (neighbour)');
  });

  it('is a UDP flow whose address the server sees changed', () => {
    const flow = moment('udp flow', 'answered', { by: 'after', seen: 'the gateway' });
    const [found] = timeFindings(configuration([flow, answered]), DOCKER);
    expect(found?.says).toContain('is seen as the gateway, and a new client as itself');
    expect(found?.reference).toContain('moby/moby#44688');
  });

  it('is said once of both flows where their outcome is the same, and an event that fails is named', () => {
    const flows = [moment('udp flow', 'silence'), moment('udp flow even', 'silence'), answered];
    const refusals = {
      restart: 'podman restart: pasta failed with exit code 1: Failed to bind (Address already in use)',
    };
    const found = timeFindings({ ...configuration(flows), refusals }, { name: 'podman', version: '5.4.2' });
    expect(found.map(({ reference }) => reference)).toEqual([
      'containers/podman#23737, #24365',
      'containers/netavark#1045',
    ]);
  });

  it('is nothing where a new client is not answered either, or where both are answered alike', () => {
    const silent = [moment('udp flow', 'silence'), moment('udp new', 'silence')];
    expect(timeFindings(configuration(silent), DOCKER)).toEqual([]);
    expect(timeFindings(configuration([moment('udp flow', 'answered'), answered]), DOCKER)).toEqual([]);
  });

  it('is known of a newer Docker only where the port has another number inside', () => {
    const newer = { ...DOCKER, version: '28.5.2' };
    const reference = (client: string) =>
      timeFindings(configuration([moment(client, 'silence'), answered]), newer)[0]?.reference;
    expect(reference('udp flow')).toBe('moby/moby#53384');
    expect(reference('udp flow even')).toBeUndefined();
  });
});

describe('promises over time', () => {
  it('are broken by a new client that is not answered after a restart, not by one after a stop', () => {
    const time = [
      moment('tcp new', 'answered'),
      moment('udp new', 'silence'),
      moment('tcp new', 'refused', { event: 'stop' }),
    ];
    expect(timePromises(configuration(time), DOCKER)).toMatchObject([
      { held: 1, broken: ['udp new of the neighbour after restart: silence'] },
    ]);
  });
});

it('has a row for each event and client, and one for what stays', () => {
  const stays = [{ event: 'stop', listeners: { before: ['* pasta'], after: [] }, rules: { before: 4, after: 0 } }];
  const one = configuration([moment('tcp new', 'answered', { by: 'after', seen: 'the gateway' })], stays);
  expect(timeGrid(one).rows).toEqual([
    ['restart', 'neighbour', '', 'answered by the new server, seen as the gateway', '', '', ''],
  ]);
  expect(stayGrid(one).rows).toEqual([['stop', '* pasta', 'no one', '4, then 0']]);
});
