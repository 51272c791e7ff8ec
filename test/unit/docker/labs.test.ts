import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readTopology } from '../../../src/lab/topology/file.ts';
import { page, ROOT } from '../../support/docs.ts';

const files = readdirSync(path.join(ROOT, 'docker'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('lab.json'),
);

test('there are topology files for compose and for a cluster', () => {
  expect(files.toSorted()).toEqual(['compose.lab.json', 'k8s/lab.json', 'k8s/node.lab.json']);
});

test.each(files)('docker/%s is one that can be used', (file) => {
  const { hosts } = readTopology(readFileSync(path.join(ROOT, 'docker', file), 'utf8'), file);
  expect(Object.keys(hosts)).toEqual(['machine', 'neighbour']);
});

test('the topology files in the documents are ones that can be used', () => {
  const blocks = page('docs/containers.md').blocks.filter(({ language }) => language === 'json');
  expect(blocks.length).toBeGreaterThan(3);
  for (const { text } of blocks) expect(() => readTopology(text, 'containers.md')).not.toThrow();
});
