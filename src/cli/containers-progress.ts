import { counted } from '../text/counted.ts';
import type { Configuration } from '../containers/configurations.ts';
import type { ContainersListener } from '../runner/containers/run.ts';
import type { ConfigurationRecord } from '../record/containers.ts';
import { isTerminal, print } from './output.ts';
import { paint, say } from './terminal.ts';

/** Tells how the configurations go on: each when it is over, and on a terminal those that are under way. */
export class ContainersProgress implements ContainersListener {
  readonly #wanted: boolean;
  readonly #widest: number;
  readonly #under = new Set<string>();
  #status = false;

  constructor(configurations: readonly Configuration[], version: string, wanted: boolean) {
    this.#wanted = wanted;
    this.#widest = Math.max(0, ...configurations.map((one) => idOf(one).length));
    if (wanted)
      say(
        `${paint('bold', `bindspec ${version}`)}, ${counted(configurations.length, 'configuration')} of container engines`,
      );
  }

  began(configuration: Configuration): void {
    this.#under.add(idOf(configuration));
    this.#show();
  }

  ended(configuration: Configuration, { duration, rows, asks, skipped, error }: ConfigurationRecord): void {
    const id = idOf(configuration);
    this.#under.delete(id);
    if (!this.#wanted) return;
    this.end();
    const questions = rows.reduce((sum, row) => sum + row.outcomes.filter((one) => one !== null).length, 0);
    const came =
      error === undefined
        ? skipped
          ? paint('gray', `skipped: ${skipped.reason}`)
          : `${questions} questions by ${asks.length} ways`
        : paint('magenta', `error: ${error}`);
    say(`  ${id.padEnd(this.#widest)}  ${came}${paint('gray', ` in ${(duration / 1000).toFixed(1)} s`)}`);
    this.#show();
  }

  #show(): void {
    if (!this.#wanted || !isTerminal('stdout') || this.#under.size === 0) return;
    this.end();
    print(paint('gray', [...this.#under].join(', ')));
    this.#status = true;
  }

  /** Takes the status line away. */
  end(): void {
    if (this.#status) print('\r\x1b[K');
    this.#status = false;
  }
}

/** The configuration's id, with the release whose engine it is. */
function idOf({ id, generation }: Configuration): string {
  return generation === undefined ? id : `${generation}:${id}`;
}
