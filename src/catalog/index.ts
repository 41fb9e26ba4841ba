// The door of the catalog.
export { synthesizeTemplate, type Resource, type SynthesizedTemplate, type Template } from './synthesize';
