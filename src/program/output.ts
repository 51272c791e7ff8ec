/** The lines of output that are kept, at the beginning and at the end. */
const FIRST_LINES = 6;
const LAST_LINES = 6;
/** How much of a line is kept. */
const LONGEST = 200;
const MOST_URLS = 8;

/** What moves a cursor, colours a terminal or sets its title: ECMA-48, and the commands of xterm. */
const CONTROL_SEQUENCES = new RegExp(
  String.raw`\u001B(?:\[[\d;?<=>!]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[()][\dA-Za-z]|[=>78cMDEHNOPZ])`,
  'g',
);
const CONTROL_CHARACTERS = new RegExp(String.raw`[\u0000-\u0008\u000B-\u001F\u007F]`, 'g');

/** A program's output as plain text. */
export function plainText(text: string): string {
  return text
    .replaceAll(CONTROL_SEQUENCES, '')
    .replaceAll(/\r+\n?/g, '\n')
    .replaceAll(CONTROL_CHARACTERS, '');
}

/** The first and the last lines of what a program printed. */
export function shownLines(output: string): string[] {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd().slice(0, LONGEST))
    .filter((line) => line.trim() !== '');
  const most = FIRST_LINES + LAST_LINES;
  return lines.length <= most ? lines : [...lines.slice(0, FIRST_LINES), '…', ...lines.slice(-LAST_LINES)];
}

/** The addresses that a program printed, for example `http://localhost:5173/`. */
export function urlsIn(output: string): string[] {
  const found = output.match(/\b(?:https?|wss?|tcp|udp|redis|postgres|mqtt):\/\/[\w.[\]:*%-]+(?::\d+)?\/?/gi) ?? [];
  return [...new Set(found.map((url) => url.replace(/[.,:]+$/, '')))].slice(0, MOST_URLS);
}

/** What a program says of an error of bind(), as it is most often said, and its name. */
const SAID: readonly (readonly [pattern: RegExp, name: string])[] = [
  [
    /\bEADDRINUSE\b|address (?:is )?already in use|port.{0,40}\b(?:already )?in use|errno 98\b|\(98\)|os error 98\b/i,
    'EADDRINUSE',
  ],
  [
    /\bEADDRNOTAVAIL\b|cannot assign requested address|can't assign requested|address not available|errno 99\b|\(99\)|os error 99\b/i,
    'EADDRNOTAVAIL',
  ],
  [/\bEAFNOSUPPORT\b|address family not supported|errno 97\b|\(97\)|os error 97\b/i, 'EAFNOSUPPORT'],
  [
    /\bEACCES\b.*(?:bind|listen|port)|(?:bind|listen|port|socket).*(?:\bEACCES\b|permission denied)|\(13\).*permission/i,
    'EACCES',
  ],
  [/\bEPERM\b|operation not permitted/i, 'EPERM'],
];

/** The error of a bind that the output names, with its line; null where it names none. */
export function errorIn(output: string): { name: string; text: string } | null {
  const lines = output.split('\n');
  for (const [pattern, name] of SAID) {
    const line = lines.find((one) => pattern.test(one));
    if (line !== undefined) return { name, text: line.trim().slice(0, LONGEST) };
  }
  return null;
}

/** Whether the output says that it will try again. */
export function saysItRetries(output: string): boolean {
  return /\bretr(?:y|ying|ies)\b|try(?:ing)? again|still could not bind|will try|waiting for (?:port|address)/i.test(
    output,
  );
}

/** The calls that failed in what strace wrote: `bind(3, {sa_family=AF_INET, ...}, 16) = -1 EADDRINUSE (Address already in use)`. */
export function failedCalls(trace: string): { call: string; error: string }[] {
  const seen = new Map<string, { call: string; error: string }>();
  for (const line of trace.split('\n')) {
    const [, call = '', args = '', error = ''] = /\b(bind|listen)\((.*)\)\s+= -1 (E[A-Z0-9]+)/.exec(line) ?? [];
    if (error === '' || /AF_(?:NETLINK|UNIX)/.test(args)) continue;
    const told = { call: `${call} ${nameIn(args)}`.trim(), error };
    seen.set(`${told.call} ${error}`, told);
  }
  return [...seen.values()].slice(0, 16);
}

/** The socket name in strace's words, as people write it. */
function nameIn(args: string): string {
  const [, port = ''] = /sin6?_port=htons\((\d+)\)/.exec(args) ?? [];
  const [, inet] = /sin_addr=inet_addr\("([^"]+)"\)/.exec(args) ?? [];
  const [, inet6] = /inet_pton\(AF_INET6, "([^"]+)"/.exec(args) ?? [];
  if (inet !== undefined) return `${inet}:${port}`;
  return inet6 === undefined ? '' : `[${inet6}]:${port}`;
}
