// What the table says about one option.
import type { Kind } from './kind';

/** What a value has to meet beyond its kind, and the sentence for one that does not. */
export interface Rule<T> {
  readonly holds: (value: T) => boolean;
  /** Completes "NAME …": "is 1 to 32 characters: …". */
  readonly message: string;
}

/** A limit of AWS that a rule keeps, and where AWS states it. */
export interface AwsLimit {
  readonly limit: string;
  readonly source: string;
}

export interface OptionText<T> {
  /** What the option is, in one sentence. */
  readonly doc: string;
  /** The question that a person is asked. */
  readonly prompt: string;
  /** Whether it is asked at once, only of someone who wants to see the details, or not at all. @default 'detail' */
  readonly asked?: 'first' | 'detail' | 'never';
  readonly rules?: readonly Rule<T>[];
  readonly aws?: AwsLimit;
  /** How far the option reaches: into the platform alone, or into what a team owns after the launch. @default 'model-build' */
  readonly scope?: 'platform' | 'model-build';
}

/** An option: required, or with a default, or with a meaning when it is left out. */
export type Option<T> = OptionText<T> & { readonly kind: Kind<T> } & (
    | { readonly presence: 'required' }
    | { readonly presence: 'default'; readonly default: T }
    | { readonly presence: 'optional'; readonly without: string }
  );

export type Required<T> = Option<T> & { readonly presence: 'required' };
export type Defaulted<T> = Option<T> & { readonly presence: 'default'; readonly default: T };
export type Optional<T> = Option<T> & { readonly presence: 'optional' };

export function required<T>(kind: Kind<T>, about: OptionText<T>): Required<T> {
  return { ...about, kind, presence: 'required' };
}

export function defaulted<T>(kind: Kind<T>, value: T, about: OptionText<T>): Defaulted<T> {
  return { ...about, kind, presence: 'default', default: value };
}

/** @param without what happens when the option is left out: "no alert is sent" */
export function optional<T>(kind: Kind<T>, without: string, about: OptionText<T>): Optional<T> {
  return { ...about, kind, presence: 'optional', without };
}
