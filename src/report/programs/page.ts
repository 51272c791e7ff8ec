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

The whole table takes 20 minutes with \`--jobs 4\` on two processors, and half an hour before that to fetch everything, which then
takes 4.3 GB: 2.8 GB of Debian's packages, 0.9 GB of npm's, and what was downloaded.

How a program is started and looked at is as for [bindspec program](program.md). A record says what was seen in few words; what
changes from run to run is not in it. A record of the same version that differs makes the command exit with 1; one of another
version is compared and not judged. A program that binds something other than its documents say does not: the table shows it.

## Declaring one

\`\`\`ts
  'redis without configuration': {
    debian: 'redis-server',
    run: 'redis-server',
    says: ['tcp *:6379'],
    where: '/etc/redis/redis.conf, \`bind\`: all interfaces where none is given',
  },
\`\`\`

| Field                            | What it says                                                                           |
| -------------------------------- | -------------------------------------------------------------------------------------- |
| \`debian\`, \`npm\`                | the packages; the first one has the version. Those of npm lie in \`/srv/app/node_modules\` |
| \`run\`                            | the command                                                                            |
| \`says\`, \`where\`                | what its documents say it binds, and where; \`null\` where no document says it          |
| \`build\`                          | shell text that is done once, for example a compiler's call                            |
| \`prepare\`                        | lines of shell before each start, as root: what its unit or its package would have done |
| \`user\`, \`capabilities\`, \`env\` | whom it runs as                                                                        |
| \`files\`, \`cwd\`                 | files that are written before each start, and where it starts                          |
| \`limit\`, \`settle\`              | the most seconds until its first socket, and how many its sockets must stay the same   |
| \`late\`                           | how an address that comes late gets into it: a command, or an edit of a file           |

## Reading the table

In what is documented, \`*\` stands for every address of the machine, and \`localhost\` for its loopback, in whatever family. In what
was observed, \`dual\` is a socket on \`::\` that takes IPv4 too, \`v6only\` one that does not.

The first words under "Second instance" are about one with the same files, which a lock or a pid file may refuse. With files of its own
the port decides.
`;

/** The page about the table of programs, in Markdown. */
export function programsPage(records: readonly ServerRecord[]): string {
  return `${HEAD}\n${serversMarkdown(records).trimEnd()}\n`;
}
