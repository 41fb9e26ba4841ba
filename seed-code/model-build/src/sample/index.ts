export { FLIGHTS, type Flight } from './flights';
export { randomStream, type Random } from './random';
export { drawScene, SAMPLE_CLASSES, type Scene } from './scene';
export { FRAMES_PER_FLIGHT, writeSample, type SampleSummary } from './write';
