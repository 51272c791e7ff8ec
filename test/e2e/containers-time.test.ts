import { describe, expect, it } from 'vitest';
import type { ContainersRecord } from '../../src/record/containers.ts';
import { paced } from '../../src/process/pace.ts';
import { bindspec } from '../support/cli.ts';
import { withoutEngine } from '../support/engines.ts';
import { needs } from '../support/needs.ts';

describe('podman over time', needs(withoutEngine('podman')), () => {
  it(
    'tells the result of each client after each event, and what stays on the host',
    async () => {
      const { stdout, stderr } = await bindspec([
        'containers',
        'podman/time/netavark',
        '--no-reports',
        '--format',
        'json',
      ]);
      expect(stdout, stderr).not.toBe('');
      const [record] = JSON.parse(stdout) as [ContainersRecord];
      const [one] = record.configurations;
      expect(one?.error).toBeUndefined();
      const came = (event: string, client: string) =>
        one?.time?.find((other) => other.event === event && other.client === client && other.asker === 'neighbour');
      expect(came('restart', 'tcp new')).toMatchObject({ outcome: 'answered', by: 'after' });
      expect(came('replace', 'udp new')).toMatchObject({ outcome: 'answered', by: 'after' });
      expect(came('restart', 'tcp connection')).toMatchObject({ outcome: 'ended' });
      expect(came('stop', 'tcp new')).toMatchObject({ outcome: 'refused' });
      // The container goes on without its monitor, with what was open.
      expect(came('engine killed', 'tcp connection')).toMatchObject({ outcome: 'answered', by: 'before' });
      const stay = (event: string) => one?.stays?.find((other) => other.event === event);
      expect(stay('stop')).toMatchObject({ listeners: { after: [] }, rules: { after: 0 } });
      expect(stay('engine killed')?.rules.after).toBeGreaterThan(0);
      expect(record.promises).toMatchObject([{ id: 'podman/time/netavark/time/published-again', broken: [] }]);
    },
    paced(120_000),
  );
});
