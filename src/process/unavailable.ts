/** Something that was asked for (a lab, a stack, an engine) can't be had on this machine. The message says why. */
export class Unavailable extends Error {
  /** The line, or the few words, by which it can be had. */
  readonly enable: string;

  constructor(reason: string, enable: string) {
    super(reason);
    this.name = 'Unavailable';
    this.enable = enable;
  }
}
