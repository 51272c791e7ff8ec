import { devicesOf } from '../../../src/matrix/axes.ts';
import { matrixPlanOf, type Obstacle, type MatrixPlan } from '../../../src/matrix/blocks.ts';
import type { Asked, Choice } from '../../../src/matrix/selection.ts';
import { namesOf } from '../../../src/matrix/sockets.ts';
import { ADDRESSES } from '../../../src/lab/netns-topology.ts';
import type { Setting } from '../../../src/model/types.ts';

/** The parts of the netns lab that the matrix uses on Linux. */
export const choice: Choice = { ...namesOf({ addresses: ADDRESSES }), system: 'linux', lab: 'netns' };
export const devices = devicesOf('eth0');

export const setting: Setting = {
  kernel: '6.18.44',
  host: {
    addresses: ['127.0.0.1', '::1', '192.168.5.130', '192.168.6.130', 'fd00:5::130', 'fd00:6::130'],
    devices: { lo: ['127.0.0.1', '::1'], eth0: ['192.168.5.130', 'fd00:5::130'] },
  },
};

/** The plan of a selection there. */
export function plan(asked: Asked = {}, obstacle: Obstacle = () => null): MatrixPlan {
  return matrixPlanOf(asked, choice, devices, obstacle);
}

/** How many pairs the blocks of a plan have. */
export function pairs({ blocks }: Pick<MatrixPlan, 'blocks'>): number {
  return blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
}
