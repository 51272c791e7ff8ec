/**
 * The serial lines of a guest, by what they carry. A kernel's own messages go to the last, where no one reads along.
 */
export const LINES = { stdout: 'ttyS0', stderr: 'ttyS1', result: 'ttyS2', console: 'ttyS3' } as const;

/** What the guest says on the line of results when it is up; the result follows later. */
export const READY = 'ready\n';

/** Where the package lies in the guest. */
export const GUEST_PACKAGE = '/bindspec';
/** What the guest is asked to do, as JSON. */
export const GUEST_REQUEST = '/request.json';
/** Where the kernel modules that the guest loads lie, in the order of their names. */
export const MODULES = '/modules';

/**
 * The first process of a guest: it mounts what programs expect, makes the serial lines transparent, and starts Node; its
 * waiting for that reaps whatever is orphaned. When it ends the kernel panics, and `panic=-1` then ends the machine, so
 * that a guest ends however its bindspec ended. Draining is what `stty` does before it sets a line: what Node printed
 * last is not lost.
 */
export const INIT = `#!/bin/sh
export PATH=/bin HOME=/tmp
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
exec </dev/null >/dev/${LINES.stdout} 2>/dev/${LINES.stderr} 3>/dev/${LINES.result}
for line in ${LINES.stdout} ${LINES.stderr} ${LINES.result}; do stty -F /dev/$line raw -echo; done
ip link set lo up
printf '${READY.replace('\n', '\\n')}' >&3
cd /tmp
node ${GUEST_PACKAGE}/dist/src/stack/guest/inside.js
echo "died $?" >&3
for line in ${LINES.stdout} ${LINES.stderr} ${LINES.result}; do stty -F /dev/$line raw -echo; done
`;
