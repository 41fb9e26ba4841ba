import { definition, experimentOf, sampleConfig } from '../../src/pipeline';
import { CODE, CONFIG, ENVIRONMENT } from './example';

test('the sample set takes no licence, no GPU, no spot capacity and no pattern of flights, whatever the project takes', () => {
  const config = sampleConfig({
    ...CONFIG,
    training: { ...CONFIG.training, trainer: 'ultralytics', spot: true },
    gate: { 'coco.AP50': 0.99 },
  });

  expect(config.training).toMatchObject({ trainer: 'baseline', spot: false });
  expect(config.instances.training.type).toBe('ml.m5.xlarge');
  expect(config.flight).toEqual({ by: 'folder' });
  expect(config.gate).toEqual({ 'coco.AP50': 0.5 });
  expect(config.classes).toEqual(CONFIG.classes);
});

test("an experiment's pipeline registers nothing, whatever passes its gate", () => {
  const text = (register: boolean) => JSON.stringify(definition(CONFIG, ENVIRONMENT, CODE, { register }));

  expect(text(true)).toContain('"RegisterModel"');
  expect(text(false)).not.toContain('"RegisterModel"');
});

test("an experiment's pipeline bears the project's name, so that its events, its roles and its cleanup hold for it too", () => {
  expect(experimentOf(ENVIRONMENT, 'small-tiles').pipelineName).toBe(`${ENVIRONMENT.pipelineName}-small-tiles`);
  expect(() => experimentOf(ENVIRONMENT, 'a_b')).toThrow('letters, digits and inner hyphens');
  expect(() => experimentOf(ENVIRONMENT, 'x'.repeat(240))).toThrow('at most');
});
