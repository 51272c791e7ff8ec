// Writes the pages of the models; `npm run pages` builds and runs it. The tests fail when they are out of date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { models } from '../src/model/index.ts';
import type { SystemName } from '../src/model/types.ts';
import { modelIndex, modelPage } from '../src/report/model-page.ts';

mkdirSync('docs/models', { recursive: true });
writeFileSync('docs/models/index.md', modelIndex());
for (const system of Object.keys(models) as SystemName[]) writeFileSync(`docs/models/${system}.md`, modelPage(system));
