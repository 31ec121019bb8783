/** What a run says of the weights that it began with. */
import { expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/index.ts';
import { planModel } from '../../src-main/worker/plan-model.ts';
import { sampleManifest } from '../store/samples.ts';

function plan(settings: Partial<TrainingConfig>) {
  const config = TrainingConfig.parse({ model: 'res_net', ...settings });
  return planModel({ manifest: sampleManifest(), config, modelFile: null, folders: { weights: [] } });
}

test('a backbone without its ImageNet weights is refused, not trained from chance', async () => {
  await expect(plan({})).rejects.toMatchObject({
    code: 'missing-component',
    message: expect.stringContaining('--initial-weights scratch'),
  });
});

test('a backbone from scratch is named, and how many of its layers stay as chance made them', async () => {
  const whole = await plan({ initialWeights: 'scratch', trainableLayers: 'all' });
  expect(whole.fromScratch).toBe('The resnet50 backbone was trained from scratch, without ImageNet weights.');
  // ResNet50 has 175 layers in Keras, the first of them its input
  const last23 = await plan({ initialWeights: 'scratch', trainableLayers: 23 });
  expect(last23.fromScratch).toMatch(/first 151 layers were frozen as drawn at random/);
  const allButInput = await plan({ initialWeights: 'scratch', trainableLayers: 174 });
  expect(allButInput.fromScratch).toBe(whole.fromScratch);
});
