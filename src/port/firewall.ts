/** Whether what is sent to the machine's own addresses, or by the machine itself, passes a hook. */
export function isLocalHook(hook: string): boolean {
  return /^(prerouting|input|ingress|output)$/i.test(hook);
}
