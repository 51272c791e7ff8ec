import type { SystemName } from '../types.ts';
import type { Delivery } from './delivery.ts';
import { linuxDelivery } from './linux.ts';
import { netbsdDelivery } from './netbsd.ts';
import { openbsdDelivery } from './openbsd.ts';
import { windowsDelivery } from './windows.ts';
import { wineDelivery } from './wine.ts';

/** The delivery of a system, with any type of state. */
type AnyDelivery = Delivery<unknown>;

/** How each system chooses who receives; those whose own lists tell it have it in their model. */
export const deliveries: Readonly<Partial<Record<SystemName, AnyDelivery>>> = {
  linux: linuxDelivery,
  openbsd: openbsdDelivery,
  netbsd: netbsdDelivery,
  windows: windowsDelivery,
  wine: wineDelivery,
};
