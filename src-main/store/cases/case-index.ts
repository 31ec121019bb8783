/** What lists and searches are answered from: all cases as lists need them, in memory while the store is open. Runs in the host. */
import type { Db } from '../open.ts';
import type { IndexedCase } from './case-documents.ts';
import { readIndex } from './case-rows.ts';
import type { DataKey } from './record-keys.ts';

export class CaseIndex {
  readonly #db: Db;
  #cases: Map<string, IndexedCase> | null = null;
  #damaged: readonly string[] = [];
  /** SQLite's: changes when another connection has written. */
  #dataVersion = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Read anew where another program has changed something. */
  read(dataKey: DataKey): { cases: IndexedCase[]; damaged: string[] } {
    const dataVersion = this.#db.pragma('data_version', { simple: true }) as number;
    if (this.#cases === null || this.#dataVersion !== dataVersion) {
      const { cases, damaged } = readIndex(this.#db, dataKey);
      this.#cases = new Map(cases.map((one) => [one.id, one]));
      this.#damaged = damaged;
      this.#dataVersion = dataVersion;
    }
    return { cases: [...this.#cases.values()], damaged: [...this.#damaged] };
  }

  put(indexed: IndexedCase): void {
    this.#cases?.set(indexed.id, indexed);
  }

  remove(codes: readonly string[]): void {
    for (const code of codes) this.#cases?.delete(code);
    this.#damaged = this.#damaged.filter((code) => !codes.includes(code));
  }

  clear(): void {
    this.#cases = null;
    this.#damaged = [];
  }
}
