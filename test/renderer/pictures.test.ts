import { afterEach, describe, expect, test, vi } from 'vitest';
import { pictureAnswers } from '../../src-renderer/lib/picture-answers.ts';
import { uploadPicture } from '../../src-renderer/lib/pictures.ts';

afterEach(() => vi.unstubAllGlobals());

const file = new File(['no picture'], 'naevus left arm.jpg');

describe('a picture that cannot be sent is named', () => {
  test('when the host refuses it', async () => {
    const refusal = { code: 'bad-image', message: 'The file is not a JPEG picture.' };
    vi.stubGlobal('fetch', async () => Response.json(refusal, { status: 400 }));
    await expect(uploadPicture(file)).rejects.toMatchObject({
      code: 'bad-image',
      message: 'naevus left arm.jpg: The file is not a JPEG picture.',
    });
  });

  test('when the host is gone', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(uploadPicture(file)).rejects.toThrow('naevus left arm.jpg: The picture was not sent.');
  });
});

test('a picture that the model could not read is named as it was, not as the host kept it', () => {
  const kept = '/data/uploads/0d9a8c8e-0001';
  const answers = pictureAnswers([{ name: 'a.jpg' }, { name: 'b.jpg' }], {
    classes: [],
    answers: [
      { path: '/data/uploads/0d9a8c8e-0000', probabilities: [1], error: null },
      { path: kept, probabilities: null, error: `${kept}: damaged or truncated.` },
    ],
  });
  expect(answers[0]).toMatchObject({ file: { name: 'a.jpg' }, error: null, probabilities: [1] });
  expect(answers[1]).toMatchObject({ error: 'b.jpg: damaged or truncated.', probabilities: null });
});
