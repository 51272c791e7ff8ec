// Has the harness take this machine for one of another system; its agents are real ones and do not know of it.
// To be imported before the command, which is the first word after Node's own.
if (/cli.main\.js$|warm-driver\.mjs$/.test(process.argv[1] ?? '')) {
  Object.defineProperty(process, 'platform', { value: process.env.TEST_PLATFORM });
}
