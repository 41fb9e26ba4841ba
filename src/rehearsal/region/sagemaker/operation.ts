// What the SageMaker operations share: how one is declared, and how they say no.
import { AwsError } from '../errors';
import { operationsOf, type Operation as AnyOperation } from '../service';
import type { World } from './world';

export type { Members } from '../service';
export type Operation = AnyOperation<World>;

export const operation = operationsOf<World>();

export const API = 'SageMaker API Reference';
export const GUIDE = 'SageMaker Developer Guide';

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFound', message);
}
