/** What the folders of experiments are about, those first that most readers look for. */
const SUBJECTS: Readonly<Record<string, string>> = {
  conflict: 'Binding beside another socket',
  receive: 'Which of several sockets receives',
  reach: 'Who reaches a server',
  closing: 'A restart after a close',
  group: 'Groups of SO_REUSEPORT',
  option: 'Options of a socket',
  device: 'Sockets that are tied to a device',
  'port-zero': 'Port 0, and the ports that the system chooses',
  privilege: 'Ports below 1024',
  argument: 'What the calls take, and what they refuse',
  connect: 'What connect() does',
  connected: 'Who receives beside a connected socket',
  refusal: 'What a client learns of a closed port',
  error: 'Errors that come back',
  filter: 'Whose datagrams a client takes',
  source: 'The address that a packet comes from',
  multicast: 'Multicast and broadcast',
  life: 'A socket that changes hands',
  lost: 'Who loses when a server goes',
  motion: 'Addresses that come and go',
  race: 'Races',
  names: "localhost, and the host's own name",
  programs: 'What real programs bind',
  wire: 'What leaves the machine',
  containers: 'Container networks',
};

/** The title of a subject; one from elsewhere is called by its folder. */
export function subjectTitle(folder: string): string {
  return Object.hasOwn(SUBJECTS, folder) ? (SUBJECTS[folder] ?? folder) : folder;
}

/** Orders ids of experiments by their subjects, as readers look for them, and then by their letters. */
export function bySubject(one: string, other: string): number {
  const order = Object.keys(SUBJECTS);
  const [left = -1, right = -1] = [one, other].map((id) => order.indexOf(id.split('/')[0] ?? id));
  if (left !== right) return (left === -1 ? order.length : left) - (right === -1 ? order.length : right);
  return one < other ? -1 : 1;
}
