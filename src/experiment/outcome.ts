import type { NotAvailable } from '../protocol/messages.ts';

/**
 * The outcomes that experiments expect by name. A system may return any errno, and a record holds the one that it
 * returned; an expectation can only have names of this list, so that a typing mistake is found.
 */
export type Outcome =
  | 'ok'
  | 'answered'
  | 'silence'
  | 'eof'
  | NotAvailable
  | 'EACCES'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAFNOSUPPORT'
  | 'EAGAIN'
  | 'ECONNABORTED'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EDESTADDRREQ'
  | 'EHOSTUNREACH'
  | 'EINVAL'
  | 'EISCONN'
  | 'EMSGSIZE'
  | 'ENETUNREACH'
  | 'ENODEV'
  | 'ENOENT'
  | 'ENOPROTOOPT'
  | 'ENOTCONN'
  | 'ENOTFOUND'
  | 'ENXIO'
  | 'EOPNOTSUPP'
  | 'EPERM'
  | 'EPIPE'
  | 'ETIMEDOUT'
  | 'WSAEACCES'
  | 'WSAEADDRINUSE'
  | 'WSAEADDRNOTAVAIL'
  | 'WSAEAFNOSUPPORT'
  | 'WSAECONNABORTED'
  | 'WSAECONNREFUSED'
  | 'WSAECONNRESET'
  | 'WSAEINVAL'
  | 'WSAEISCONN'
  | 'WSAENETUNREACH'
  | 'WSAENOPROTOOPT'
  | 'WSAENOTCONN'
  | 'WSAEOPNOTSUPP';
