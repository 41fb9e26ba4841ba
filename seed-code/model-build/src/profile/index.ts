export { features, type ImageFeatures } from './image-features';
export { profileImage, type ImageProfile } from './image-profile';
export { thumbnail } from './thumbnail';
export { profileFolder, type ProfileOptions } from './profile-folder';
export { type Profile } from './profile';
export { recommend, type ProjectSettings, type Recommendation } from './recommendations';
export { profileJson, writeProfile, type ProfileReport } from './write-profile';
