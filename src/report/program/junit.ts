import library, { type Builder } from 'junit-report-builder';
import { faultsOf } from '../../program/expected.ts';
import type { ProgramRecord } from '../../record/program.ts';
import { visible } from '../../text/visible.ts';

// It is declared as a module with a default export, but what `require` gives is the builder itself.
const builder = library as unknown as Builder;

/** A program's record as JUnit XML: a case for what it binds, and one for each question that was asked. */
export function programJunit(record: ProgramRecord): string {
  const report = builder.newBuilder().name('bindspec');
  const suite = report
    .testSuite()
    .name(visible(record.program.name))
    .timestamp(record.started)
    .time(record.duration / 1000);
  const classname = `bindspec.program.${visible(record.program.name)}`;
  const { against, observation, asked, says } = record;
  const sockets = suite.testCase().name('sockets').className(classname);
  sockets.standardOutput(visible([...says, JSON.stringify(observation.first.sockets)].join(' · ')));
  const wrong = against === undefined ? [] : faultsOf(against);
  if (wrong.length > 0) sockets.failure(visible(wrong.join('; ')), visible(against?.what ?? 'sockets'));
  for (const question of asked) {
    const answer = observation[question];
    const one = suite.testCase().name(question).className(classname);
    if (answer === undefined) one.skipped();
    else one.standardOutput(visible(JSON.stringify(answer)));
  }
  return report.build();
}
