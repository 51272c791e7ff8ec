/** What the folders of experiments are about. */
const SUBJECTS: Readonly<Record<string, string>> = {
  argument: 'What the calls take, and what they refuse',
  closing: 'A restart after a close',
  conflict: 'Binding beside another socket',
  connect: 'What connect() does',
  connected: 'Who receives beside a connected socket',
  device: 'Sockets that are tied to a device',
  error: 'Errors that come back',
  filter: 'Whose datagrams a client takes',
  group: 'Groups of SO_REUSEPORT',
  life: 'A socket that changes hands',
  lost: 'Who loses when a server goes',
  motion: 'Addresses that come and go',
  multicast: 'Multicast and broadcast',
  names: "localhost, and the host's own name",
  option: 'Options of a socket',
  'port-zero': 'Port 0, and the ports that the system chooses',
  privilege: 'Ports below 1024',
  programs: 'What real programs bind',
  race: 'Races',
  reach: 'Who reaches a server',
  receive: 'Which of several sockets receives',
  refusal: 'What a client learns of a closed port',
  source: 'The address that a packet comes from',
  wire: 'What leaves the machine',
};

/** The title of a subject; one from elsewhere is called by its folder. */
export function subjectTitle(folder: string): string {
  return Object.hasOwn(SUBJECTS, folder) ? (SUBJECTS[folder] ?? folder) : folder;
}
