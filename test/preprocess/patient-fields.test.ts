import { expect, test } from 'vitest';
import { PatientFields } from '../../src-main/contract/schema/case.ts';
import type { DicomFields } from '../../src-main/preprocess/dicom-fields.ts';
import { patientFieldsOf } from '../../src-main/preprocess/patient-fields.ts';

const FIELDS: DicomFields = {
  patient: {
    name: 'Dr Zenobia Quillfeather',
    id: 'PX-4711',
    birthDate: '1961-07-04',
    sex: 'female',
    age: 0,
  },
  studyDate: '2024-02-29',
  bodySite: 'Skin of upper back',
  burnedInAnnotation: 'no',
};

test('what a file says of a patient is kept by the keywords of DICOM', () => {
  expect(patientFieldsOf(FIELDS)).toEqual({
    PatientName: 'Dr Zenobia Quillfeather',
    PatientID: 'PX-4711',
    PatientBirthDate: '1961-07-04',
    PatientSex: 'female',
    PatientAge: '0 years',
    StudyDate: '2024-02-29',
    BodyPartExamined: 'Skin of upper back',
  });
});

test('what it does not say is left out, down to nothing', () => {
  const patient = { name: '', id: 'PX-4711', birthDate: null, sex: null, age: null };
  const said = { patient, studyDate: null, bodySite: null, burnedInAnnotation: 'unknown' } as const;
  expect(patientFieldsOf(said)).toEqual({ PatientID: 'PX-4711' });
  expect(patientFieldsOf({ ...said, patient: { ...patient, id: null } })).toEqual({});
});

test('a value that no case would take is cut, so that the rest can be kept', () => {
  const fields = patientFieldsOf({ ...FIELDS, bodySite: 'x'.repeat(5000) });
  expect(PatientFields.parse(fields)).toEqual(fields);
  expect(fields.BodyPartExamined).toHaveLength(1024);
});
