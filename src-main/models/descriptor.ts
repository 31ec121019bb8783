/**
 * What the product knows about a model: how it is built, where it comes from, how it was trained and what was published.
 * Types only. The list is registry.ts.
 */
import type { TrainingConfigInput } from '../contract/schema/config.ts';
import type { Network } from '../contract/schema/network.ts';
import type { BackboneId, Scaling } from './backbones.ts';

export interface BuildOptions {
  readonly heightPx: number;
  readonly widthPx: number;
  /** At least 2. */
  readonly classCount: number;
  /** Dropout before the last dense layer, in [0, 1); null: the model's own. */
  readonly headDropout: number | null;
  /** Batch norm after the pooling; only models with a pooling can have one. */
  readonly headBatchNorm: boolean;
  /** L2 penalty on the last dense kernel. */
  readonly headL2: number;
}

/** Figures of the published table, by image split; losses are categorical cross-entropy. */
export interface PublishedResults {
  readonly testAccuracy: number;
  readonly validationAccuracy: number;
  readonly testLoss: number;
  readonly validationLoss: number;
  readonly minutes: number;
  readonly epochs: number;
}

export interface ModelDescriptor {
  readonly id: string;
  readonly title: string;
  /** One line: what it is made of. */
  readonly summary: string;
  /** Paper of the architecture; null where there is none. */
  readonly paper: string | null;
  readonly backbone: BackboneId | null;
  /** Scaling of pixels in 0..255 that "normalisation: model" applies. */
  readonly nativeScaling: Scaling;
  readonly minimumSizePx: number;
  /** Dropout before the last dense layer when the config names none. */
  readonly headDropout: number;
  /** The model's own training settings; what they leave out is the product's default. */
  readonly settings: Partial<TrainingConfigInput>;
  /** Settings of the published experiment, whole; null where none was published. */
  readonly published: Partial<TrainingConfigInput> | null;
  readonly results: PublishedResults | null;
  /** @throws AppError `bad-input` for images smaller than `minimumSizePx` or a switch that the model cannot have */
  readonly build: (options: BuildOptions) => Network;
}
