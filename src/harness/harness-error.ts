/** Something went wrong with the harness or its agents, not with the platform: the cell gets the verdict `error`. */
export class HarnessError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HarnessError';
  }
}
