// Compares what was skipped with the skips that are allowed; .ci/run does so after each stage.
//
//     node .ci/skips.mjs RESULT LIST...
//
// RESULT is the file that npm test writes where BINDSPEC_TEST_SUMMARY names it, or the record.json of a run. A line of a
// list allows something: `NEED # WHY`, or `NEED: REASON # WHY`. NEED is the word of the tests for what is lacking; for a
// cell that the lab can't run it is `cells`. REASON is the reason that was given, in which * stands for any text. It ends
// with 0 where everything is allowed, with 1 where something is not, and with 2 for a file that can't be read.
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** What was skipped: what is lacking, the reason that was given, how often, and one test or cell of them. */
function skipsOf(file) {
  const { skips, cells } = JSON.parse(readFileSync(file, 'utf8'));
  if (skips !== undefined) return skips.map(({ tests: [example], ...skip }) => ({ ...skip, example }));
  const byReason = new Map();
  for (const { id, verdict, reason } of cells) {
    if (verdict !== 'skipped') continue;
    const { count, example } = byReason.get(reason) ?? { count: 0, example: id };
    byReason.set(reason, { need: 'cells', reason, count: count + 1, example });
  }
  return [...byReason.values()];
}

/** What a list allows. @throws Error for a line that does not say why. */
function allowedBy(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '' || line.startsWith('#')) return [];
      const [, need, reason = '*', why] = /^([\w:.-]*\w)(?:: (.+?))? +# (.+)$/.exec(line) ?? [];
      if (why === undefined) throw new Error(`line ${index + 1}: write 'NEED # WHY' or 'NEED: REASON # WHY'`);
      const parts = reason.split('*').map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
      return [{ need, reason: new RegExp(`^${parts.join('.*')}$`, 's'), why }];
    });
}

/** What a file holds, or the end of the program where it can't be read. */
function read(file, reader) {
  try {
    return reader(file);
  } catch (error) {
    process.stderr.write(`bindspec: '${file}': ${error.message}\n`);
    return process.exit(2);
  }
}

const [, , result = '', ...lists] = process.argv;
const allowed = lists.flatMap((list) => read(list, allowedBy));
for (const { need, reason, count, example } of read(result, skipsOf)) {
  const why = allowed.find((one) => one.need === need && one.reason.test(reason))?.why;
  if (why === undefined) process.exitCode = 1;
  const verdict = why === undefined ? `NOT ALLOWED, for instance ${example}` : `allowed: ${why}`;
  process.stdout.write(`${count} skipped, ${need}: ${reason} (${verdict})\n`);
}
