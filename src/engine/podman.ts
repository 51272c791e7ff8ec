import { z } from 'zod';
import { clientOf, type Dialect } from './client.ts';
import { EngineFailed, type Engine, type EngineFacts } from './engine.ts';
import { Unavailable } from '../process/unavailable.ts';

const text = z.string();
const info = z.object({
  host: z.object({
    kernel: text.optional(),
    networkBackend: text.optional(),
    networkBackendInfo: z.object({ version: text.optional() }).optional(),
    ociRuntime: z.object({ name: text.optional(), version: text.optional() }).optional(),
    security: z.object({ rootless: z.boolean() }),
    slirp4netns: z.object({ version: text.optional() }).optional(),
    pasta: z.object({ version: text.optional() }).optional(),
    rootlessNetworkCmd: text.optional(),
  }),
  version: z.object({ Version: text }),
});

/** Podman by its client; `client` are the words its commands begin with, `where` names it in messages. */
export function podman(client: readonly string[], where = 'podman'): Engine {
  const dialect: Dialect = {
    name: 'podman',
    removal: ['--force', '--time=0', '--ignore'],
    buildEnvironment: {},
    async facts(ask): Promise<EngineFacts> {
      try {
        const { host, version } = info.parse(JSON.parse(await ask('info', '--format', 'json')));
        const backend = [host.networkBackend, /\d[\d.]*/.exec(host.networkBackendInfo?.version ?? '')?.[0]];
        const helpers = Object.entries({ slirp4netns: host.slirp4netns?.version, pasta: host.pasta?.version })
          .map(([name, told]) => [name, /\d{4}[-_]\d\d[-_]\d\d\S*|\d[\d.]+\S*/.exec(told ?? '')?.[0] ?? ''] as const)
          .filter(([, told]) => told !== '');
        return {
          name: 'podman',
          version: version.Version,
          rootless: host.security.rootless,
          ...(host.networkBackend === undefined ? {} : { network: backend.filter(Boolean).join(' ') }),
          ...(host.ociRuntime?.name === undefined ? {} : { runtime: host.ociRuntime.name }),
          ...(host.kernel === undefined ? {} : { kernel: host.kernel }),
          ...(host.security.rootless ? { rootlessNetwork: host.rootlessNetworkCmd ?? 'slirp4netns' } : {}),
          helpers: Object.fromEntries(helpers),
        };
      } catch (error) {
        const why = error instanceof EngineFailed ? error.message : 'its answer can not be read';
        throw new Unavailable(`${where} does not answer: ${why}`, 'check that `podman info` works');
      }
    },
  };
  return clientOf(dialect, client);
}
