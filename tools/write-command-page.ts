// Writes the reference of the commands; `npm run pages` builds and runs it. The tests fail when it is out of date.
import { writeFileSync } from 'node:fs';
import { program } from '../src/cli/program.ts';
import { commandPage } from './command-page.ts';

writeFileSync('docs/commands.md', commandPage(program('')));
