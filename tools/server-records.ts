import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readServer } from '../src/load/read.ts';
import type { ServerRecord } from '../src/record/server.ts';
import { SERVERS } from '../suites/programs/servers/index.ts';

/** The records of the table's programs in a folder of reports, in the order of the table. @throws BadRecord */
export function serverRecords(reports: string): ServerRecord[] {
  const home = path.join(reports, 'programs');
  if (!existsSync(home)) return [];
  const records = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => path.join(home, name))
    .map((file) => readServer(readFileSync(file, 'utf8'), file));
  const place = ({ name }: ServerRecord) => SERVERS.findIndex((server) => server.name === name);
  return records.toSorted((one, other) => place(one) - place(other));
}
