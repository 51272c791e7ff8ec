/** The folder that commands write their reports into, and read them from, where no other is named. */
export const REPORTS = 'bindspec-reports';
