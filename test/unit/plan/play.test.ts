import { describe, expect, it } from 'vitest';
import { playAll } from '../../../src/plan/lockstep.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import type { Operation } from '../../../src/protocol/messages.ts';
import { HarnessError } from '../../../src/harness/harness-error.ts';
import { answering, playOf } from '../explore/fixture.ts';

/** Plays a sequence on a system that gives these answers. */
async function played(text: string, ...answers: string[]) {
  const play = playOf(parsePlan(text));
  await playAll([play], answering(answers));
  return play;
}

describe('playing a sequence', () => {
  it('reports no mismatch while the system does as the model allows', async () => {
    const play = await played('udp: bind s1 0.0.0.0; bind s2 127.0.0.1; close s1; rebind s2', 'ok', 'EADDRINUSE', 'ok');
    expect(play.mismatch).toBe(false);
    expect(play.played.map(({ outcome }) => outcome)).toEqual(['ok', 'EADDRINUSE', 'ok', 'ok']);
  });

  it('ends with the first answer that the model does not allow, and says which rule was wrong', async () => {
    const play = await played('udp: bind s1 0.0.0.0; bind s2 127.0.0.1; close s1', 'ok', 'ok');
    expect(play.mismatch).toBe(true);
    expect(play.played).toHaveLength(2);
    expect(play.played[1]?.prediction).toMatchObject({ outcomes: ['EADDRINUSE'], rule: 'linux/udp-conflict' });
  });

  it('goes on with what happened, also where the model expected something else', async () => {
    const play = await played('udp: bind s1 0.0.0.0; bind s2 127.0.0.1', 'EADDRINUSE');
    expect(play.mismatch).toBe(true);
    expect(play.played).toHaveLength(1);
  });

  it('leaves out what can not be done as things are', async () => {
    const play = await played(
      'tcp: bind s1 0.0.0.0; bind s2 0.0.0.0; listen s2; connect s2 127.0.0.1; close s2',
      'ok',
      'EADDRINUSE',
    );
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'bind', 'close']);
  });

  it('takes the port that connect() chose as that of the plan, and gives it up with the connection', async () => {
    const play = playOf(
      parsePlan('tcp: open s1 inet; connect s1 127.0.0.1; bind s2 127.0.0.1; disconnect s1; bind s1 0.0.0.0'),
    );
    const ports: number[] = [];
    const names = ['127.0.0.1 43210'];
    const answers = ['EADDRINUSE', 'ok'];
    await playAll([play], async (_, operations) =>
      operations.map((operation) => {
        if (operation.op === 'getsockname') return names.shift() ?? 'ENOTCONN';
        if (operation.op !== 'bind') return 'ok';
        ports.push(operation.port);
        return answers.shift() ?? 'ok';
      }),
    );
    expect(play.mismatch).toBe(false);
    expect(ports).toEqual([43_210, 43_210]);
    expect(play.played.map(({ prediction }) => prediction.rule)).toEqual([
      undefined,
      'linux/free',
      'linux/tcp-conflict',
      'linux/autobound-released',
      'linux/free',
    ]);
  });

  it('leaves a state by closing first, and only then the other end', async () => {
    const all = async (text: string, quickAck: boolean) => {
      const play = playOf(parsePlan(text), 'linux', undefined, quickAck);
      const asked: string[] = [];
      await playAll([play], async (part, operations) => {
        asked.push(...operations.map(({ op }) => `${part} ${op}`));
        return operations.map(({ op }) => (op === 'getsockname' ? '127.0.0.1 20000' : 'ok'));
      });
      return asked.slice(asked.indexOf('1 close'));
    };
    const begin = 'tcp: bind s1 0.0.0.0; listen s1; accept s2 from s1 at 127.0.0.1; close s2 leaving';
    expect(await all(`${begin} time-wait`, true)).toEqual(['1 close', 'peer poll', 'peer close']);
    expect(await all(`${begin} fin-wait-2`, true)).toEqual(['1 close', 'peer poll', 'peer setsockopt']);
    expect(await all(`${begin} fin-wait-2`, false)).toEqual(['1 close', 'peer poll']);
  });

  it('disconnects on macOS by the call that does it there, and asks the model about that call', async () => {
    const plan = parsePlan('udp: bind s1 127.0.0.1; connect s1 127.0.0.1; disconnect s1');
    for (const disconnects of [undefined, 'disconnectx'] as const) {
      const play = playOf(plan, 'darwin', undefined, true, disconnects);
      const asked: Operation[] = [];
      await playAll([play], async (_, operations) => {
        asked.push(...operations);
        return operations.map(({ op }) => (op === 'getsockname' ? '127.0.0.1 20000' : 'ok'));
      });
      expect(asked.at(-1)).toEqual({
        op: 'disconnect',
        on: 's1',
        ...(disconnects === undefined ? {} : { by: disconnects }),
      });
      // connect() to AF_UNSPEC dissolves the connection there, and returns an error.
      expect(play.mismatch).toBe(disconnects === undefined);
    }
  });

  it('does not close the connection of a socket that is tied to where the other end is not', async () => {
    const text =
      'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; set s1 dev=eth0; close s1 leaving time-wait; peer-close s1';
    const play = playOf(parsePlan(text), 'linux', { lo: ['127.0.0.1'], eth0: ['192.168.5.130'] });
    await playAll([play], answering([]));
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'connect', 'set']);
  });

  it('does not connect from an address that a refused connect() left, if the socket is tied to where that is not', async () => {
    const text =
      'tcp: bind s1 ::ffff:0.0.0.0; connect s1 192.168.5.130:1; set s1 dev=lo; connect s1 127.0.0.1; close s1';
    const play = playOf(parsePlan(text), 'linux', { lo: ['127.0.0.1'], eth0: ['192.168.5.130'] });
    await playAll([play], async (_, operations) =>
      operations.map(({ op }) =>
        op === 'getsockname' ? '::ffff:192.168.5.130 20000' : op === 'connect' ? 'ECONNREFUSED' : 'ok',
      ),
    );
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'connect', 'set', 'close']);
  });

  it('lets no one connect to a listener that had a peer once', async () => {
    const play = await played(
      'tcp: bind s1 ::ffff:0.0.0.0; connect s1 127.0.0.1; disconnect s1; listen s1; accept s2 from s1 at 192.168.5.130',
    );
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'connect', 'disconnect', 'listen']);
  });

  it('ends a connect() to a port that the plan names as a blocking call would end', async () => {
    const play = playOf(parsePlan('tcp: bind s1 0.0.0.0; connect s1 127.0.0.1:1'));
    const asked: Operation[] = [];
    await playAll([play], async (_, operations) => {
      asked.push(...operations);
      return operations.map(({ op }) => (op === 'connect' ? 'ECONNREFUSED' : 'ok'));
    });
    expect(asked.find(({ op }) => op === 'connect')).toMatchObject({ port: 1, ends: true });
    expect(play.mismatch).toBe(false);
  });

  it('lets no one connect to a listener whose own connect() failed, which may have changed its address', async () => {
    const play = playOf(
      parsePlan('tcp: bind s1 0.0.0.0; connect s1 127.0.0.1:1; listen s1; accept s2 from s1 at 127.0.0.2'),
    );
    await playAll([play], async (_, operations) =>
      operations.map(({ op }) => (op === 'connect' ? 'ECONNREFUSED' : 'ok')),
    );
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'connect', 'listen']);
  });

  it('lets no tied TCP socket connect to an address of another interface', async () => {
    const plan = parsePlan('tcp: bind s1 0.0.0.0 dev=eth0; connect s1 127.0.0.1; connect s1 192.168.5.130');
    const play = playOf(plan, 'linux', { lo: ['127.0.0.1'], eth0: ['192.168.5.130'] });
    await playAll([play], answering([]));
    expect(play.played.map(({ step }) => ('to' in step ? step.to : step.op))).toEqual(['bind', '192.168.5.130']);
  });

  it('lets no one connect where two listen', async () => {
    const play = await played(
      'tcp: bind s1 0.0.0.0; bind s2 ::1; listen s1; accept s3 from s1 at 127.0.0.1; listen s2; accept s4 from s1 at 127.0.0.1',
    );
    expect(play.played.map(({ step }) => step.op)).toEqual(['bind', 'bind', 'listen', 'accept', 'listen']);
  });

  it('closes a TCP connection by a reset, also at the end', async () => {
    const calls: Operation[] = [];
    const play = playOf(
      parsePlan('tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; close s1; bind s2 0.0.0.0; connect s2 127.0.0.1'),
    );
    await playAll([play], async (part, operations) => {
      calls.push(...operations);
      return answering([])(part, operations);
    });
    expect(calls.map(({ op }) => op).join(' ')).toBe(
      'socket bind connect getsockname close socket bind connect getsockname',
    );
    expect(calls.find(({ op }) => op === 'close')).toEqual({ op: 'close', on: 's1', reset: true });
    expect(play.cleaning()).toEqual([{ owner: 1, operation: { op: 'close', on: 's2', reset: true } }]);
  });

  it('goes on with a connection that is not made, and waits less for one that the model says is never made', async () => {
    const play = playOf(
      parsePlan('tcp: bind s1 ::; connect s1 127.0.0.1; disconnect s1; connect s1 ::1; disconnect s1; bind s2 ::1'),
    );
    const patience: (number | undefined)[] = [];
    await playAll([play], async (_, operations) =>
      operations.map((operation) => {
        if (operation.op === 'getsockname') return patience.length === 1 ? '::ffff:127.0.0.1 20000' : '::1 20000';
        if (operation.op !== 'connect') return operation.op === 'bind' && operation.on === 's2' ? 'EADDRINUSE' : 'ok';
        patience.push(operation.within);
        return patience.length === 1 ? 'ok' : 'silence';
      }),
    );
    expect(play.mismatch).toBe(false);
    expect(play.played.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'EINPROGRESS', 'ok', 'EADDRINUSE']);
    expect(play.played[3]?.prediction.rule).toBe('linux/connect-after-ipv4');
    expect(patience[1]).toBeLessThan(patience[0] ?? 0);
  });

  it('takes a connection that no one expected not to be made for a mismatch, not for the end of the run', async () => {
    const stuck = playOf(parsePlan('tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; bind s2 127.0.0.1'));
    const other = playOf(parsePlan('tcp: bind s1 0.0.0.0; bind s2 127.0.0.1'));
    await playAll([stuck, other], async (_, operations) =>
      operations.map(({ op }) => (op === 'connect' ? 'silence' : op === 'getsockname' ? '127.0.0.1 20000' : 'ok')),
    );
    expect(stuck.played.map(({ outcome }) => outcome)).toEqual(['ok', 'EINPROGRESS']);
    expect(stuck.mismatch).toBe(true);
    expect(other.played).toHaveLength(2);
  });

  it('takes a failure of the other end for the outcome of the step that needs it', async () => {
    const before = playOf(parsePlan('tcp: bind s1 0.0.0.0; listen s1; accept s2 from s1 at 127.0.0.1; close s1'));
    await playAll([before], async (part, operations) =>
      operations.map(({ op }) => (part === 'peer' && op === 'connect' ? 'ECONNREFUSED' : 'ok')),
    );
    expect(before.played.at(-1)).toMatchObject({
      step: { op: 'accept' },
      outcome: 'connect of the other end: ECONNREFUSED',
    });
    expect(before.mismatch).toBe(true);
    const after = playOf(
      parsePlan('tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; close s1 leaving time-wait; bind s2 ::1'),
    );
    await playAll([after], async (part, operations) =>
      operations.map(({ op }) => (part === 'peer' && op === 'poll' ? 'silence' : 'ok')),
    );
    expect(after.played.at(-1)).toMatchObject({ step: { op: 'close' }, outcome: 'poll of the other end: silence' });
    expect(after.mismatch).toBe(true);
  });

  it("blames the harness for what is not the system's answer", async () => {
    const play = playOf(parsePlan('udp: bind s1 ::1 reuseport'));
    const failing = playAll([play], async (_, operations) =>
      operations.map(({ op }) => (op === 'setsockopt' ? 'EPERM' : 'ok')),
    );
    await expect(failing).rejects.toThrow(HarnessError);
    await expect(failing).rejects.toThrow("setsockopt returned EPERM, while playing 'udp: bind s1 ::1 reuseport'");
  });

  it("takes Windows' names for the errors of others", async () => {
    const play = playOf(parsePlan('udp: bind s1 127.0.0.1; bind s2 127.0.0.1'), 'windows');
    await playAll([play], answering(['ok', 'EADDRINUSE']));
    expect(play.mismatch).toBe(false);
  });

  it("does one owner's step before the other's, in every sequence", async () => {
    const order: string[] = [];
    const plays = [
      playOf(parsePlan('udp: bind s1 127.0.0.1; bind s2@2 127.0.0.2; bind s3 127.0.0.3')),
      playOf(parsePlan('udp: bind s4@2 127.0.0.1; bind s5 127.0.0.2')),
    ];
    await playAll(plays, async (part, operations) => {
      for (const operation of operations) if (operation.op === 'bind') order.push(`${part}:${operation.on}`);
      return operations.map(() => 'ok');
    });
    expect(order).toEqual(['1:s1', '2:s4', '1:s5', '2:s2', '1:s3']);
  });
});
