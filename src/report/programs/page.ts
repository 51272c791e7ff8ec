import type { ServerRecord } from '../../record/server.ts';
import { serversMarkdown } from './markdown.ts';

const HEAD = `# What programs bind

Made from the records in \`reports/programs/\` by \`npm run pages\`: what well-known servers bind when they are started as
their users start them, against what their documents say. The declarations are in \`suites/programs/servers/\`, five lines
for each program.

\`\`\`sh
npx bindspec programs --list                       # all of them, with the packages that they come from
npx bindspec programs nginx redis                  # some, by name, group or glob
npx bindspec programs npm --ask reach,second       # a group, and only some questions
npx bindspec programs nginx --against reports      # compared with the committed record
npx bindspec programs --fetch                      # only fetches the packages
\`\`\`

The packages come from the distribution's own archive (which needs Debian or Ubuntu, and root) and from npm. They are
fetched by name into the cache folder (\`~/.cache/bindspec/programs\`), a folder for each set of packages, and laid over
the machine's files in the namespaces in which the program is started. Nothing is installed into the machine: the packages'
own scripts run in namespaces without a network, over copies of \`/usr\`, \`/etc\`, \`/var\`, \`/opt\` and \`/srv\`, and start no
service. Removing the folder only costs fetching it again.

How a program is started and looked at is the same as for \`bindspec program\`. A record says what was seen in few words; what
changes from run to run is not in it. A record of the same version that differs makes the command exit with 1; one of another
version is compared and not judged. A program that binds something other than its documents say does not: the table shows it.

In what is documented, \`*\` stands for every address of the machine, and \`localhost\` for its loopback, in whatever family. In what
was observed, \`dual\` is a socket on \`::\` that takes IPv4 too, \`v6only\` one that does not.

The first line under "Second instance" is about one with the same files, which a lock or a pid file may refuse. With files of its own
the port decides.
`;

/** The page about the table of programs, in Markdown. */
export function programsPage(records: readonly ServerRecord[]): string {
  return `${HEAD}\n${serversMarkdown(records).trimEnd()}\n`;
}
