import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../protocol/address.ts';
import { BadPlan } from './bad-plan.ts';
import { hasInetForm, type ProbeSource } from './plan.ts';

/**
 * Reads an address, and the port after it where one is written: `127.0.0.1:80`, `[::1]:80`.
 * @param step the step that it is in, for the message
 * @throws BadPlan
 */
export function nameFrom(text: string, step: string): { address: string; port?: number } {
  const match = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]*):(\d{1,5})$/.exec(text);
  const address = addressFrom(match?.[1] ?? text, step);
  if (match?.[2] === undefined) return { address };
  const port = Number(match[2]);
  if (port < 1 || port > 65_535) throw new BadPlan(`'${step}': a port is a number from 1 to 65535`);
  return { address, port };
}

/** Reads an address, and writes it in its canonical form. @throws BadPlan */
export function addressFrom(address: string, step: string): string {
  try {
    return hasInetForm(address) ? formatIPv4(parseIPv4(address)) : formatIPv6(parseIPv6(address));
  } catch (error) {
    throw new BadPlan(`'${step}': ${(error as Error).message}`);
  }
}

/** Reads the sender of a probe: `127.0.0.1`, `127.0.0.1:1025`, `192.168.5.10@neighbour`. @throws BadPlan */
export function sourceFrom(text: string, step: string): ProbeSource {
  const [, name = '', owner] = /^(.*?)(@.*)?$/s.exec(text) ?? [];
  if (owner !== undefined && owner !== '@neighbour') {
    throw new BadPlan(`'${step}': a probe is sent by this machine or @neighbour, not ${owner}`);
  }
  return { ...nameFrom(name, step), ...(owner === undefined ? {} : { owner: 'neighbour' }) };
}
