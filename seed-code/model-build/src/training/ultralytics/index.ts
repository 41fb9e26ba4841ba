export { LICENSE, licenseFault } from './license';
export { ultralytics } from './ultralytics';
