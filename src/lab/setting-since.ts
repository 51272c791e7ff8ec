/** Settings of a network that not all kernels of today have, each with the version of Linux that it came with. */
export const SINCE = {
  'net.ipv4.tcp_migrate_req': '5.14',
} as const;
export type NewerSetting = keyof typeof SINCE;
