import { HarnessError } from '../harness/harness-error.ts';
import type { Operation } from '../protocol/messages.ts';
import { onFirstProcessor } from './processor.ts';
import { open, socketName } from './talk.ts';
import { addressOf, type Part, type Trial } from './trial.ts';

/**
 * A dual-stack UDP socket connects to a sender over IPv6 and disconnects; a socket on 0.0.0.0 has the same port. Everything
 * is sent by one process that stays on one processor. Returns who receives over IPv4, after the first socket received from
 * its former peer, if that `received`.
 */
export async function rememberedPeerOnProcessor(trial: Trial, received: boolean): Promise<{ overIPv4: string }> {
  const client = await trial.part('client');
  return onFirstProcessor(trial, client, () => rememberedPeer(trial, client, received));
}

async function rememberedPeer(trial: Trial, client: Part, received: boolean): Promise<{ overIPv4: string }> {
  const { port } = trial;
  await client.do({ op: 'socket', as: 'four', family: 'inet', type: 'dgram' });
  const six = addressOf(trial.facts, 'inet6', 'loopback');
  await client.attempt(...open('six', 'udp', 'inet6', 1), { op: 'bind', on: 'six', address: six, port: 0 });
  const peer = await socketName(client, 'six');

  const bind = (family: 'inet' | 'inet6', address: string): Operation[] => [
    ...open('socket', 'udp', family, 0),
    { op: 'setsockopt', on: 'socket', option: 'SO_REUSEADDR', value: 1 },
    { op: 'bind', on: 'socket', address, port },
  ];
  const dual = await trial.part('dual');
  const inet = await trial.part('inet');
  const made = [
    ...(await dual.attempt(...bind('inet6', '::'))),
    ...(await inet.attempt(...bind('inet', '0.0.0.0'))),
    ...(await dual.attempt({ op: 'connect', on: 'socket', ...peer }, { op: 'disconnect', on: 'socket' })),
  ];
  const failed = made.find(({ outcome }) => outcome !== 'ok');
  if (failed !== undefined) throw new HarnessError(`the sockets could not be made ready: ${failed.outcome}`);
  if (received) await client.do({ op: 'send', on: 'six', data: 'six', to: { address: six, port } });
  const to = { address: addressOf(trial.facts, 'inet', 'loopback'), port };
  await client.do({ op: 'send', on: 'four', data: 'four', to });

  const [atInet] = await inet.do({ op: 'drain', on: 'socket' });
  const [atDual] = await dual.do({ op: 'drain', on: 'socket' });
  return { overIPv4: atDual?.counts?.['four'] === 1 ? 'dual' : atInet?.counts?.['four'] === 1 ? 'inet' : 'no one' };
}
