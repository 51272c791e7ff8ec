import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { commandPage } from '../../tools/command-page.ts';
import { ROOT } from '../support/docs.ts';

test('the reference of the commands is what the command line says of itself (npm run pages)', () => {
  expect(readFileSync(path.join(ROOT, 'docs/commands.md'), 'utf8')).toBe(commandPage(program('')));
});

test('a command has its arguments, and its options with what they take and what they are without', () => {
  const tool = new Command('tool');
  const below = tool.command('a').command('b').description('do | it').argument('[things...]', 'what to do it with');
  below.addOption(new Option('--how <how>', 'in which way').choices(['well', 'badly']).default('well'));
  below.addOption(new Option('--secret').hideHelp());
  const lines = commandPage(tool).split('\n');
  expect(lines).toContain('- [`tool a b`](#tool-a-b): do \\| it');
  expect(lines).toContain('tool a b [options] [things...]');
  expect(lines).toContain('| `things...` | what to do it with |');
  expect(lines).toContain('| `--how <how>` | in which way; one of `well`, `badly`; default `well` |');
  expect(lines.join('\n')).not.toContain('secret');
});
