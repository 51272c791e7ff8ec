/** What the folders of experiments are about. */
const SUBJECTS: Readonly<Record<string, string>> = {
  conflict: 'Binding beside another socket',
  filter: 'Whose datagrams a client takes',
  programs: 'What real programs bind',
  reach: 'Who reaches a server',
  refusal: 'What a client learns of a closed port',
  source: 'The address that a packet comes from',
  wire: 'What leaves the machine',
};

/** The title of a subject; one from elsewhere is called by its folder. */
export function subjectTitle(folder: string): string {
  return Object.hasOwn(SUBJECTS, folder) ? (SUBJECTS[folder] ?? folder) : folder;
}
