/** A file of host names, and the name that the host has for itself. */
export interface HostNames {
  /** The text of /etc/hosts; the resolver asks nothing else. */
  hosts: string;
  own: string;
}

/**
 * Puts the files of the resolver over those of the system, in a mount namespace of the process: the host names that it is
 * given, and nothing else that could answer. A file that the system does not have is not asked for either. The folder is
 * covered only until the files are in place.
 */
const SCRIPT = `
mount -t tmpfs none /tmp || exit
printf %s "$1" >/tmp/hosts
echo 'hosts: files' >/tmp/nsswitch.conf
: >/tmp/gai.conf
: >/tmp/resolv.conf
for file in hosts nsswitch.conf gai.conf resolv.conf; do
  [ ! -e /etc/$file ] || mount --bind /tmp/$file /etc/$file || exit
done
[ ! -d /var/run/nscd ] || mount -t tmpfs none /var/run/nscd || exit
umount -l /tmp || exit
printf %s "$2" 2>/dev/null >/proc/sys/kernel/hostname || hostname "$2" || exit
shift 2
exec "$@"
`;

/** The words before a command that start it with host names of its own. */
export function withNames({ hosts, own }: HostNames): string[] {
  return ['unshare', '--mount', '--uts', 'sh', '-c', SCRIPT, 'sh', hosts, own];
}
