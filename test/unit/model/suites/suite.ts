import type { Setting, SystemName } from '../../../../src/model/types.ts';

/** What one suite of another project asserts about some systems. */
export interface Suite {
  /** The project and the folder of its suite. */
  readonly name: string;
  /** The systems that the assertions are about. */
  readonly systems: readonly SystemName[];
  /** What is known of the machine that the suite needs. */
  readonly setting?: Setting;
  /**
   * One sequence a line: its place in the suite, the protocol, and the steps, separated by `|`. What a step returns is asserted:
   * `ok`, unless `=>` says something else; `=> fails` stands for an error that the suite does not name, and `=> ?` for a
   * result that it does not look at. `get 2` asserts that socket 2 receives what `from` sends `to` it, `get 1/2` that either may
   * receive it, and `get 1,2` that both get a copy. `1 name 127.0.0.1` asserts what getsockname() returns.
   */
  readonly sequences: string;
}

/** One sequence of a suite. */
export interface Sequence {
  readonly place: string;
  readonly protocol: 'udp' | 'tcp';
  readonly steps: readonly string[];
}

/** The sequences of a suite, in its order. */
export function sequencesOf({ sequences }: Suite): readonly Sequence[] {
  return sequences
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [place = '', protocol = '', steps = ''] = line.split('|').map((part) => part.trim());
      if (protocol !== 'udp' && protocol !== 'tcp') throw new RangeError(`not a protocol: ${line}`);
      return { place, protocol, steps: steps.split(';').map((step) => step.trim()) };
    });
}
