// Writes the page of what programs bind; `npm run pages` builds and runs it. The tests fail when it is out of date.
import { writeFileSync } from 'node:fs';
import { serverRecords } from './server-records.ts';
import { programsPage } from '../src/report/programs/page.ts';

writeFileSync('docs/programs.md', programsPage(serverRecords('reports')));
