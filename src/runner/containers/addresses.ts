import { containerName, PUBLISHED, type AskTarget } from '../../containers/cases.ts';
import { LAN } from '../../engine/host/topology.ts';
import { actorsOf, type Actor, type Scene } from './scene.ts';

/** The address that a target means for an asker and a server; undefined where there is none. */
export function addressOfTarget(target: AskTarget, server: Actor, asker: Actor | null): string | undefined {
  switch (target) {
    case '127.0.0.1':
    case '127.0.0.5':
    case '::1':
      return target;
    case 'inner 127.0.0.1':
    case 'inner ::1':
      return target.slice('inner '.length);
    case 'lan':
      return LAN.host.inet;
    case 'lan6':
      return LAN.host.inet6;
    case 'second':
      return LAN.host.second;
    case 'gateway':
      return asker?.gateway;
    case 'gateway6':
      return asker?.gateway6;
    case 'container':
      return server.inet;
    case 'container6':
      return server.inet6;
  }
}

/** The name of an address of the host, the neighbour or the attacker; null for any other. */
export function nameOnLan(address: string): string | null {
  for (const [place, addresses] of Object.entries(LAN)) {
    if (Object.values<string>(addresses).includes(address))
      return place === 'host' && address === LAN.host.second ? "the host's second" : `the ${place}`;
  }
  return null;
}

/** The name of an address in a scene, as the record has it; the address itself where it has none. */
export function nameOfAddress(address: string, scene: Scene): string {
  const plain = address.replace(/^::ffff:/, '');
  // These addresses differ from run to run.
  if (/^fe[89ab]/.test(plain)) return 'a link-local address';
  const onLan = nameOnLan(plain);
  if (onLan !== null) return onLan;
  for (const actor of actorsOf(scene)) {
    if (actor.gateway === plain || actor.gateway6 === plain) return 'the gateway';
    if (actor.inet === plain || actor.inet6 === plain)
      return PUBLISHED.some((one) => containerName(one) === actor.name) ? 'the container' : `the ${actor.name}`;
  }
  return plain;
}
