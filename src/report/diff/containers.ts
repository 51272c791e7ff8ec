import type { ContainersRecord } from '../../record/containers.ts';
import type { ContainersDifference } from '../../record/difference.ts';
import { isBroken } from '../../containers/promises.ts';
import { changesBetween, groupChanges, ran } from '../../containers/changes.ts';

/** What differs between two records of containers: what was asked, and what is exposed or promised. */
export function diffContainers(before: ContainersRecord, after: ContainersRecord): ContainersDifference {
  const { both, changes, unasked } = changesBetween(before, after);
  const ids = ({ configurations }: ContainersRecord) => configurations.filter(ran).map(({ id }) => id);
  const [old, now] = [ids(before), ids(after)];
  return {
    both,
    different: changes.length,
    changes: groupChanges(changes),
    verdicts: verdicts(before, after),
    appeared: now.filter((id) => !old.includes(id)),
    gone: old.filter((id) => !now.includes(id)),
    unasked,
  };
}

function verdicts(before: ContainersRecord, after: ContainersRecord): ContainersDifference['verdicts'] {
  const ways = (record: ContainersRecord) => new Map(record.security.map((one) => [one.id, one.verdict as string]));
  const promises = (record: ContainersRecord) =>
    new Map(record.promises.map((one) => [one.id, isBroken(one) ? 'broken' : 'kept']));
  const [old, kept] = [ways(before), promises(before)];
  const changed = (id: string, says: string, was: string | undefined, is: string) =>
    was === undefined || was === is ? [] : [{ what: id, says, was, is }];
  return [
    ...after.security.flatMap(({ id, says, verdict }) => changed(id, says, old.get(id), verdict)),
    ...after.promises.flatMap((one) => changed(one.id, one.says, kept.get(one.id), isBroken(one) ? 'broken' : 'kept')),
  ];
}
