/** What is known, and what is not, of the skin in the training data, by the layout that the data came in. Pure. */
import type { Release } from '../../../contract/schema/release.ts';

export interface SkinFacts {
  readonly skinType: string;
  readonly skinTypeRisk: string;
  readonly healthySkin: string;
}

export function skinFacts({ evidence: { dataset }, classes }: Release): SkinFacts {
  const isHam = dataset.layout === 'ham10000' && !dataset.synthetic;
  const healthy = classes.find(({ code, name }) => /\b(healthy|normal)\b/i.test(`${code} ${name}`));
  return {
    skinType: isHam
      ? 'Skin type is not recorded in the data (HAM10000): no figure by skin type can be given.'
      : `Skin type is not recorded in the data (layout ${dataset.layout}): no figure by skin type can be given.`,
    skinTypeRisk:
      'How the model does on a skin type that is rare in the data is unknown; a worse result there would not show in any figure of this card.',
    healthySkin: healthy
      ? `The list of classes has one for healthy skin: ${healthy.name}.`
      : 'Healthy skin is not one of the classes: a picture of it gets one of these diagnoses all the same, or is called strange.',
  };
}
