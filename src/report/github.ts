import { visible } from '../text/visible.ts';

/** How many annotations of one level GitHub shows of a step. The others it drops without a word. */
const MOST = 10;

/** Where in the repository of the workflow something is. */
export interface SourceLine {
  /** Relative to the workspace, with slashes. */
  file: string;
  line: number;
}

/** Something that a reader of a job is to see beside its code. */
export interface Annotation {
  level: 'error' | 'warning';
  title: string;
  /** Lines. */
  message: readonly string[];
  /** Absent where it is in no file of the workspace. */
  place?: SourceLine;
}

/**
 * Annotations as the commands of a workflow, one a line: `::error file=...,line=...,title=...::message`. Beyond ten of a
 * level the last one says how many more there are, and of what.
 */
export function workflowCommands(annotations: readonly Annotation[]): string[] {
  return (['error', 'warning'] as const).flatMap((level) => {
    const own = annotations.filter((one) => one.level === level);
    if (own.length <= MOST) return own.map(command);
    const rest = own.slice(MOST - 1);
    const more: Annotation = {
      level,
      title: `bindspec: ${rest.length} more`,
      message: ['They are in the summary of this job, and in the reports:', ...rest.map(({ title }) => title)],
    };
    return [...own.slice(0, MOST - 1), more].map(command);
  });
}

function command({ level, title, message, place }: Annotation): string {
  const properties = { ...place, title: visible(title) };
  const told = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${told.join(',')}::${data(message.map(visible).join('\n'))}`;
}

/** The text of a command, in which a line may have no end. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property, which a colon or a comma would end as well. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
