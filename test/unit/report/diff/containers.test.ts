import { describe, expect, it } from 'vitest';
import type { PromiseRecord } from '../../../../src/record/containers.ts';
import { diff } from '../../../../src/report/diff/diff.ts';
import { configurationRecord, containersRecord } from '../../../support/containers.ts';

function record(outcome: string, broken: string[] = []) {
  const configuration = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
    { published: 'every', bind: '::', socket: 'tcp', came: { 'host lan': outcome } },
  ]);
  const promise: PromiseRecord = {
    id: 'docker/proxy/published/every',
    configuration: 'docker/proxy',
    says: 'it is reached',
    source: 'a document',
    known: 'vendor',
    held: 3,
    broken,
  };
  return containersRecord([configuration], { promises: [promise] });
}

function differenceOf(before: ReturnType<typeof record>, after: ReturnType<typeof record>) {
  const read = (one: ReturnType<typeof record>, file: string) => ({ file, record: one });
  return diff({ containers: { before: read(before, 'one.json'), after: read(after, 'other.json') } }, '0.1.0');
}

describe('two records of containers', () => {
  it('differ where one question has another outcome', () => {
    const difference = differenceOf(record('answered'), record('refused'));
    expect(difference.differs).toBe(true);
    expect(difference.containers).toMatchObject({ both: 1, different: 1 });
  });

  it('do not differ where all outcomes are the same', () => {
    expect(differenceOf(record('answered'), record('answered')).differs).toBe(false);
  });

  it('tell of a promise that one question of several breaks', () => {
    const { containers } = differenceOf(record('answered'), record('answered', ['neighbour by lan: refused']));
    expect(containers?.verdicts).toEqual([
      { what: 'docker/proxy/published/every', says: 'it is reached', was: 'kept', is: 'broken' },
    ]);
  });

  it('do not tell of a verdict that only one of them has', () => {
    const [before, after] = [record('answered'), record('answered', ['host lan: refused'])];
    expect(differenceOf({ ...before, promises: [] }, after).containers?.verdicts).toEqual([]);
  });

  it('name a fact once where it changed in every configuration, and otherwise with its configurations', () => {
    const facts = (one: Record<string, string>, other: Record<string, string>) => {
      const [configuration] = record('answered').configurations;
      if (configuration === undefined) throw new Error('the record has no configuration');
      return containersRecord([
        { ...configuration, facts: { engine: `docker ${one['iptables']}`, ...one } },
        { ...configuration, id: 'docker/no-proxy', facts: other },
      ]);
    };
    const [old, recent] = [{ iptables: '1.8.9' }, { iptables: '1.8.11' }];
    expect(differenceOf(facts(old, old), facts(recent, recent)).facts).toEqual([
      { fact: 'iptables', was: '1.8.9', is: '1.8.11' },
    ]);
    expect(differenceOf(facts(old, old), facts(recent, old)).facts).toEqual([
      { fact: 'iptables of docker/proxy', was: '1.8.9', is: '1.8.11' },
    ]);
  });
});
