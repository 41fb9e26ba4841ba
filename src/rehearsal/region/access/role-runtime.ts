// Jobs as IAM sees them: their containers hold their role's keys, and their objects come and go in the role's name.
import type { JobRuntime, ObjectStore } from '../../jobs';
import type { Apis } from '../service';
import type { Principals } from './principals';

/** The runtime for a job that runs as the role. */
export function runtimeAs(
  runtime: JobRuntime,
  roleArn: string,
  { principals, apis }: { readonly principals: Principals; readonly apis: Apis },
): JobRuntime {
  const caller = apis.as(principals.role(roleArn));
  const requires = (action: string, uri: string, ofBucket = false): void => {
    const path = uri.slice('s3://'.length);
    const resource = ofBucket ? (path.split('/')[0] ?? '') : path;
    caller.requires({ action, resources: [`arn:aws:s3:::${resource}`] });
  };
  const { store } = runtime;
  const ofRole: ObjectStore = {
    list(prefix) {
      requires('s3:ListBucket', prefix, true);
      return store.list(prefix);
    },
    download(uri, file) {
      requires('s3:GetObject', uri);
      return store.download(uri, file);
    },
    upload(file, uri) {
      requires('s3:PutObject', uri);
      return store.upload(file, uri);
    },
    delete(uri) {
      requires('s3:DeleteObject', uri);
      return store.delete(uri);
    },
  };
  return { ...runtime, store: ofRole, environment: { ...runtime.environment, ...principals.variables(roleArn) } };
}
