/**
 * What a person can do where something that set-up brings is missing. Pure; used by hosts and workers. The packaged product has no npm
 * and no command line: its host says so, to itself and to its workers, in the variable PACKAGED.
 */
export const PACKAGED = 'LESION_LAB_PACKAGED';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Remedies {
  readonly library: string;
  /** Of TensorFlow's build for GPUs. */
  readonly gpuBuild: string;
  /** Of what comes with the product. */
  readonly ownFiles: string;
  /** Of Electron's binary; null where the product is Electron's own. */
  readonly desktop: string | null;
  /** Where more is said about the device. */
  readonly moreOnDevice: string;
  /** What to do with a file of weights once it is here. */
  readonly weightsFile: (name: string) => string;
}

const FROM_SOURCE: Remedies = {
  library: 'Run "npm run setup", then "npm run doctor".',
  gpuBuild: 'Run "npm run setup -- --gpu".',
  ownFiles: 'Run "npm run setup" again.',
  desktop: 'Run "npm run setup -- --electron" to try again to fetch it.',
  moreOnDevice: 'Run "npm run doctor" for what is missing, or train with --device cpu.',
  weightsFile: (name) => `run "lab weights import ${name}"`,
};

const IN_PACKAGE: Remedies = {
  library:
    'Close Lesion Lab and start it again: it offers to download the library or to take it from a file. Where it offers nothing, install it anew.',
  gpuBuild: 'The installed product has the CPU build alone; for the GPU, run Lesion Lab from its source.',
  ownFiles: 'Install Lesion Lab anew; what it has stored is kept.',
  desktop: null,
  moreOnDevice: 'See Settings for what is missing, or choose the processor.',
  weightsFile: () => 'import it in Settings',
};

export function remedies(variables: Variables): Remedies {
  return variables[PACKAGED] === 'yes' ? IN_PACKAGE : FROM_SOURCE;
}
