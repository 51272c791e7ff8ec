import { hasInetForm, type Making, type Plan, type ProbeStep, type Step } from './plan.ts';
import { NO_DEVICE, OPTION_WORDS, wordOf } from './words.ts';

/** Writes a plan as `udp: bind s1 0.0.0.0 reuseport; bind s2@2 127.0.0.1`. */
export function formatPlan({ protocol, steps }: Plan): string {
  return `${protocol}: ${steps.map(formatStep).join('; ')}`;
}

/** Writes one step. */
export function formatStep(step: Step): string {
  if (step.op === 'probe') return formatProbe(step);
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
      return `set ${name} ${wordOf(step.option)}=${step.value ? 1 : 0}`;
    case 'connect':
      return `connect ${name} ${nameIn({ ...step, address: step.to })}`;
    case 'join':
    case 'leave':
      return [step.op, name, step.group, ...(step.device === undefined ? [] : ['on', step.device])].join(' ');
    case 'accept':
      return `accept ${name} from s${step.listener} at ${step.to}`;
    case 'close':
      return step.leaves === undefined ? `close ${name}` : `close ${name} leaving ${step.leaves}`;
    default:
      return `${step.op} ${name}`;
  }
}

function formatProbe({ to, port, from, protocol }: ProbeStep): string {
  const words = ['probe', nameIn({ address: to, ...(port === undefined ? {} : { port }) })];
  if (protocol !== undefined) words.push(protocol);
  if (from !== undefined) words.push('from', `${nameIn(from)}${from.owner === undefined ? '' : `@${from.owner}`}`);
  return words.join(' ');
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
