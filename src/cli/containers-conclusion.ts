import type { ConfigurationRecord, ContainersRecord } from '../record/containers.ts';
import { SIGN_KEY, publishedGrid } from '../report/containers/grid.ts';
import { exposuresOf, securityCounts } from '../report/containers/words.ts';
import { counted } from '../text/counted.ts';
import { few } from '../report/diff/words.ts';
import type { ChangeGroup } from '../containers/changes.ts';
import { isBroken } from '../containers/promises.ts';
import { timeFindings } from '../containers/time.ts';
import type { KnownVerdict } from '../containers/known.ts';
import { inColumns } from '../text/columns.ts';
import { paint, say } from './terminal.ts';

/** One engine's record with what was found when it was judged. */
export interface Judged {
  record: ContainersRecord;
  stale: readonly KnownVerdict[];
  changes: readonly ChangeGroup[];
  last: ContainersRecord | null;
}

/** How many broken promises and changes of each kind are printed; the page and the record have all. */
const MOST = 12;
/** How many of those who asked are named for one change. */
const MOST_WHO = 4;

/** What is said when all is over: what is exposed first, then what is promised and what changed, then the tables. */
export function concludeContainers(
  judged: readonly Judged[],
  rest: readonly ConfigurationRecord[],
  written: readonly string[],
): void {
  for (const { record } of judged) security(record);
  for (const one of judged) {
    overTime(one.record);
    promises(one.record);
    for (const { line, pattern, reason } of one.stale) {
      say(
        `${paint('red', '✗ stale')}    line ${line} of the known deviations: '${pattern}' (${reason}) no longer deviates`,
      );
    }
    changes(one);
  }
  for (const { record } of judged) for (const one of record.configurations) grid(one);
  if (judged.length > 0) say(paint('gray', `\nTCP, then UDP: ${SIGN_KEY}`));
  for (const { id, skipped, error } of [...rest, ...judged.flatMap(({ record }) => record.configurations)]) {
    if (skipped) say(`${paint('gray', '-')} ${id}: ${skipped.reason}\n    ${paint('cyan', skipped.enable)}`);
    if (error !== undefined) say(`${paint('magenta', '✗ error')} ${id}: ${error}`);
  }
  counts(judged);
  if (written.length > 0) say(paint('gray', `written: ${written.join(', ')}`));
}

function security(record: ContainersRecord): void {
  say(
    `\n${paint('bold', `${record.engine.name} ${record.engine.version}: servers that can be reached but should not be`)}`,
  );
  const exposures = exposuresOf(record);
  for (const { configuration, says, how, reference, known } of exposures) {
    const sign = known === undefined ? paint(['bold', 'red'], '✗ exposed  ') : paint('yellow', '! known    ');
    say(`  ${sign}${configuration}: ${says}  ${paint('gray', how)}`);
    for (const more of [reference, known]) if (more !== undefined) say(`             ${paint('gray', more)}`);
  }
  for (const { id } of record.configurations) {
    const { exposed, contained } = securityCounts(record, id);
    if (exposed === 0 && contained > 0)
      say(`  ${paint('green', '✓ contained')}${id}: ${contained} ways in`.replace('contained', 'contained '));
  }
}

/** What clients lose when a container or its engine restarts. It is not promised, and does not fail. */
function overTime({ engine, configurations }: ContainersRecord): void {
  const found = configurations.flatMap((one) => timeFindings(one, engine));
  if (found.length === 0) return;
  say(`\n${paint('bold', `${engine.name} ${engine.version}: what clients lose over time`)}`);
  for (const { configuration, says, reference } of found) {
    say(`  ${paint('yellow', '! lost   ')}${configuration}: ${says}`);
    say(`           ${paint('gray', reference ?? 'none known')}`);
  }
}

function promises({ engine, promises: list }: ContainersRecord): void {
  const broken = list.filter(isBroken);
  const kept = list.length - broken.length;
  say(`\n${paint('bold', `${engine.name}: what its documents promise`)}  (${kept} kept, ${broken.length} broken)`);
  for (const { id, says, source, broken: all, deviation } of broken) {
    say(`  ${deviation === undefined ? paint('red', '✗ broken ') : paint('yellow', '! known  ')}${id}: ${says}`);
    say(`           ${paint('gray', deviation ?? source)}`);
    for (const one of all.slice(0, MOST)) say(`           ${one}`);
    if (all.length > MOST) say(`           and ${all.length - MOST} more`);
  }
}

function changes({ record, changes: list, last }: Judged): void {
  if (last === null) return;
  const when = last.started.slice(0, 10);
  if (list.length === 0) {
    say(`  ${paint('gray', `nothing differs from the record of ${when}`)}`);
    return;
  }
  const questions = list.reduce((sum, { what }) => sum + what.length, 0);
  say(`\n${paint('bold', `${record.engine.name}: what differs from the record of ${when}`)}  (${questions})`);
  for (const { configuration, was, is, what, who } of list.slice(0, MOST)) {
    say(`  ${paint('yellow', '≠')} ${configuration}, ${counted(what.length, 'question')}: was ${was}, is ${is}`);
    say(`    ${paint('gray', what.length === 1 ? what.join('') : few(who, MOST_WHO))}`);
  }
  if (list.length > MOST) say(`    and ${list.length - MOST} more`);
}

function grid(configuration: ConfigurationRecord): void {
  if (configuration.rows.length === 0) return;
  say(`\n${paint('bold', configuration.id)}  ${configuration.title}`);
  const { head, rows } = publishedGrid(configuration);
  for (const line of inColumns([head, ...rows])) say(`  ${line}`);
  for (const [where, why] of Object.entries(configuration.refusals)) say(`  not published on ${where}: ${why}`);
}

function counts(judged: readonly Judged[]): void {
  const all = judged.flatMap(({ record }) => record.security);
  const exposed = all.filter(({ verdict }) => verdict === 'exposed');
  const known = exposed.filter((one) => one.known !== undefined).length;
  const words = [
    `${exposed.length - known} exposed`,
    ...(known === 0 ? [] : [`${known} known`]),
    `${all.length - exposed.length} contained`,
  ];
  say(`\n${paint('bold', words.join(', '))}`);
}
