import { expect, test } from 'vitest';
import { changesBetweenServers } from '../../../src/programs/changes.ts';
import type { ServerRecord } from '../../../src/record/server.ts';

const RECORD: ServerRecord = {
  schema: 1,
  kind: 'server',
  bindspec: '0.1.0',
  started: '2026-01-01T00:00:00.000Z',
  duration: 1,
  system: { release: '6.18', architecture: 'x64', root: true },
  from: 1,
  name: 'web',
  group: 'web',
  version: '1.0',
  packages: { web: '1.0-1' },
  command: ['web'],
  documented: { says: ['tcp *:80'], where: 'its manual' },
  start: 'up',
  binds: ['tcp 0.0.0.0:80 reuseaddr'],
  others: [],
  users: ['root'],
  ended: false,
  reach: { 'tcp 80': { machine: ['127.0.0.1', 'lan'], neighbour: ['lan'] } },
  second: { same: 'refused, EADDRINUSE, exit 1', own: 'refused, EADDRINUSE, exit 1' },
  restart: 'at once',
  taken: {},
  says: [],
};

test('a record of the same outcomes has no changes, whatever its time and its processes', () => {
  const after = { ...RECORD, started: '2026-02-01T00:00:00.000Z', duration: 2, users: ['nobody'] };
  expect(changesBetweenServers(RECORD, after)).toEqual({ isSameVersion: true, lines: [] });
});

test('what differs is said by what it is about', () => {
  const after: ServerRecord = {
    ...RECORD,
    version: '1.1',
    others: ['chance udp 0.0.0.0', 'helper raw 0.0.0.0'],
    binds: ['tcp [::]:80 dual reuseaddr'],
    reach: { 'tcp 80': { machine: ['127.0.0.1', 'lan'], neighbour: ['lan', 'lan6'] } },
    second: { same: 'shares' },
    restart: 'EADDRINUSE, exit 1',
  };
  expect(changesBetweenServers(RECORD, after)).toEqual({
    isSameVersion: false,
    lines: [
      'binds: tcp 0.0.0.0:80 reuseaddr is gone',
      'binds: tcp [::]:80 dual reuseaddr is new',
      'other sockets: helper raw 0.0.0.0 is new',
      'reach (tcp 80 from the neighbour): lan before, now lan lan6',
      'second instance (same): refused, EADDRINUSE, exit 1 before, now shares',
      'restart: at once before, now EADDRINUSE, exit 1',
    ],
  });
});

test('what one of them was not asked is not compared', () => {
  const { restart: _, ...less } = RECORD;
  expect(changesBetweenServers(RECORD, { ...less, second: {}, reach: {} }).lines).toEqual([]);
});
