import { PORT_CASES } from '../../../containers/ports.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { Pace } from '../ask-all.ts';
import { some } from '../scene.ts';
import { PORT_NETWORKS, type PortsAround } from './around.ts';
import { askCase } from './case.ts';
import { ordinaryUser } from './ordinary-user.ts';
import { askNames } from './names.ts';

type Ports = NonNullable<ConfigurationRecord['ports']>;
type PortCases = Ports['cases'];

/** Asks what an engine does with numbers of ports, and what names are in its containers. @throws EngineFailed, HarnessError */
export async function askPorts(around: Omit<PortsAround, 'pace'>): Promise<Ports> {
  const all: PortsAround = { ...around, pace: new Pace() };
  const { host, configuration } = all;
  if (configuration.mode === 'bridge') for (const network of PORT_NETWORKS) await host.engine.createNetwork(network);
  const cases: PortCases = [];
  const names: Ports['names'] = [];
  let ordinary: Ports['ordinary'] = [];
  const jobs = PORT_CASES.flatMap((one, place) =>
    one.remedy === undefined
      ? [
          async () => {
            cases[place] = await askCase(all, one, place);
          },
        ]
      : [],
  );
  await some([
    async () => {
      names.push(...(await askNames(all)));
    },
    async () => {
      ordinary = await ordinaryUser(all);
    },
    ...jobs,
  ]);
  // What is done on the host would change the other cases.
  for (const [place, one] of PORT_CASES.entries()) {
    const refused = cases.find(({ name }) => name === one.remedy?.of)?.refusal;
    if (one.remedy === undefined || refused === undefined) continue;
    await host.shell(`echo ${one.remedy.value} >/proc/sys/${one.remedy.setting}`);
    cases[place] = await askCase(all, one, place);
  }
  return { ordinary, cases: cases.filter((one) => one !== undefined), names };
}
