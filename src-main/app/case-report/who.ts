/** What people say of a lesion, on its report: what is kept with the case, and the notes. Pure. */
import { fieldWord } from '../../contract/patient-words.ts';
import type { CaseRecord, Finding } from '../../contract/schema/case.ts';
import { type Html, html } from '../report-html/html.ts';
import { type Room, shortened } from './shortened.ts';

export interface KeptFacts
  extends Pick<CaseRecord, 'id' | 'ageYears' | 'sex' | 'site' | 'diagnosis' | 'histology'> {
  readonly takenOn: string;
  /** Null: not wanted on the page. */
  readonly notes: string | null;
  readonly patient: CaseRecord['patient'];
}

const LONGEST_FACT = 70;
const LONGEST_PATIENT_FIELD = 36;
/** As many as are read out of a DICOM file. */
const MOST_PATIENT_FIELDS = 7;
/** Signs and lines of notes. */
const LONGEST_NOTES = { usual: 900, full: 260 };
const MOST_NOTE_LINES = { usual: 7, full: 2 };

export function keptLine(kept: KeptFacts): Html {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Age', kept.ageYears === null ? null : `${kept.ageYears} years`],
    ['Sex', kept.sex],
    ['Site', kept.site],
    ['Clinician', findingText(kept.diagnosis)],
    ['Histology', histologyText(kept)],
    ...patientFacts(kept.patient ?? {}),
  ];
  return html`<p class="who"><span><b>Case</b>\u00a0${kept.id}</span> <span><b>Picture of</b>\u00a0${kept.takenOn}</span>${facts.map(
    ([name, value]) =>
      value ? html` <span><b>${name}</b>\u00a0${shortened(value, LONGEST_FACT)}</span>` : null,
  )}</p>`;
}

function patientFacts(patient: NonNullable<CaseRecord['patient']>): (readonly [string, string])[] {
  const fields = Object.entries(patient);
  const left = fields.length - MOST_PATIENT_FIELDS;
  return [
    ...fields
      .slice(0, MOST_PATIENT_FIELDS)
      .map(([keyword, value]) => [fieldWord(keyword), shortened(value, LONGEST_PATIENT_FIELD)] as const),
    ...(left > 0 ? [['Patient fields left out', String(left)] as const] : []),
  ];
}

export function noteBlock(notes: string, room: Room): Html {
  const [most, longest] = [MOST_NOTE_LINES[room], LONGEST_NOTES[room]];
  const lines = notes.trim().split(/\n+/);
  const few = lines.slice(0, most).join('\n');
  const where = 'the case has all of it';
  const text =
    lines.length > most && few.length <= longest
      ? `${few} … (shortened; ${where})`
      : shortened(few, longest, where);
  return html`<section class="notes" aria-label="Notes"><h3>Notes</h3><p>${text}</p></section>`;
}

function findingText(finding: Finding | null): string | null {
  return finding && [finding.code, finding.text].filter(Boolean).join(': ');
}

function histologyText({ histology }: KeptFacts): string | null {
  if (!histology) return null;
  return `${findingText(histology)}${histology.reportedOn ? ` (${histology.reportedOn})` : ''}`;
}
