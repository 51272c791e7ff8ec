import type { LabKind, Missing } from '../lab/lab.ts';
import type { Fetch } from '../files/fetch.ts';

/** What a machine of its own is asked to do: the command line of bindspec, without what chose the stack. */
export interface GuestRequest {
  argv: readonly string[];
  /** Files that the command line names, by their paths in the guest. */
  files: Readonly<Record<string, string>>;
  /** Where the guest writes its reports, on its own command line. */
  reports: string;
  /** Called with what the command prints, as it comes. */
  print: (chunk: string, to: 'stdout' | 'stderr') => void;
  /** Ends the machine early. */
  signal: AbortSignal;
}

/** What came of it. */
export interface GuestResult {
  exitCode: number;
  /** The files below the guest's reports folder, by their paths in it. */
  reports: ReadonlyMap<string, Buffer>;
}

/** How bindspec gets into a stack: by agents that are started inside it, or as a whole, on a machine of its own. */
type Inside =
  | { readonly kind: 'lab'; readonly lab: LabKind }
  | { readonly kind: 'machine'; run(request: GuestRequest): Promise<GuestResult> };

/** Another network stack that can be run on this machine. */
export interface Stack {
  /** As it is named on the command line, such as `gvisor` or `kernel:6.1`. */
  readonly name: string;
  readonly title: string;
  readonly inside: Inside;
  /** What it lacks to be started here, and the line that mends it; null when it is ready. Starts nothing. */
  missing(): Promise<Missing | null>;
  /** What `prepare` would still fetch. @throws Unavailable when it is not available here at all. */
  plan(): Promise<Fetch[]>;
  /** Fetches and builds what it needs; a second time it does nothing. @throws Unavailable when it can't. */
  prepare(tell: (line: string) => void): Promise<void>;
}
