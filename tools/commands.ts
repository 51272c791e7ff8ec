// What does a command line, as one module that is built: for the tests that do many of them in one process.
export { commandLine } from '../src/cli/command-line.ts';
