import os from 'node:os';
import process from 'node:process';
import { readSettings } from '../explain/reader/settings.ts';
import { modelNamed } from '../model/index.ts';
import type { Options } from '../model/types.ts';
import { excludedIn, listedSockets } from '../port/foreign.ts';
import { reportOf } from '../port/judge.ts';
import type { PortAnswer } from '../port/report.ts';
import type { WantedPort } from '../port/wanted-ports.ts';
import { askTools, ToolFailed } from '../runner/port/ask-tools.ts';
import { UserError } from './exit.ts';

/** What the tools of another system than Linux tell of ports. @throws UserError */
export async function foreignReports(
  wanted: readonly WantedPort[],
  options: Options | undefined,
): Promise<PortAnswer[]> {
  const model = modelNamed(process.platform === 'win32' ? 'windows' : process.platform);
  if (model === null) throw new UserError(`bindspec has no model of '${process.platform}'`);
  const { listing, excluded } = await asked();
  const all = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  const addresses = all.map(({ address }) => address).filter((address) => !/^fe[89ab]/i.test(address));
  return wanted.map((one) => {
    const { settings: given, note } = excludedIn(excluded, one);
    const settings = readSettings([`addresses=${addresses.join(',')}`], given);
    return reportOf({
      ...one,
      system: model.name,
      sockets: [],
      present: listedSockets(listing, one),
      elsewhere: [],
      firewall: { rules: [], unread: [] },
      host: { ...settings.hosts[model.name], addresses },
      machine: { settings },
      uid: process.getuid?.(),
      chosen: null,
      more: [
        ...(note === undefined ? [] : [note]),
        `Read from the listing of this system; bindspec port has not been run on ${model.title} yet.`,
      ],
      ...(options === undefined ? {} : { options }),
    });
  });
}

async function asked() {
  try {
    return await askTools(process.platform);
  } catch (error) {
    if (error instanceof ToolFailed) throw new UserError(error.message);
    throw error;
  }
}
