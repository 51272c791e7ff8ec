/** Choices of sockets that make a table useful. */
interface TableChoice {
  readonly id: 'options' | 'names';
  readonly title: string;
  /** Whether a socket, as `spellSpec` writes it, is in the table: in its rows and in its columns. */
  readonly has: (spelled: string) => boolean;
}

/** The wildcard and one specific address; they show what the options do. */
const NAMES_OF_OPTIONS = ['0.0.0.0', '127.0.0.1'];

/** The usual choices among all sockets of a corner. */
export const CHOICES: readonly TableChoice[] = [
  {
    id: 'options',
    title: 'What options do',
    has: (spelled) => NAMES_OF_OPTIONS.some((name) => spelled.startsWith(`${name} `)),
  },
  { id: 'names', title: 'Which names meet, without options', has: (spelled) => spelled.endsWith(' -') },
];
