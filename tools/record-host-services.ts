/**
 * Has a container ask for the host's own servers in every configuration of the committed records that can be started here, and adds the
 * outcomes to the records in `reports/`. `npm run judged` then judges them again.
 *
 *     node dist/tools/record-host-services.js docker podman trixie:docker trixie:podman
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { containersFiles } from '../src/cli/write-reports.ts';
import { CONFIGURATIONS, ofGeneration } from '../src/containers/configurations.ts';
import { generationFolder } from '../src/engine/generation.ts';
import { runContainers } from '../src/runner/containers/run.ts';
import { engineRecords } from './engine-records.ts';

const REPORTS = 'reports';
const signal = new AbortController().signal;
const listener = { began: () => undefined, ended: () => undefined };

for (const name of process.argv.slice(2)) {
  const [engine = '', generation] = name.split(':').toReversed();
  const all = generation === undefined ? CONFIGURATIONS : ofGeneration(generation, generationFolder(generation));
  const meant = all.filter((one) => one.engine === engine);
  const { records } = await runContainers(meant, { version: '', jobs: 2, signal, onlyInside: true }, listener);
  for (const found of records) {
    const record = engineRecords(REPORTS).find((one) => one.engine.id === found.engine.id);
    if (record === undefined) continue;
    const configurations = record.configurations.map((one) => {
      const { hostServices, error } = found.configurations.find(({ id }) => id === one.id) ?? {};
      if (error !== undefined) process.stderr.write(`${name} ${one.id}: ${error}\n`);
      return hostServices === undefined ? one : { ...one, hostServices };
    });
    for (const [file, content] of Object.entries(containersFiles({ ...record, configurations }))) {
      writeFileSync(path.join(REPORTS, record.engine.id, file), content);
    }
    process.stdout.write(
      `${record.engine.id}: ${configurations.filter((one) => one.hostServices).length} configurations\n`,
    );
  }
}
