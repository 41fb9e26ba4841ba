export { ultralytics, type UltralyticsOptions } from './ultralytics';
