import { darwin } from './darwin.ts';
import { freebsd } from './freebsd.ts';
import { gvisor } from './gvisor.ts';
import { linux } from './linux.ts';
import { netbsd } from './netbsd.ts';
import { openbsd } from './openbsd.ts';
import { predict as predictBy, type Verdict } from './predict.ts';
import { deliveries } from './receive/index.ts';
import type { Rule } from './rules.ts';
import type { NextSocket, PresentSocket, Setting, SystemName } from './types.ts';
import { windows } from './windows.ts';
import { wine } from './wine.ts';
import { simulate, type Simulation, type System } from './world.ts';

/** A system's model: the texts that people read about it, and the predictions that it makes. */
export interface Model {
  readonly name: SystemName;
  readonly title: string;
  readonly summary: string;
  readonly rules: readonly Rule[];
  /** The rules by which the model says which socket receives. */
  readonly receiveRules: readonly Rule[];
  /** The value of IPV6_V6ONLY on a new socket. */
  readonly v6onlyByDefault: boolean;
  /** Predicts bind() and listen() of the next socket, given the sockets that already have its protocol and port. */
  predict(present: readonly PresentSocket[], next: NextSocket, setting?: Setting): Verdict;
  /** Starts a simulation of one port of one protocol, with no socket on it. */
  simulate(setting?: Setting): Simulation;
}

function modelOf<Hidden>(system: System<Hidden>): Model {
  const { name, title, summary, rules, v6onlyByDefault, delivery } = system;
  return {
    name,
    title,
    summary,
    rules,
    receiveRules: (delivery ?? deliveries[name])?.rules ?? [],
    v6onlyByDefault,
    predict: (present, next, setting) => predictBy(system, present, next, setting),
    simulate: (setting = {}) => simulate(system, setting),
  };
}

/** The models of all systems, by name. */
export const models: Readonly<Record<SystemName, Model>> = {
  linux: modelOf(linux),
  darwin: modelOf(darwin),
  freebsd: modelOf(freebsd),
  openbsd: modelOf(openbsd),
  netbsd: modelOf(netbsd),
  windows: modelOf(windows),
  gvisor: modelOf(gvisor),
  wine: modelOf(wine),
};

/** The model of a system that a record names; null where there is none of that name. */
export function modelNamed(name: string): Model | null {
  return Object.hasOwn(models, name) ? models[name as SystemName] : null;
}
