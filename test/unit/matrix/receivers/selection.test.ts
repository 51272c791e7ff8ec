import { describe, expect, test } from 'vitest';
import { receiverCommand } from '../../../../src/matrix/receivers/blocks.ts';
import { spellStates } from '../../../../src/matrix/receivers/axes.ts';
import { plan } from './lab.ts';

const cornersOf = (asked: Parameters<typeof plan>[0]) =>
  plan(asked).blocks.map(
    ({ protocol, states, uid, devices }) => `${protocol} ${spellStates(states)} ${uid} ${devices}`,
  );

describe('the pairs whose receivers are asked for', () => {
  test('all states of both, both owners, and all devices where neither is connected', () => {
    const all = cornersOf({});
    expect(all).toHaveLength((9 + 4) * 2 + 2 * 15);
    expect(all).toContain('udp connected-out/connected different none/none');
    expect(all).toContain('tcp listening/listening same eth1/eth0');
    expect(all).not.toContain('udp bound/connected same lo/none');
  });

  test('the sockets that can be in a state', () => {
    const [bound] = plan({ protocol: 'udp', state: 'bound/connected', uid: 'same', devices: 'none/none' }).blocks;
    expect([bound?.first.length, bound?.second.length]).toEqual([52, 56]);
    const [out] = plan({ protocol: 'udp', state: 'connected-out/bound', uid: 'same', devices: 'none/none' }).blocks;
    const names = new Set(out?.first.map(({ name }) => name.text));
    expect([...names].filter((name) => name.includes('127.0.0.'))).toEqual([]);
    expect(names).toContain('::ffff:0.0.0.0');
  });

  test.each([
    [{ state: 'open/bound' }, "unknown state 'open/bound'; it is one of bound/bound"],
    [{ protocol: 'tcp', state: 'bound/connected' }, 'no tcp pair is bound/connected: it is one of bound/bound'],
    [{ devices: 'lo/wlan0' }, "unknown devices 'lo/wlan0'"],
    [{ devices: 'lo/none', state: 'connected/bound' }, 'pairs with devices are of one user'],
    [{ first: '127.0.0.1', state: 'connected-out/bound' }, "no pair is left: '127.0.0.1' and 'any socket' can't be"],
    [{ first: '10.0.0.1' }, "the netns lab has no address '10.0.0.1'"],
  ])('%j is refused in one line', (asked, message) => {
    expect(() => plan(asked)).toThrow(message);
  });

  test('a command runs one pair again', () => {
    const [block] = plan({ protocol: 'udp', state: 'bound/connected', devices: 'none/none', uid: 'same' }).blocks;
    expect(block && receiverCommand(block, '0.0.0.0 A', ':: dual over4 A', ['--lab', 'netns'])).toBe(
      "npx bindspec matrix --receivers --protocol udp --state bound/connected --first '0.0.0.0 A' --second ':: dual over4 A' --uid same --lab netns --no-reports",
    );
  });
});
