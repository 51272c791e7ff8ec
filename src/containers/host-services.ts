import type { Protocol } from '../model/types.ts';
import type { ConfigurationRecord } from '../record/containers.ts';
import { TCP_AND_UDP } from './cases.ts';

/**
 * What a server of the host itself binds, which a container then asks for. `gateway` is the address of the container's bridge, where
 * the host has it; `lan` and `lan6` are the host's addresses on its LAN.
 */
export const SERVICE_BINDS = ['127.0.0.1', 'gateway', 'lan', '0.0.0.0', '::1', 'lan6', '::'] as const;
export type ServiceBind = (typeof SERVICE_BINDS)[number];

/** By what a container asks for it: an address, or a name that the engine puts into the container's hosts file. */
export const SERVICE_TARGETS = [
  'gateway',
  'gateway6',
  'host.docker.internal',
  'host.containers.internal',
  'lan',
  'lan6',
  '127.0.0.1',
  '::1',
] as const;
export type ServiceTarget = (typeof SERVICE_TARGETS)[number];

/** The names that engines give the host. Docker gives it only if a container is started with `HOST_GATEWAY`. */
export const HOST_NAMES = ['host.docker.internal', 'host.containers.internal'] as const;
/** The option of `docker run` from its documents, "Use a service on the host". */
export const HOST_GATEWAY = '--add-host=host.docker.internal:host-gateway';

const FIRST_PORT = 7800;

/** The port of a server of the host. */
export function servicePort(bind: ServiceBind): number {
  return FIRST_PORT + SERVICE_BINDS.indexOf(bind);
}

/** What is meant for the host's own programs alone. */
const LOOPBACK: readonly ServiceBind[] = ['127.0.0.1', '::1'];

/** The servers of the host that are on loopback alone, by protocol and target, with whether a container reached them. */
export function loopbackServices({ mode, hostServices = [] }: ConfigurationRecord): {
  protocol: Protocol;
  bind: ServiceBind;
  target: string;
  reached: boolean;
}[] {
  // A container on the host's own network is a program of the host.
  if (mode === 'host') return [];
  return LOOPBACK.flatMap((bind) =>
    hostServices
      .filter((one) => one.bind === bind)
      .map(({ protocol, target, outcome }) => ({ protocol, bind, target, reached: outcome === 'answered' })),
  );
}

/** The ids of what `loopbackServices` can have, without their beginning. */
export function loopbackServiceIds(): string[] {
  return LOOPBACK.flatMap((bind) =>
    TCP_AND_UDP.flatMap((protocol) => SERVICE_TARGETS.map((target) => `inside/${protocol}/host ${bind}/${target}`)),
  );
}
