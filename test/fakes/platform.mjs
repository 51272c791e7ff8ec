// Has the harness take this machine for one of another system; its agents, which are told nothing of it, are real ones.
// To be imported before the command, which is the first word after Node's own.
if (/cli.main\.js$/.test(process.argv[1] ?? '')) {
  Object.defineProperty(process, 'platform', { value: process.env.TEST_PLATFORM });
}
