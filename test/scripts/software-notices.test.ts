/** The licences that the window shows are those of the packages that the product is made of now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noticesOf, shippedSoftware } from '../../scripts/software-notices.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const shown = readFileSync(join(ROOT, 'resources', 'software-notices.txt'), 'utf8');
const product = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test('name every package of the product in its present version', () => {
  const { dependencies, devDependencies } = product;
  const inTheWindow = ['svelte', 'chart.js', 'bits-ui', 'virtua', 'electron'];
  const named = {
    ...dependencies,
    ...Object.fromEntries(inTheWindow.map((name) => [name, devDependencies[name]])),
  };
  for (const [name, version] of Object.entries(named)) expect(shown).toContain(`${name} ${version}: `);
});

test('carry the text of each licence once, below its packages', () => {
  const software = shippedSoftware();
  const notices = noticesOf(software);
  const text = software.find(({ name }) => name === 'csv-parse')!.text;
  expect(text).toMatch(/permission is hereby granted/i);
  expect(notices.split(text)).toHaveLength(2);
  expect(software.map(({ name }) => name)).toContain('@floating-ui/dom');
});
