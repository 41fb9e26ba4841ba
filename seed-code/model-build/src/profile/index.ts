export { features, type ImageFeatures } from './image-features';
