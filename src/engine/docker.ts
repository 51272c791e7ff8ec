import { z } from 'zod';
import { clientOf, type Dialect } from './client.ts';
import { EngineFailed, type Engine, type EngineFacts } from './engine.ts';
import { Unavailable } from '../process/unavailable.ts';

const text = z.string();
const info = z.object({
  ServerVersion: text,
  KernelVersion: text.optional(),
  DefaultRuntime: text.optional(),
  SecurityOptions: z.array(text).nullish(),
  FirewallBackend: z.object({ Driver: text.optional() }).nullish(),
});

/** Docker by its client; `client` are the words its commands begin with, `where` names it in messages. */
export function docker(client: readonly string[], where = 'docker'): Engine {
  const dialect: Dialect = {
    name: 'docker',
    removal: ['--force', '--volumes'],
    // The builder that needs nothing but the daemon.
    buildEnvironment: { DOCKER_BUILDKIT: '0' },
    async facts(ask): Promise<EngineFacts> {
      try {
        const { ServerVersion, KernelVersion, DefaultRuntime, SecurityOptions, FirewallBackend } = info.parse(
          JSON.parse(await ask('info', '--format', '{{json .}}')),
        );
        return {
          name: 'docker',
          version: ServerVersion.split('+')[0] ?? ServerVersion,
          rootless: (SecurityOptions ?? []).some((option) => option.includes('rootless')),
          network: FirewallBackend?.Driver === undefined ? 'libnetwork' : `libnetwork ${FirewallBackend.Driver}`,
          ...(DefaultRuntime === undefined ? {} : { runtime: DefaultRuntime }),
          ...(KernelVersion === undefined ? {} : { kernel: KernelVersion }),
          helpers: {},
        };
      } catch (error) {
        const why = error instanceof EngineFailed ? error.message : 'its answer can not be read';
        throw new Unavailable(`${where} does not answer: ${why}`, 'check that its daemon runs');
      }
    },
  };
  return clientOf(dialect, client);
}
