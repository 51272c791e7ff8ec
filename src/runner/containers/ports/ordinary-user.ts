import { AgentProcess } from '../../../harness/agent-process.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import { agentCommand } from '../../../lab/agent-command.ts';
import { LOW_PORT } from '../../../containers/ports.ts';
import { TCP_AND_UDP } from '../../../containers/cases.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { start } from '../scene.ts';
import { binding } from '../serving.ts';
import { networkOfCase, type PortsAround } from './around.ts';

type Binds = NonNullable<ConfigurationRecord['ports']>['ordinary'];

/** The number of a user that has no capability in the container, as an image names one by `USER 1000`. */
const USER = 1000;
const AS_ORDINARY_USER = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--'];

/** What bind() returns to an ordinary user in a container for a port below 1024. Empty where none can be started. */
export async function ordinaryUser({ host, configuration, engine, agents }: PortsAround): Promise<Binds> {
  const name = 'ports-ordinary';
  const { pid } = await start(host, name, networkOfCase(configuration, false));
  try {
    const command = [...host.launchIn(pid, engine.rootless), ...AS_ORDINARY_USER, ...agentCommand()];
    const { agent } = await AgentProcess.start({ command, title: 'the agent of an ordinary user' });
    agents.push(agent);
    const found: Binds = [];
    for (const protocol of TCP_AND_UDP) {
      const place = { on: `low ${protocol}`, protocol, family: 'inet', address: '0.0.0.0', port: LOW_PORT } as const;
      const results = await agent.ask(binding(place), true);
      const outcome = results.find((one) => one.outcome !== 'ok')?.outcome ?? 'ok';
      found.push({ protocol, port: LOW_PORT, outcome });
    }
    await agent.end();
    return found;
  } catch (error) {
    // Such a user can't read a package that lies in another's home.
    if (error instanceof HarnessError) return [];
    throw error;
  } finally {
    await host.engine.remove([name]).catch(() => undefined);
  }
}
