export { baseline, type BaselineOptions } from './baseline';
