import { hasInetForm, type Making, type Plan, type Step } from './plan.ts';
import { NO_DEVICE, OPTION_WORDS } from './words.ts';

/** Writes a plan as `udp: bind s1 0.0.0.0 reuseport; bind s2@2 127.0.0.1`. */
export function formatPlan({ protocol, steps }: Plan): string {
  return `${protocol}: ${steps.map(formatStep).join('; ')}`;
}

/** Writes one step. */
export function formatStep(step: Step): string {
  const name = `s${step.socket}`;
  switch (step.op) {
    case 'open':
      return ['open', `${name}${ownerIn(step)}`, step.family, ...wordsOf(step)].join(' ');
    case 'bind': {
      const address = nameIn(step);
      if (step.makes === undefined) return `bind ${name} ${address}`;
      return ['bind', `${name}${ownerIn(step.makes)}`, address, ...wordsOf(step.makes)].join(' ');
    }
    case 'set':
      if ('device' in step) return `set ${name} dev=${step.device ?? NO_DEVICE}`;
      return `set ${name} ${OPTION_WORDS[step.option]}=${step.value ? 1 : 0}`;
    case 'connect':
      return `connect ${name} ${step.to}`;
    case 'accept':
      return `accept ${name} from s${step.listener} at ${step.to}`;
    case 'close':
      return step.leaves === undefined ? `close ${name}` : `close ${name} leaving ${step.leaves}`;
    default:
      return `${step.op} ${name}`;
  }
}

function ownerIn({ owner }: Making): string {
  return owner === 1 ? '' : `@${owner}`;
}

function nameIn({ address, port }: { readonly address: string; readonly port?: number }): string {
  if (port === undefined) return address;
  return hasInetForm(address) ? `${address}:${port}` : `[${address}]:${port}`;
}

function wordsOf({ v6only, options, device, uid, protocol }: Making): string[] {
  return [
    ...(v6only === false ? [] : [v6only === true ? 'v6only' : 'v6only=default']),
    ...options.map((option) => OPTION_WORDS[option]),
    ...(device === undefined ? [] : [`dev=${device}`]),
    ...(uid === undefined ? [] : [`uid=${uid}`]),
    ...(protocol === undefined ? [] : [protocol]),
  ];
}
