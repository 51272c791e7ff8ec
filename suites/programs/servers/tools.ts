import { declare } from '../../../src/programs/declaration.ts';

/** The desktop's services, and tools by which people open a port for a moment. */
export default declare('tools', {
  cupsd: {
    debian: 'cups-daemon',
    run: 'cupsd -f',
    prepare: ['mkdir -p /run/cups'],
    says: ['tcp localhost:631'],
    where: '/etc/cups/cupsd.conf: `Listen localhost:631`',
    settle: 3,
    late: { file: '/etc/cups/cupsd.conf', from: 'Listen localhost:631', to: 'Listen {address}:631' },
  },
  transmission: {
    debian: 'transmission-daemon',
    run: 'transmission-daemon -f --log-error',
    user: 'debian-transmission',
    env: { HOME: '/var/lib/transmission-daemon' },
    says: ['tcp 0.0.0.0:9091', 'tcp *:51413', 'udp *:51413'],
    where:
      'docs/Editing-Configuration-Files.md of Transmission: `rpc-bind-address` 0.0.0.0, `rpc-port` 9091, `bind-address-ipv4` 0.0.0.0, `bind-address-ipv6` ::, `peer-port` 51413 by default',
    settle: 4,
    limit: 60,
  },
  syncthing: {
    debian: 'syncthing',
    run: 'syncthing serve --no-browser --no-restart --no-upgrade',
    says: ['tcp 127.0.0.1:8384', 'tcp *:22000', 'udp *:22000', 'udp *:21027'],
    where: 'docs.syncthing.net/users/firewall.html: 22000 TCP and UDP, 21027 UDP; the GUI at 127.0.0.1:8384',
    settle: 5,
    limit: 60,
  },
  iperf3: {
    debian: 'iperf3',
    run: '/usr/bin/iperf3 -s',
    says: null,
    where: 'iperf3(1), -p and --bind: port 5201; it does not say on which addresses where none is given',
    late: '/usr/bin/iperf3 -s -B {address}',
  },
  socat: {
    debian: 'socat',
    run: 'socat TCP-LISTEN:8080,fork PIPE',
    says: ['tcp 0.0.0.0:8080'],
    where: 'socat(1), TCP-LISTEN and pf: IPv4 by default, the address by `bind`',
    late: 'socat TCP-LISTEN:8080,fork,bind={address} PIPE',
  },
  'socat reuseaddr': {
    debian: 'socat',
    run: 'socat TCP-LISTEN:8080,fork,reuseaddr PIPE',
    says: ['tcp 0.0.0.0:8080'],
    where: 'socat(1), TCP-LISTEN and pf: IPv4 by default; `reuseaddr` lets others bind after it',
  },
  'ncat -lk': {
    debian: 'ncat',
    run: '/usr/bin/ncat -lk 8080',
    says: ['tcp 0.0.0.0:8080', 'tcp [::]:8080'],
    where: 'ncat(1), --listen: all interfaces, IPv4 and IPv6, by default',
    late: '/usr/bin/ncat -lk {address} 8080',
  },
  'nc -lk': {
    debian: 'netcat-openbsd',
    run: '/usr/bin/nc.openbsd -lk 8080',
    says: null,
    where: 'nc_openbsd(1) does not say on which addresses -l listens',
    late: '/usr/bin/nc.openbsd -lk {address} 8080',
  },
  'busybox nc -l': {
    debian: 'busybox',
    run: 'busybox nc -l -p 8080',
    says: null,
    where: 'busybox nc --help does not say on which addresses -l listens',
  },
  'busybox httpd': {
    debian: 'busybox',
    run: 'busybox httpd -f -p 8080',
    says: ['tcp *:8080'],
    where: 'busybox httpd --help, -p [IP:]PORT: the address can be left out',
    late: 'busybox httpd -f -p {address}:8080',
  },
});
