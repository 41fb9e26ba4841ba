// The kit that every service of the region is made with: operations, checked calls, and three wire protocols.
export { admitRequest, Apis, behavioursOfApi, createApi, type Api, type ApiDeclaration } from './api';
export { jsonService } from './json';
export { operationsOf, type Access, type Caller, type Declaration, type Members, type Operation } from './operation';
export { queryService } from './query';
export { tagContext } from './tag-context';
export { restJsonService } from './rest-json';
