/**
 * What a DICOM file says of a patient, as a case may keep it when asked: keywords of DICOM (PS3.6) and values in words. Pure; runs in
 * the worker.
 */
import type { PatientFields } from '../contract/schema/case.ts';
import type { DicomFields } from './dicom-fields.ts';

/** The most that a case takes of one value; the standard's own limits are far below. */
const LONGEST_VALUE = 1024;

/** What the file does not say is left out; so is what it says of the picture alone. */
export function patientFieldsOf({ patient, studyDate, bodySite }: DicomFields): PatientFields {
  const values = {
    PatientName: patient.name,
    PatientID: patient.id,
    PatientBirthDate: patient.birthDate,
    PatientSex: patient.sex,
    PatientAge: patient.age === null ? null : `${patient.age} years`,
    StudyDate: studyDate,
    BodyPartExamined: bodySite,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([keyword, value]) =>
      value ? [[keyword, value.slice(0, LONGEST_VALUE)]] : [],
    ),
  );
}
