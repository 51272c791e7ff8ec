/** Something that must be fetched before it can be used. */
export interface Fetch {
  what: string;
  /** Where it comes from, for example `Debian bookworm-backports` or `npm`. */
  from: string;
  /** How large the download is; null where that is only known when it begins. */
  bytes: number | null;
}
