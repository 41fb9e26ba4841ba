// SageMaker's ManifestFile: a prefix, then the objects below it (API reference, S3DataSource).

/** @param objectsUri `s3://BUCKET/data/objects` */
export function manifestFile(objectsUri: string, objects: readonly string[]): string {
  return `${JSON.stringify([{ prefix: `${objectsUri.replace(/\/+$/, '')}/` }, ...objects], null, 1)}\n`;
}
