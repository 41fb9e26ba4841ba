export { bytes, duration } from './format';
export { renderReport } from './render';
