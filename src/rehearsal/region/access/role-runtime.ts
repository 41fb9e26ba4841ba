// Jobs as IAM sees them: their containers hold their role's keys, and their objects come and go in the role's name.
import type { JobRuntime, ObjectStore } from '../../jobs';
import type { Base } from '../base';
import { s3Access } from '../s3/access';

/** The runtime for a job that runs as the role. */
export function runtimeAs(
  runtime: JobRuntime,
  roleArn: string,
  { principals, apis, storage }: Pick<Base, 'principals' | 'apis' | 'storage'>,
): JobRuntime {
  const caller = apis.as(principals.role(roleArn));
  const requires = (operation: string, uri: string): void => {
    const [Bucket = '', ...key] = uri.slice('s3://'.length).split('/');
    const input = operation === 'ListObjectsV2' ? { Bucket } : { Bucket, Key: key.join('/') };
    for (const access of s3Access(operation, input, storage.encryptionKeys.get(Bucket))) caller.requires(access);
  };
  const { store } = runtime;
  const ofRole: ObjectStore = {
    list(prefix) {
      requires('ListObjectsV2', prefix);
      return store.list(prefix);
    },
    download(uri, file) {
      requires('GetObject', uri);
      return store.download(uri, file);
    },
    upload(file, uri) {
      requires('PutObject', uri);
      return store.upload(file, uri);
    },
    delete(uri) {
      requires('DeleteObject', uri);
      return store.delete(uri);
    },
  };
  return { ...runtime, store: ofRole, environment: { ...runtime.environment, ...principals.variables(roleArn) } };
}
