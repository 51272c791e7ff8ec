/** Everything that an author needs to write experiments, and to write what is known of systems: an author imports only this. */
export * from './bind-all.ts';
export * from './client.ts';
export * from './counters.ts';
export * from './experiment.ts';
export * from './handover.ts';
export * from './impostor.ts';
export * from './known.ts';
export * from './name-pairs.ts';
export * from './outcome.ts';
export * from './planned.ts';
export * from './programs.ts';
export * from './retry.ts';
export * from './round-trips.ts';
export * from './scenes.ts';
export * from './talk.ts';
export * from './trial.ts';
