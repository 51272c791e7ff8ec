/**
 * Errors of ICMP are rate-limited by default, for each destination and for the whole namespace, and then a refusal turns
 * into silence at random. An error whose type is not in the mask is limited by neither.
 * Source: the kernel's Documentation/networking/ip-sysctl.rst.
 */
export const NO_ICMP_LIMITS = {
  /** For a namespace that is made for a lab, where the mask can be relied on. */
  own: ['ipv4/icmp_ratelimit=0', 'ipv4/icmp_ratemask=0', 'ipv6/icmp/ratelimit=0', 'ipv6/icmp/ratemask='],
  /** For one that is there already: the mask stays, so that the limit of the whole namespace has to be raised. */
  given: [
    'ipv4/icmp_ratelimit=0',
    'ipv4/icmp_msgs_per_sec=100000',
    'ipv4/icmp_msgs_burst=100000',
    'ipv6/icmp/ratelimit=0',
  ],
  /** For a container, as engines take them: one for IPv4, one for IPv6. */
  container: { inet: 'net.ipv4.icmp_ratemask=0', inet6: 'net.ipv6.icmp.ratelimit=0' },
} as const;
