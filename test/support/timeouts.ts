import { vi } from 'vitest';
import { paced } from '../../src/process/pace.ts';

/**
 * How long a test or a hook may take that does not say so itself, in milliseconds on a quiet machine. It is there for what
 * hangs: whatever a test waits for has a deadline of its own, which is nearer. Vitest takes it when a file begins.
 */
const FAR = 180_000;

vi.setConfig({ testTimeout: paced(FAR), hookTimeout: paced(FAR) });
