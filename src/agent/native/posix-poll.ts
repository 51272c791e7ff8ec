import { lazily, type Posix } from './posix-messages.ts';
import { POLLED, type Native } from './types.ts';

// From poll.h; the numbers are the same on Linux, macOS and the BSDs.
const POLLIN = 0x001;
const POLLOUT = 0x004;
const POLLERR = 0x008;
const POLLHUP = 0x010;
/** `struct pollfd` has a descriptor, the events that are asked for, and those that are there: in units of two bytes. */
const POLLFD = 4;
const EVENTS = 2;
const THERE = 3;

/** poll() of many descriptors at once, without waiting. The call passes over a negative descriptor. */
export function readyOf({ call, returned, errnoName }: Posix): Native['ready'] {
  const poll = lazily(() => call('int poll(void *, unsigned long, int)'));
  return (fds) => {
    const shorts = new Int16Array(fds.length * POLLFD);
    const descriptors = new Int32Array(shorts.buffer);
    for (let at = 0; at < fds.length; at += 1) {
      descriptors[at * 2] = fds[at] ?? -1;
      shorts[at * POLLFD + EVENTS] = POLLIN | POLLOUT;
    }
    const found = new Uint8Array(fds.length);
    if (fds.length === 0) return found;
    const code = returned(poll()(shorts, fds.length, 0));
    if (code < 0) throw new Error(`poll() of ${fds.length} descriptors returned ${errnoName(-code)}`);
    for (let at = 0; at < found.length; at += 1) {
      const there = shorts[at * POLLFD + THERE] ?? 0;
      found[at] =
        ((there & POLLIN) === 0 ? 0 : POLLED.readable) |
        ((there & POLLOUT) === 0 ? 0 : POLLED.writable) |
        ((there & (POLLERR | POLLHUP)) === 0 ? 0 : POLLED.failed);
    }
    return found;
  };
}
