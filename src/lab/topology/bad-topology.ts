import { visible } from '../../record/visible.ts';

/** A file that is no topology. Each line of the message is a mistake: the file, the place in it, and what to do. */
export class BadTopology extends Error {
  constructor(file: string, mistakes: readonly string[]) {
    super(mistakes.map((mistake) => visible(`${file}: ${mistake}`)).join('\n'));
    this.name = 'BadTopology';
  }
}
