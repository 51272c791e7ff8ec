import { describe, expect, it } from 'vitest';
import { labFor } from '../../../src/cli/labs.ts';
import { hostFacts } from '../../../src/lab/host.ts';
import { holding } from '../../../tools/interfaces.ts';

const OTHERS = ['darwin', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos'];

describe('the lab that is taken where none is named', () => {
  it.each(OTHERS)('on %s is the host lab, which is said without a hint to it', async (system) => {
    const told: string[] = [];
    const kind = await labFor({ lab: 'auto' }, (why) => told.push(why), system);
    expect(kind.name).toBe('host');
    expect(told).toEqual(['bindspec uses the host lab: only Linux has network namespaces']);
  });

  it.each([...OTHERS, 'linux'])(
    'where an interface is named on %s is the host lab, and nothing is said',
    async (system) => {
      const told: string[] = [];
      const kind = await labFor({ lab: 'auto', interface: 'en0' }, (why) => told.push(why), system);
      expect([kind.name, ...told]).toEqual(['host']);
    },
  );

  it('is no other where an interface is named', async () => {
    for (const lab of ['netns', 'podman', 'docker=x', 'lab.json']) {
      const asked = labFor({ lab, interface: 'en0' }, () => undefined);
      await expect(asked).rejects.toThrow(
        `--interface is for the host lab: leave it out, or use --lab host instead of ${lab}`,
      );
    }
  });
});

describe('the lines that enable what the host lab lacks', () => {
  it.each([...OTHERS, 'linux'])('on %s never lead to the host lab, and to netns only on Linux', (system) => {
    const interfaces = { lo0: holding('127.0.0.1/8', '::1/128'), en0: holding('10.0.0.5/24') };
    const { missing, elsewhere } = hostFacts(interfaces, false, { system });
    const lines = [elsewhere, ...Object.values(missing).map((one) => one?.enable ?? '')];
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) {
      expect(line).not.toContain('--lab host');
      if (system !== 'linux') expect(line).not.toContain('npx bindspec run --lab netns');
    }
  });
});
