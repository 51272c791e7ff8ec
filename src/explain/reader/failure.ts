import type { SystemName } from '../../model/types.ts';

/** What an error message says of bind() or listen(). */
export interface Failure {
  readonly kind: FailureKind;
  /** The systems that use the number or the words of the message; empty where all do. */
  readonly systems: readonly SystemName[];
  /** What told the systems: for example `error 48`. */
  readonly sign?: string;
  /** Set where the text gives no reason, so that the usual one is taken: the name is in use. */
  readonly isGuessed?: true;
  /** The program or the runtime that printed the message, where it could be recognized. */
  readonly program?: string;
}

/** The name is in use, the caller may not have it, the machine does not have it, or there is no such family. */
type FailureKind = 'in use' | 'not permitted' | 'not available' | 'no such family';

const LINUX = ['linux', 'gvisor'] as const satisfies SystemName[];
const BSDS = ['darwin', 'freebsd', 'openbsd', 'netbsd'] as const satisfies SystemName[];
const WINDOWS = ['windows', 'wine'] as const satisfies SystemName[];
/** HTTP.sys is a part of Windows itself. */
const HTTP_SYS = ['windows'] as const satisfies SystemName[];

/** Numbers that are an error of bind() on some systems: errno.h of Linux, macOS and the BSDs, winerror.h of Windows. */
const NUMBERS: Readonly<Record<number, readonly [kind: FailureKind, systems: readonly SystemName[]]>> = {
  13: ['not permitted', []],
  47: ['no such family', BSDS],
  48: ['in use', BSDS],
  49: ['not available', BSDS],
  97: ['no such family', LINUX],
  98: ['in use', LINUX],
  99: ['not available', LINUX],
  // What libuv calls the errors for which Windows has no number of its own; elsewhere it gives those of the system.
  4089: ['no such family', WINDOWS],
  4090: ['not available', WINDOWS],
  4091: ['in use', WINDOWS],
  4092: ['not permitted', WINDOWS],
  10_013: ['not permitted', WINDOWS],
  10_047: ['no such family', WINDOWS],
  10_048: ['in use', WINDOWS],
  10_049: ['not available', WINDOWS],
};

/** The places where messages write the number of an error. */
const NUMBER =
  /(?:\[(?:Errno|WinError)\s+|\b(?:os ?error|errno|error(?: code)?|code|winsock error|socketexception|ret(?:urned)?)\b[\s:=(]*-?|\((?=\d+[:)])|\[(?=\d+\](?:: | \())|\bbind\w*:(?=\d+:))(\d{2,5})\b/gi;

/** Words that are an error of bind(), in the messages of systems, of runtimes and of programs. */
const WORDS: readonly (readonly [RegExp, FailureKind, readonly SystemName[]])[] = [
  [/Only one usage of each socket address/i, 'in use', WINDOWS],
  [/Normalerweise darf jede Socketadresse|Une seule utilisation de chaque adresse de socket/i, 'in use', WINDOWS],
  [
    /Solo se permite un uso de cada dirección de socket|Обычно разрешается только одно использование/i,
    'in use',
    WINDOWS,
  ],
  [/通常每个套接字地址|通常、各ソケット アドレス/, 'in use', WINDOWS],
  [/forbidden by its access permissions/i, 'not permitted', WINDOWS],
  [
    /以一种访问权限不允许的方式做了一个访问套接字的尝试|Zugriff auf einen Socket war aufgrund der Zugriffsrechte/i,
    'not permitted',
    WINDOWS,
  ],
  [/requested address is not valid in its context/i, 'not available', WINDOWS],
  [
    /(?:Http(?:Listener|Sys)|WebListener|\b(?:server|listen|prefix|url)\b).{0,80}The process cannot access the file because it is being used/i,
    'in use',
    HTTP_SYS,
  ],
  [/unable to activate HttpListener|conflicts with an existing registration/i, 'in use', HTTP_SYS],
  [/(?:Http(?:Listener|Sys)|WebListener)\w*(?:Exception)? \([^)]*\): Access is denied/i, 'not permitted', HTTP_SYS],
  // Java on Windows ends its words in the name of the call.
  [/BindException: Address already in use: bind\b/, 'in use', WINDOWS],
  [/BindException: Cannot assign requested address: bind\b/, 'not available', WINDOWS],
  [/\bWSAEADDRINUSE\b/, 'in use', WINDOWS],
  [/\bWSAEACCES\b/, 'not permitted', WINDOWS],
  [/\bWSAEADDRNOTAVAIL\b/, 'not available', WINDOWS],
  [/\bWSAEAFNOSUPPORT\b/, 'no such family', WINDOWS],
  [/\bEADDRINUSE\b|\bAddrInUse\b|\beaddrinuse\b/, 'in use', []],
  [/\bEADDRNOTAVAIL\b|\bAddrNotAvailable\b|\beaddrnotavail\b/, 'not available', []],
  [/\bEACCES\b|\beacces\b/, 'not permitted', []],
  [/\bEAFNOSUPPORT\b|\beafnosupport\b/, 'no such family', []],
  [/can't assign requested address/i, 'not available', BSDS],
  [/cannot assign requested address/i, 'not available', LINUX],
  [/address not available|can(?:not|'t) assign/i, 'not available', []],
  // HAProxy: socket() itself failed.
  [/address family not supported|cannot create (?:listening|receiving) socket/i, 'no such family', []],
  [/address (?:is )?(?:already )?in use|address already used/i, 'in use', []],
  [/(?:Die )?Adresse wird bereits verwendet|Adresse déjà utilisée|La dirección ya se está usando/i, 'in use', []],
  [/Indirizzo già in uso|Endereço já (?:está )?em uso|Адрес уже используется/i, 'in use', []],
  [/アドレスは既に使用中です|地址已在使用|地址已被使用|地址正在使用|이미 사용 중인 주소/, 'in use', []],
  [/port is already allocated|connection in use/i, 'in use', []],
  [
    /\bports?\b.{0,80}\b(?:in use|(?:already|being|is|was) (?:used|taken|occupied|allocated|bound)|not available|unavailable)\b/i,
    'in use',
    [],
  ],
  [/\bport \d+ in use\b|cannot find empty port/i, 'in use', []],
  [/didn't have free ports for the requested pod ports/i, 'in use', []],
  [/cannot expose privileged port/i, 'not permitted', LINUX],
  [/permission denied|access is denied|operation not permitted/i, 'not permitted', []],
  [/privileged ports can only be forwarded by root/i, 'not permitted', []],
];

/** Words that say that bind() failed and give no reason, or guess at one: mostly the name is in use. */
const GUESSES: readonly RegExp[] = [
  /\b(?:failed|unable|could not|cannot|can't|couldn't)(?: to)? (?:bind|listen)\b|\bfailed to bind\b/i,
  /\bbind(?:\([\d.]*\))? (?:failed|failure|error)\b|\berror (?:opening|binding)\b.{0,30}\b(?:endpoint|socket)\b/i,
  /\b(?:already|currently) (?:running|listening|in use|bound)\b.{0,40}\bport\b/i,
];

/** Signs of a system in what stands around an error: paths, and the names of systems as reports and logs write them. */
const SIGNS: readonly (readonly [RegExp, string, readonly SystemName[]])[] = [
  [/(?:^|[\s('"])[A-Z]:\\/m, 'a path with a drive', WINDOWS],
  [/(?:^|[\s('"])\/Users\/|\/opt\/homebrew\/|\/usr\/local\/Cellar\//m, 'a path of macOS', ['darwin']],
  [/(?:^|[\s('"])\/home\/|\/usr\/lib\/systemd\/|(?:^|[\s('"])\/(?:snap|proc)\//m, 'a path of Linux', LINUX],
  [/\bWindows (?:\d|NT|Server|XP|Vista)|\[Win\]|\bwin32\b|\bWin(?:1[01]|[78])\b/i, 'the name of Windows', WINDOWS],
  [/\bmac ?OS\b|\bOS X\b/i, 'the name of macOS', ['darwin']],
  [/\bsa_family=AF_INET6?\b/, 'a line of strace', LINUX],
  [/\bFreeBSD\b/, 'the name of FreeBSD', ['freebsd']],
  [/\bOpenBSD\b/, 'the name of OpenBSD', ['openbsd']],
  [/\bNetBSD\b/, 'the name of NetBSD', ['netbsd']],
  [
    /\b(?:Ubuntu|Debian|CentOS|Fedora|Raspbian|Alpine Linux|Red Hat|Arch Linux|Linux Mint|NixOS)\b|\bsystemd(?:-resolved)?\b|\.socket: Failed to /i,
    'the name of a Linux',
    LINUX,
  ],
];

/** The systems that the signs in a text tell; none where they tell several, as a report that names host and guest does. */
function signIn(text: string): Pick<Failure, 'systems' | 'sign'> {
  const found = SIGNS.filter(([pattern]) => pattern.test(text));
  const [first] = found;
  const isOne = found.every(([, , systems]) => systems.join() === first?.[2].join());
  return first === undefined || !isOne ? { systems: [] } : { systems: first[2], sign: first[1] };
}

/**
 * Looks for an error of bind() in a text. A number decides before words, because it tells the systems; what stands around
 * them tells them where neither does.
 */
export function failureIn(text: string): Omit<Failure, 'program'> | undefined {
  const numbered = [...text.matchAll(NUMBER)].flatMap((match) => {
    const number = Number(match[1]);
    const [kind, systems] = NUMBERS[number] ?? [];
    return kind === undefined || systems === undefined
      ? []
      : [
          {
            kind,
            systems,
            sign: `error ${number}`,
            isBare: match[0].startsWith('(') && text[match.index + match[0].length] === ')',
          },
        ];
  });
  const worded = WORDS.flatMap(([pattern, kind, systems]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ kind, systems, sign: `'${match[0]}'` }];
  });
  // A number alone could be anything: in bare brackets it needs the words, and so does 13, which is so common.
  const sure = numbered.filter(({ kind, isBare }) =>
    worded.length === 0 ? !isBare : worded.some((one) => one.kind === kind),
  );
  const [first] = [...sure.filter(({ systems }) => systems.length > 0), ...worded];
  if (first === undefined) {
    const isGuessed = GUESSES.some((pattern) => pattern.test(text));
    return isGuessed ? { kind: 'in use', isGuessed, ...signIn(text) } : undefined;
  }
  const told = [first, ...worded.filter(({ kind }) => kind === first.kind)].find(({ systems }) => systems.length > 0);
  if (told !== undefined) return { kind: first.kind, systems: told.systems, sign: told.sign };
  return { kind: first.kind, ...signIn(text) };
}

/** The error that a bare number or name means: `10048`, `WSAEACCES`, `EADDRINUSE`; undefined for other texts. */
export function bareFailure(text: string): Omit<Failure, 'program'> | undefined {
  const number = /^(?:error|errno)?\s*-?(100\d\d)$/i.exec(text.trim())?.[1];
  const [kind, systems] = number === undefined ? [] : (NUMBERS[Number(number)] ?? []);
  if (kind !== undefined && systems !== undefined) return { kind, systems, sign: `error ${number}` };
  return undefined;
}
