// Writes the page of how engines differ; `npm run pages` builds and runs it. The tests fail when it is out of date.
import { writeFileSync } from 'node:fs';
import { engineRecords } from './engine-records.ts';
import { enginePage } from '../src/report/containers/differences.ts';

writeFileSync('docs/engines.md', enginePage(engineRecords('reports')));
