/**
 * The models as a module for other programs: `import { models } from 'bindspec/models'`. It is data and pure functions; no
 * system call is made, and no native module is loaded.
 */
export { checkedModels as models } from './checked-models.ts';
export { BadArgument } from './shape.ts';
export type { Model } from '../model/index.ts';
export type { Rule } from '../model/rules.ts';
export type { Packet, Receivers, Reception } from '../model/receive/types.ts';
export type { Simulation } from '../model/world.ts';
export type {
  Host,
  NextSocket,
  Operation,
  Options,
  Outcome,
  Prediction,
  PresentSocket,
  Setting,
  State,
  SystemName,
} from '../model/types.ts';
