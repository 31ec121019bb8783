/** What main.ts asks of the two sides, as JSON lines: ours.ts and the peers in peer/ read the same task. Types only. */
import type { TrainingConfig } from '../src-main/contract/schema/config.ts';
import type { BackboneId } from '../src-main/models/backbones.ts';

/** `single`: a picture file to probabilities, one by one. `prepare`: picture files to pixels. */
export type TaskKind = 'train' | 'predict' | 'single' | 'prepare';

export interface Pictures {
  /** Folder of `files`. */
  readonly root: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** File of the same pictures decoded: uint8 [files, height, width, 3]. */
  readonly pixels: string;
}

export interface Task {
  readonly kind: TaskKind;
  readonly config: TrainingConfig;
  /** Null for the networks without one. */
  readonly backbone: BackboneId | null;
  readonly headDropout: number;
  readonly classCount: number;
  /** Images of one measurement; rows of `pixels` are used again from the first on. */
  readonly images: number;
  readonly pictures: Pictures;
  /** Network of torchvision, for a side that takes its networks from there. */
  readonly torchvision?: string;
}

export type Request = { readonly do: 'set-up'; readonly task: Task } | { readonly do: 'measure' };

/** The first line that a side writes. */
export interface Hello {
  /** Version of TensorFlow; null of a side that computes with another library. */
  readonly tensorflow: string | null;
  readonly device: 'cpu' | 'gpu';
  /** The rest of what it runs on, such as "Keras 3.15.1, Python 3.11.7". */
  readonly versions: string;
}

/** Answer to `measure`. */
export interface Measurement {
  readonly seconds: number;
}
