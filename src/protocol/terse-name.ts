import type { SocketName } from './messages.ts';

/** The name of a socket as one text, for answers to thousands of operations. */
export function terseName({ address, port }: SocketName): string {
  return `${address} ${port}`;
}

/** Reads what `terseName` writes; the port is left out where the text has none. */
export function nameFromTerse(text: string): { readonly address: string; readonly port?: number } {
  const [address = '', port] = text.split(' ');
  return { address, ...(port === undefined ? {} : { port: Number(port) }) };
}
