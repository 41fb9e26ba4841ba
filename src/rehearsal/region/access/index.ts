// Who calls, and what every call needed of IAM.
export { CallLog, type LoggedCall } from './call-log';
export { runtimeAs } from './role-runtime';
export { Principals, type Principal, type RoleCredentials } from './principals';
