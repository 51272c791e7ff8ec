import { ANY4, ANY6, type Inpcb, isMapped, MAPPED_ANY } from './pcb.ts';

/** inpcb_lookup_local(). */
export function lookupLocal4(
  chain: readonly Inpcb[],
  laddr: string,
  lport: number,
  isWild: boolean,
): Inpcb | undefined {
  return best(chain, isWild, (inp) => {
    if (inp.six || inp.lport !== lport) return undefined;
    const connected = inp.faddr === ANY4 ? 0 : 1;
    if (inp.laddr === laddr) return connected;
    return inp.laddr === ANY4 || laddr === ANY4 ? connected + 1 : undefined;
  });
}

/** in6pcb_lookup_local(). */
export function lookupLocal6(
  chain: readonly Inpcb[],
  laddr: string,
  lport: number,
  isWild: boolean,
): Inpcb | undefined {
  return best(chain, isWild, (inp) => {
    if (!inp.six || inp.lport !== lport) return undefined;
    const connected = inp.faddr === ANY6 ? 0 : 1;
    if (isMapped(inp.laddr)) {
      if (!isMapped(laddr)) return undefined;
      if (inp.laddr === laddr) return connected;
      return inp.laddr === MAPPED_ANY || laddr === MAPPED_ANY ? connected + 1 : undefined;
    }
    if (isMapped(laddr) && inp.v6only) return undefined;
    if (inp.laddr === laddr) return connected;
    return inp.laddr === ANY6 || laddr === ANY6 ? connected + 1 : undefined;
  });
}

function best(chain: readonly Inpcb[], isWild: boolean, cost: (inp: Inpcb) => number | undefined): Inpcb | undefined {
  let match: { readonly inp: Inpcb; readonly wildcard: number } | undefined;
  for (const inp of chain) {
    const wildcard = cost(inp);
    if (wildcard === undefined || (wildcard > 0 && !isWild)) continue;
    if (match === undefined || wildcard < match.wildcard) match = { inp, wildcard };
  }
  return match?.inp;
}

/** Whether two sockets may be bound to one name. */
export function shares(pcb: Inpcb, held: Inpcb, isGroup: boolean): boolean {
  if (pcb.reuseport && held.reuseport) return true;
  return isGroup && (pcb.reuseaddr || pcb.reuseport) && (held.reuseaddr || held.reuseport);
}
