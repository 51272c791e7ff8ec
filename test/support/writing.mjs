// Writes reports as commands do, in a process of its own: one that can be killed, or that is one of several at once, or on
// a disk that is full. It does what its first word says.
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeRun, writeTogether } from '../../dist/tools/writing.js';

const [, , what, folder, ...rest] = process.argv;

/** Writes sets of files one after the other, each with its own number in it, until it is killed. */
function sets() {
  for (let number = 1; ; number += 1) {
    const content = `${number}\n`;
    writeTogether(folder, { 'record.json': content, 'junit.xml': content, 'report.md': content });
    if (number === 1) process.stdout.write('begun\n');
  }
}

/** Writes a run at a given moment, and prints what became of it. */
async function run(file, moment) {
  const record = JSON.parse(readFileSync(file, 'utf8'));
  // Not by a timer, so that several processes do it at the same moment.
  while (Date.now() < Number(moment));
  process.stdout.write(JSON.stringify(await writeRun(folder, record)));
}

/** Writes a newer run again and again while ever more room is left on the disk, and prints what was there then. */
async function fullDisk(file) {
  const older = JSON.parse(readFileSync(file, 'utf8'));
  mkdirSync(process.env.TMPDIR, { recursive: true });
  await writeRun(folder, older);
  const home = path.join(folder, older.platform.id);
  const told = [];
  for (let pages = 0; pages <= 12; pages += 1) {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(path.join(folder, 'filler'), Buffer.alloc((bavail - pages) * bsize));
    const newer = { ...older, bindspec: `with ${pages} pages`, started: new Date().toISOString() };
    const { failure, files } = await writeRun(folder, newer);
    const there = Object.fromEntries(
      readdirSync(home, { recursive: true }).map((name) => [name, readFileSync(path.join(home, name), 'utf8')]),
    );
    told.push({ failure: failure ?? null, files, there, temporary: readdirSync(process.env.TMPDIR) });
    rmSync(path.join(folder, 'filler'));
    for (const name of readdirSync(process.env.TMPDIR)) {
      rmSync(path.join(process.env.TMPDIR, name), { recursive: true });
    }
    rmSync(home, { recursive: true });
    mkdirSync(home);
    await writeRun(folder, older);
  }
  process.stdout.write(JSON.stringify(told));
}

await { sets, run, fullDisk }[what](...rest);
