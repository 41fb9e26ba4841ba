// Who calls, and what every call needed of IAM.
export { CallLog, type LoggedCall } from './call-log';
export { runtimeAs } from './role-runtime';
export { ResourceTags } from './resource-tags';
export { mayAssume } from './service-role';
export { Principals, type Principal, type RoleCredentials, type RoleVariables } from './principals';
