/** Released models as text. Pure. */
import type { Release, ReleaseSignature, ReleaseSummary } from '../../../contract/schema/release.ts';
import { bytes, dateTime, estimate, figure, properties, table } from './format.ts';

const ORIGINS: Record<ReleaseSummary['origin'], string> = {
  bundled: 'came with the product',
  'released-here': 'released here',
  imported: 'imported',
};

export function formatReleases(releases: readonly ReleaseSummary[]): string {
  if (releases.length === 0) {
    return 'No released model. "lab release create RUN" makes one, "lab release import FILE" takes one in.';
  }
  return table(
    ['hash', 'name', 'version', 'origin', 'signed by', 'test bal. acc.', 'licence', 'released'],
    releases.map((release) => [
      release.hash.slice(0, 12),
      release.name,
      release.version,
      ORIGINS[release.origin],
      release.signature ? release.signature.fingerprint.slice(0, 12) : 'not signed',
      release.testBalancedAccuracy ? estimate(release.testBalancedAccuracy) : '-',
      licenceOf(release),
      dateTime(release.releasedAt),
    ]),
  );
}

export function formatRelease(summary: ReleaseSummary, release: Release): string {
  const { fit } = release;
  const test = fit.parts.find(({ part }) => part === 'test');
  const n = test ? `, n = ${test.images} images of ${test.lesions} lesions` : '';
  const accuracy = summary.testBalancedAccuracy ? estimate(summary.testBalancedAccuracy) : '-';
  return [
    properties([
      ['Model', `${summary.name} ${summary.version} (${summary.modelId})`],
      ['SHA-256', `${summary.hash} (${bytes(summary.bytes)})`],
      ['Signature', formatSignature(summary.signature)],
      ['Origin', ORIGINS[summary.origin]],
      ['Intended use', release.intendedUse],
      ['Licence', licenceOf(summary)],
      [
        'Trained on',
        `${summary.datasetName}${summary.isSynthetic ? ' (drawn images, not photographs)' : ''}`,
      ],
      ['Classes', summary.classes.map(({ code }) => code).join(', ')],
      ['Balanced accuracy on test', `${accuracy}${n}`],
      ['Temperature', figure(fit.temperature)],
    ]),
    ...(fit.operating.length > 0 ? [formatOperating(release)] : []),
    formatCoverage(release),
    'For research and teaching only. Not a medical device, and never the sole basis of a decision.',
  ].join('\n\n');
}

export function formatSignature(signature: ReleaseSignature | null): string {
  return signature === null ? 'not signed' : `${signature.algorithm}, fingerprint ${signature.fingerprint}`;
}

function licenceOf({ licence, isNonCommercial }: ReleaseSummary): string {
  return isNonCommercial ? `${licence}, non-commercial` : licence;
}

function formatOperating({ fit: { operating } }: Release): string {
  return table(
    [
      'operating point',
      'aimed at',
      'threshold',
      'sensitivity on test',
      'specificity on test',
      'positive',
      'negative',
    ],
    operating.map(({ question, targetSensitivity, threshold, test }) => [
      question,
      figure(targetSensitivity),
      figure(threshold),
      estimate(test.sensitivity),
      estimate(test.specificity),
      String(test.positive),
      String(test.negative),
    ]),
  );
}

function formatCoverage({ fit: { conformal } }: Release): string {
  return table(
    ['prediction sets at', 'had the true class on test', 'of lesions', 'share'],
    conformal.map(({ level, onTest: { overall } }) => [
      String(level),
      String(overall.coveredLesions),
      String(overall.lesions),
      estimate(overall.share),
    ]),
  );
}
