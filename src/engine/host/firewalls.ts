/** The firewalls of a host that people set up themselves, each with its own program. */
export const FIREWALLS = ['ufw', 'firewalld', 'nftables'] as const;
export type HostFirewall = (typeof FIREWALLS)[number];

/** What is allowed to come in besides ssh, so that it can be seen that the firewall works. */
export const ALLOWED_PORT = 7811;

const NFTABLES = `flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif lo accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport { 22, ${ALLOWED_PORT} } accept
  }
}
`;

interface Commands {
  /** The program, and Debian's package of it. */
  needs: Readonly<Record<string, string>>;
  /** Shell text that starts what a host has before its engine, whenever the firewall is set up. */
  before?: string;
  /** Shell text that denies what comes in, except ssh and one port. */
  setUp: string;
  /** Shell text that loads the same rules again, as a user does after a change. */
  reload: string;
}

export const FIREWALL_COMMANDS: Readonly<Record<HostFirewall, Commands>> = {
  ufw: {
    needs: { ufw: 'ufw' },
    setUp: `ufw default deny incoming && ufw allow 22/tcp && ufw allow ${ALLOWED_PORT}/tcp && ufw --force enable`,
    reload: 'ufw reload',
  },
  firewalld: {
    needs: { firewalld: 'firewalld', 'dbus-daemon': 'dbus-daemon' },
    // An engine hears by it that firewalld was started or loaded again, and makes its own rules again.
    before: 'mkdir -p /run/dbus && dbus-daemon --system --fork --nopidfile',
    setUp: [
      '{ firewalld --nofork --nopid >/run/firewalld.log 2>&1 & }',
      'for try in $(seq 300); do firewall-cmd --state >/dev/null 2>&1 && break; sleep 0.1; done',
      `firewall-cmd --permanent --add-port=${ALLOWED_PORT}/tcp`,
      'firewall-cmd --reload',
    ].join(' && '),
    reload: 'firewall-cmd --reload',
  },
  nftables: {
    needs: { nft: 'nftables' },
    setUp: `printf %s '${NFTABLES}' >/etc/nftables.conf && nft -f /etc/nftables.conf`,
    reload: 'nft -f /etc/nftables.conf',
  },
};
