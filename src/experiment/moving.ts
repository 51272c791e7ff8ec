import type { Family } from '../protocol/messages.ts';
import { Client } from './client.ts';
import type { Outcome } from './outcome.ts';
import { openServer } from './talk.ts';
import type { Trial } from './trial.ts';

/** A server on an address that the machine may not have, and how it is asked. */
export interface BoundOn {
  outcome: Outcome;
  /** The outcome of a request of an unbound client of the same machine; that of bind() where there is no server. */
  ask(): Promise<Outcome>;
}

/** Starts a server in a part of its own, with IP_FREEBIND or IPV6_FREEBIND where that is asked for. */
export async function boundOn(
  trial: Trial,
  name: string,
  {
    protocol,
    family,
    address,
    freebind,
    port = trial.port,
  }: { protocol: 'udp' | 'tcp'; family: Family; address: string; freebind: boolean; port?: number },
): Promise<BoundOn> {
  const net = { protocol, family };
  const server = await openServer(trial, await trial.part(name), {
    ...net,
    address,
    port,
    ...(freebind ? { options: [family === 'inet' ? ('IP_FREEBIND' as const) : ('IPV6_FREEBIND' as const)] } : {}),
  });
  const ask = async (): Promise<Outcome> => {
    if (server.outcome !== 'ok') return server.outcome;
    const client = await Client.open(trial, await trial.part('client'), { ...net, to: { address, port } });
    const answer = client.outcome === 'ok' ? (await client.ask()).outcome : client.outcome;
    await client.close();
    return answer;
  };
  return { outcome: server.outcome, ask };
}
