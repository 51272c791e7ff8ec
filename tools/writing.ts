// What writes reports, as one module that is built: for the tests that do it in processes of their own.
export { writeRun } from '../src/cli/write-reports.ts';
export { writeTogether } from '../src/cli/write-together.ts';
