import type { Options } from '../model/types.ts';
import type { PortAnswer } from '../port/report.ts';
import type { WantedPort } from '../port/wanted-ports.ts';
import { UserError } from './exit.ts';

/** What the tools of another system than Linux tell of ports. @throws UserError */
export async function foreignReports(
  _wanted: readonly WantedPort[],
  _options: Options | undefined,
): Promise<PortAnswer[]> {
  throw new UserError('bindspec port reads the tables of Linux; on this system pipe a listing into bindspec explain');
}
