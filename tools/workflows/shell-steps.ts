import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** A step of a workflow or of the action, as far as anything here looks at it. */
interface Step {
  uses?: string;
  run?: string;
  shell?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

/** A job of a workflow, likewise. */
export interface Job {
  'timeout-minutes'?: number;
  'continue-on-error'?: boolean | string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  strategy?: { 'fail-fast'?: boolean; matrix: { include: { name: string }[] } };
  steps: Step[];
}

export interface Workflow {
  permissions?: Record<string, string>;
  concurrency?: Record<string, unknown>;
  jobs: Record<string, Job>;
}

/** What a step gives to a shell. */
export interface ShellStep {
  /** The file, the job, and the place of the step in it. */
  where: string;
  shell: 'bash' | 'sh';
  script: string;
}

const WORKFLOWS = '.github/workflows';

/** The files of the workflows below a folder, relative to it. */
export function workflowFiles(root: string): string[] {
  return readdirSync(path.join(root, WORKFLOWS)).map((name) => `${WORKFLOWS}/${name}`);
}

export function readWorkflow(root: string, file: string): Workflow {
  return parse(readFileSync(path.join(root, file), 'utf8')) as Workflow;
}

/** The steps of the composite action. */
function actionSteps(root: string): Step[] {
  return (parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as { runs: { steps: Step[] } }).runs.steps;
}

/** Every script in the workflows and the action: what steps run, and what they have a virtual machine run. */
export function shellSteps(root: string): ShellStep[] {
  const jobs = workflowFiles(root).flatMap((file) =>
    Object.entries(readWorkflow(root, file).jobs).map(([job, { steps }]) => ({ where: `${file}, ${job}`, steps })),
  );
  return [...jobs, { where: 'action.yml', steps: actionSteps(root) }].flatMap(({ where, steps }) =>
    steps.flatMap((step, index) => scriptsOf(step, `${where}, step ${index + 1}`)),
  );
}

function scriptsOf({ run, shell, uses = '', with: given = {} }: Step, where: string): ShellStep[] {
  // Without a shell of its own a step has bash, except a container that has none.
  if (run !== undefined) return [{ where, shell: shell === 'sh' ? 'sh' : 'bash', script: run }];
  if (!uses.startsWith('vmactions/')) return [];
  return ['prepare', 'run'].flatMap((key): ShellStep[] => {
    const script = given[key];
    return typeof script === 'string' ? [{ where: `${where}, ${key}`, shell: 'sh', script }] : [];
  });
}
