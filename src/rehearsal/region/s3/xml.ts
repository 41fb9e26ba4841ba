// S3's documents: the namespace that they all carry.
import type { ServiceModel } from '../model';
import { xmlElement } from '../xml';

/** XML of the members of `value` that no header carries. */
export function renderXml(model: ServiceModel, root: string, shape: string, value: unknown): string {
  const namespace = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(model, root, { shape }, value, namespace)}`;
}
