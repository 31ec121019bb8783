/** Names inside a file of runs. Pure; used by the host. */
export const runDocument = (number: number) => `runs/${number}/run.json`;
export const runFiles = (number: number) => `runs/${number}/files/`;
export const datasetDocument = (hash: string) => `datasets/${hash}.json`;
