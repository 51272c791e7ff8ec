import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { serveOn } from './scenes.ts';
import { answerer, ask, open, outcomeOf, REQUEST, socketName } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

const IMPOSTOR = 'impostor: Your data was 23 bytes';

/** Who sends to the client without being the server, and whether the client's socket is connected to the server. */
interface Disguise {
  connected: 'yes' | 'no';
  impostor: 'other-port' | 'other-address' | 'other-host';
  family: Family;
}

/** The result: who sent each message that the client received, in order, and whether more arrived after the server's answer. */
interface Deception {
  server: Outcome;
  sent: Outcome;
  received: (string | null)[];
  rest: Outcome;
}

/** A UDP client asks a server, after an impostor has sent to the client's port what looks like the answer. */
export async function askBesideImpostor(trial: Trial, { connected, impostor, family }: Disguise): Promise<Deception> {
  const net = { protocol: 'udp', family } as const;
  const server = await serveOn(trial, net, 'server', 'external');
  const external = addressOf(trial.facts, family, 'external');
  const to = { address: external, port: trial.port };

  const client = await trial.part('client');
  const socket = client.fresh('client');
  await client.attempt(
    ...open(socket, 'udp', family, 1),
    { op: 'bind', on: socket, address: external, port: 0 },
    ...(connected === 'yes' ? [{ op: 'connect', on: socket, ...to } as const] : []),
  );
  const target = await socketName(client, socket);

  // From another address and from another host, the impostor even uses the server's own port number.
  const stranger = await trial.part('impostor', { host: impostor === 'other-host' ? 'neighbour' : 'machine' });
  const kind = ({ 'other-port': 'external', 'other-address': 'second-external', 'other-host': 'neighbour' } as const)[
    impostor
  ];
  const port = impostor === 'other-port' ? await trial.anotherPort() : trial.port;
  const disguise = stranger.fresh('impostor');
  const sending = await stranger.attempt(
    ...open(disguise, 'udp', family, 1),
    { op: 'bind', on: disguise, address: addressOf(trial.facts, family, kind), port },
    { op: 'send', on: disguise, data: IMPOSTOR, to: target },
  );
  // The impostor's message takes the same way as its own question to the server. So once that question is answered, the
  // message has arrived at the client's port, where it is queued or filtered out.
  await ask(trial, stranger, { ...net, to: { address: external } });

  // The client asks only now, so the impostor's datagram is the earlier one. Once the server's answer has arrived,
  // there is nothing more to wait for.
  await client.do({ op: 'send', on: socket, data: REQUEST, ...(connected === 'yes' ? {} : { to }) });
  const received: (string | null)[] = [];
  while (received.at(-1) !== 'server') {
    const [result] = await client.do({ op: 'recv', on: socket, within: trial.patience });
    if (outcomeOf(result) !== 'ok') break;
    received.push(answerer(result?.data));
  }
  const [rest] = await client.do({ op: 'recv', on: socket });
  return { server: server.outcome, sent: outcomeOf(sending.at(-1)), received, rest: outcomeOf(rest) };
}
