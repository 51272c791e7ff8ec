import { visible } from '../../text/visible.ts';

/** A file that is not a topology. Each line is a mistake: the file, the place in it, and what to do. */
export class BadTopology extends Error {
  readonly lines: readonly string[];

  constructor(file: string, mistakes: readonly string[]) {
    const lines = mistakes.map((mistake) => visible(`${file}: ${mistake}`));
    super(lines.join('\n'));
    this.name = 'BadTopology';
    this.lines = lines;
  }
}
