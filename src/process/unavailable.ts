/** A lab, a stack or an engine that was asked for is not available on this machine. The message says why. */
export class Unavailable extends Error {
  /** The line, or the few words, by which it is available. */
  readonly enable: string;

  constructor(reason: string, enable: string) {
    super(reason);
    this.name = 'Unavailable';
    this.enable = enable;
  }
}
