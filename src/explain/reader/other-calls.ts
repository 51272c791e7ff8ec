/** Errors with the same words that another call returned, with what they are about. */
const OTHER_CALLS: readonly (readonly [sign: RegExp, understood: string])[] = [
  [
    /\bRTNETLINK answers\b/,
    'this is an answer of the kernel to ip(8), about an address, a route or an interface; explained are errors of bind() and listen()',
  ],
  [
    /^.*\bError response from daemon: Address already in use\s*$/i,
    'this is about the IP address of a container, which another container of the network has; explained are errors about ports',
  ],
  [
    /\bconnection refused\b|\bECONNREFUSED\b|\bconnect ETIMEDOUT\b/i,
    'this is an error of connect(): no one listens there, or a firewall refuses it; explained are those of bind() and listen()',
  ],
];

/** What a line is about if it is the error of another call; undefined for others. */
export function otherCall(
  line: string,
): { readonly text: string; readonly at: number; readonly understood: string } | undefined {
  for (const [sign, understood] of OTHER_CALLS) {
    const match = sign.exec(line);
    if (match !== null) return { text: match[0].trim(), at: match.index, understood };
  }
  return undefined;
}
