import { describe, expect, it } from 'vitest';
import { cellsInWords } from '../../../src/report/axes.ts';

const all = ['udp', 'tcp'].flatMap((protocol) =>
  ['inet', 'inet6', '|'].flatMap((family) =>
    ['no', 'yes'].map((connected) => ({
      id: `x/${protocol}/${family}/${connected}`,
      values: { protocol, family, connected },
    })),
  ),
);
const some = (choose: (values: (typeof all)[number]['values']) => boolean) =>
  cellsInWords(
    all.filter(({ values }) => choose(values)),
    all,
  );

describe('some cells in words', () => {
  it('are named by the axes that set them apart', () => {
    expect(some(() => true)).toBe('all');
    expect(some(({ protocol }) => protocol === 'udp')).toBe('protocol `udp`');
    expect(some(({ protocol, family }) => protocol === 'udp' && family !== '|')).toBe(
      'protocol `udp`, family `inet` or `inet6`',
    );
    expect(some(({ family }) => family === '|')).toBe('family <code>&#124;</code>');
  });

  it('are named one by one where axes do not tell them, and counted when they are many', () => {
    expect(some(({ protocol, connected }) => (protocol === 'udp') === (connected === 'yes'))).toBe(
      '`udp inet yes`, `udp inet6 yes`, <code>udp &#124; yes</code>, `tcp inet no`, `tcp inet6 no`, <code>tcp &#124; no</code>',
    );
    expect(some(({ protocol, connected }) => protocol === 'udp' || connected === 'yes')).toBe('9 cells');
  });

  it('are named by their id where they have no axes', () => {
    const plain = [
      { id: 'a', values: {} },
      { id: 'b', values: {} },
    ];
    expect(cellsInWords(plain.slice(0, 1), plain)).toBe('`a`');
  });
});
