import type { ContainersRecord } from '../../record/containers.ts';
import type { ChangedFact } from '../../record/difference.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { BindRecord } from '../../record/record.ts';
import { ran } from '../../containers/changes.ts';
import { few } from './words.ts';

type Entries = readonly (readonly [fact: string, value: string])[];
type Recorded = BindRecord | MatrixRecord | ContainersRecord;

/** What two records of one kind were made with, where it is not the same: the system, the lab and what was asked for. */
export function factsBetween<R extends Recorded>(before: R, after: R): ChangedFact[] {
  const configured = 'engine' in before && 'engine' in after ? configurationFacts(before, after) : [];
  return [...changedEntries(new Map(entriesOf(before)), new Map(entriesOf(after))), ...configured];
}

function changedEntries(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ChangedFact[] {
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((fact) => {
    const [was, is] = [old.get(fact) ?? 'none', now.get(fact) ?? 'none'];
    return was === is ? [] : [{ fact, was, is }];
  });
}

/** What configurations depend on, of those that both ran: said once where it changed in all of them in the same way. */
function configurationFacts(before: ContainersRecord, after: ContainersRecord): ChangedFact[] {
  const both = after.configurations.flatMap((is) => {
    const was = before.configurations.find(({ id }) => id === is.id);
    return was && ran(was) && ran(is) ? [{ id: is.id, was, is }] : [];
  });
  const found = new Map<string, { changed: ChangedFact; ids: string[] }>();
  for (const { id, was, is } of both) {
    for (const changed of changedEntries(new Map(Object.entries(was.facts)), new Map(Object.entries(is.facts)))) {
      // The engine's own version stands in the record's head.
      if (changed.fact === 'engine') continue;
      const key = JSON.stringify(changed);
      const group = found.get(key) ?? { changed, ids: [] };
      found.set(key, group);
      group.ids.push(id);
    }
  }
  return [...found.values()].map(({ changed, ids }) => ({
    ...changed,
    fact: ids.length === both.length ? changed.fact : `${changed.fact} of ${few(ids, 1)}`,
  }));
}

function entriesOf(record: Recorded): Entries {
  const { system, release, version, architecture, runtime, uid, stack = 'none' } = record.platform;
  return [
    ['system', system],
    ['release', release],
    ['version', version],
    ['architecture', architecture],
    ['stack', stack],
    ['runtime', runtime],
    ['uid', String(uid ?? 'none')],
    ...('lab' in record ? labEntries(record.lab) : []),
    ...settingEntries(record),
    ['bindspec', record.bindspec],
  ];
}

function labEntries({ lab, addresses, missing }: BindRecord['lab']): Entries {
  const named = Object.entries(addresses).flatMap(([family, list]) =>
    Object.entries(list).map(([kind, address]) => [`${kind} ${family}`, address] as const),
  );
  return [['lab', lab], ['lacking', Object.keys(missing).toSorted().join(', ') || 'nothing'], ...named];
}

function settingEntries(record: Recorded): Entries {
  if ('engine' in record) {
    return [['engine', `${record.engine.name} ${record.engine.version}`]];
  }
  if ('cells' in record) {
    const { selectors, patience, fresh } = record.settings;
    return [
      ['selectors', selectors.join(' ') || 'everything'],
      ['patience', `${patience} ms`],
      ['fresh agents', fresh ? 'yes' : 'no'],
    ];
  }
  const { model, asked } = record.settings;
  const axes = Object.entries(asked).map(([axis, value]) => `--${axis} ${value}`);
  return [
    ['model', model],
    ['pairs', axes.join(' ') || 'everything'],
  ];
}
