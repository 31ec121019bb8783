/** What DICOM's keywords of a patient mean, for the screen and the report. Pure. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  PatientName: 'Name',
  PatientID: 'Patient id',
  PatientBirthDate: 'Date of birth',
  PatientSex: 'Sex',
  PatientAge: 'Age',
  StudyDate: 'Date of study',
  BodyPartExamined: 'Body site',
};

/** What a keyword of DICOM means; one that is not known stays as it is. */
export function fieldWord(keyword: string): string {
  return FIELD_WORDS[keyword] ?? keyword;
}
