import { afterEach, describe, expect, test, vi } from 'vitest';
import { blobOfDataUrl } from '../../src-renderer/lib/data-url.ts';
import { holdPicture, isStillThere } from '../../src-renderer/lib/pictures.ts';

afterEach(() => vi.unstubAllGlobals());

const file = new File(['no picture'], 'naevus left arm.jpg');

describe('a picture that cannot be sent is named', () => {
  test('when the host refuses it', async () => {
    const refusal = { code: 'bad-image', message: 'The file is not a JPEG picture.' };
    vi.stubGlobal('fetch', async () => Response.json(refusal, { status: 400 }));
    await expect(holdPicture(file)).rejects.toMatchObject({
      code: 'bad-image',
      message: 'naevus left arm.jpg: The file is not a JPEG picture.',
    });
  });

  test('when the host is gone', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(holdPicture(file)).rejects.toThrow('naevus left arm.jpg: The picture was not sent.');
  });
});

test('a picture goes where no file holds it', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    return Response.json({ asset: 'held:1' }, { status: 201 });
  });
  expect(await holdPicture(file)).toBe('held:1');
  expect(asked).toEqual(['/hold']);
});

test('whether a picture is still held is asked of the host', async () => {
  vi.stubGlobal('fetch', async () => new Response('pixels'));
  expect(await isStillThere('held:1')).toBe(true);
  vi.stubGlobal('fetch', async () => new Response('gone', { status: 404 }));
  expect(await isStillThere('held:1')).toBe(false);
});

test('a data URL becomes the bytes that it holds, and nothing else does', async () => {
  const blob = blobOfDataUrl('data:image/png;base64,AAECAw==');
  expect(blob.type).toBe('image/png');
  expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 1, 2, 3]);
  expect(() => blobOfDataUrl('data:text/html,<b>')).toThrow('cannot be shown');
});
