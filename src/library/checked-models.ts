import { models as unchecked, type Model } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import type { Simulation } from '../model/world.ts';
import { anyOperation, nextSocket, outcome, packet, presentSocket, setting, socketNumber } from './model-shapes.ts';
import { eachOf } from './shape.ts';

const presentSockets = eachOf(presentSocket, 'a list of sockets');

/** A simulation that refuses what it could only misread. */
function checkedSimulation(simulation: Simulation): Simulation {
  return {
    step: (operation, happened) => {
      anyOperation(operation, 'operation');
      if (happened !== undefined) outcome(happened, 'happened');
      const { prediction, after } = simulation.step(operation, happened);
      return { prediction, after: checkedSimulation(after) };
    },
    has: (socket) => {
      socketNumber(socket, 'socket');
      return simulation.has(socket);
    },
    receivers: (arriving) => {
      packet(arriving, 'packet');
      return simulation.receivers(arriving);
    },
    sockname: (socket) => {
      socketNumber(socket, 'socket');
      return simulation.sockname(socket);
    },
    likeness: () => simulation.likeness(),
  };
}

function checkedModel(model: Model): Model {
  return {
    ...model,
    predict: (present, next, where) => {
      presentSockets(present, 'present');
      nextSocket(next, 'next');
      if (where !== undefined) setting(where, 'setting');
      const { after, ...rest } = model.predict(present, next, where);
      return { ...rest, after: checkedSimulation(after) };
    },
    simulate: (where) => {
      if (where !== undefined) setting(where, 'setting');
      return checkedSimulation(model.simulate(where));
    },
  };
}

/** The models of all systems, by name. What they are asked is checked. @throws BadArgument for what can't be meant */
export const checkedModels = Object.fromEntries(
  Object.values(unchecked).map((model) => [model.name, checkedModel(model)]),
) as Readonly<Record<SystemName, Model>>;
