/** What a reader has chosen in a view, by the names of the choices. */
export type Chosen = Readonly<Record<string, string>>;
