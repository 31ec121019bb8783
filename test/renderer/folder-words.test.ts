import { describe, expect, test } from 'vitest';
import {
  csvPath,
  fileNameOf,
  folderProgressWords,
  joinPath,
  outcomeWords,
} from '../../src-renderer/lib/folder-words.ts';

describe('a folder of pictures', () => {
  test('has its CSV beside the pictures, named by the model, as the system writes paths', () => {
    const model = { name: 'HAM10000 MobileNet (Ärzte)', version: '1.0.0' };
    expect(csvPath('/pictures/', model)).toBe('/pictures/answers-ham10000-mobilenet-a-rzte-1.0.0.csv');
    expect(csvPath('C:\\pictures', model)).toBe('C:\\pictures\\answers-ham10000-mobilenet-a-rzte-1.0.0.csv');
    expect(joinPath('/', 'a.csv')).toBe('/a.csv');
    expect(fileNameOf('C:\\pictures\\a.csv')).toBe('a.csv');
  });

  test('says how far it is and how it ended', () => {
    expect(folderProgressWords(null)).toBe('Looking through the folder …');
    expect(folderProgressWords({ done: 120, total: 412, remainingMs: 42_000 })).toBe(
      '120 of 412 pictures · 0:42 left',
    );
    const outcome = {
      pictures: 412,
      answered: 292,
      earlier: 118,
      unreadable: 2,
      withWarnings: 31,
      withheld: 1,
      csv: '/pictures/a.csv',
      elapsedMs: 92_000,
    };
    const words = outcomeWords(outcome);
    expect(words[0]).toBe('292 pictures of 412 answered in 1:32.');
    expect(words.join(' ')).toMatch(
      /118 pictures had a row in the file before.* 1 picture got no answer.* 31 pictures.* 2 files could not be read/,
    );
    const plain = { ...outcome, earlier: 0, unreadable: 0, withWarnings: 0, withheld: 0 };
    expect(outcomeWords(plain)).toHaveLength(1);
  });
});
