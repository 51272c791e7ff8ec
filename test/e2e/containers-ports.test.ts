import { describe, expect, it } from 'vitest';
import type { ContainersRecord } from '../../src/record/containers.ts';
import { asked } from '../../src/containers/reading.ts';
import { paced } from '../../src/process/pace.ts';
import { bindspec } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { needs } from '../support/needs.ts';

async function recordOf(configuration: string): Promise<ContainersRecord> {
  const { stdout, stderr } = await bindspec(['containers', configuration, '--no-reports', '--format', 'json']);
  expect(stdout, stderr).not.toBe('');
  const [record] = JSON.parse(stdout) as [ContainersRecord];
  expect(record.configurations[0]?.error).toBeUndefined();
  return record;
}

describe('numbers of ports and names', needs(withoutEngine('podman')), () => {
  it(
    'are asked for in containers of their own',
    async () => {
      const record = await recordOf('podman/ports/netavark');
      const ports = record.configurations[0]?.ports;
      expect(ports?.cases.find(({ name }) => name === 'a port below 1024')?.asked).toMatchObject([
        { protocol: 'tcp', port: 88, outcome: 'answered' },
        { protocol: 'udp', port: 88, outcome: 'answered' },
      ]);
      const range = ports?.cases.find(({ name }) => name === 'a range of ten ports');
      expect(range?.holders?.sockets).toBe(20);
      expect(range?.asked.map(({ outcome, by }) => [outcome, by])).toEqual(
        range?.asked.map(() => ['answered', undefined]),
      );
      const name = (of: string) => ports?.names.find((one) => one.network === 'made' && one.name === of);
      expect(name('own')?.addresses).toContain('its own address');
      expect(name('other')?.addresses).toContain("the other's address");
      expect(name('localhost')?.addresses).toContain('127.0.0.1');
      expect(ports?.ordinary).toHaveLength(2);
      expect(record.promises.map(({ broken }) => broken)).toEqual(record.promises.map(() => []));
    },
    paced(120_000),
  );
});

describe('systemd-nspawn', needs(withoutEngine('nspawn')), () => {
  it(
    'publishes ports by its own rules, except on the loopback of the host',
    async () => {
      const record = await recordOf('nspawn/zone');
      const [one] = record.configurations;
      const came = (asker: string, target: string) =>
        (one === undefined ? [] : asked(one)).find(
          ({ row, ...of }) =>
            row.socket === 'tcp' &&
            row.bind === '0.0.0.0' &&
            row.published === 'every' &&
            of.asker === asker &&
            of.target === target,
        )?.outcome.outcome;
      expect(came('neighbour', 'lan')).toBe('answered');
      expect(came('host', 'lan')).toBe('answered');
      // systemd/systemd#6106
      expect(came('host', '127.0.0.1')).toBe('refused');
      expect(one?.refusals['127.0.0.1']).toContain('--port publishes on every address');
    },
    paced(120_000),
  );
});
