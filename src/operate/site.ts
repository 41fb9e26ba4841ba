// What a publication is about: an account with a platform in it, and stages, each of which looks before it acts.
import type { Account } from './account';
import type { Aws } from './aws';
import type { Assembly } from './cdk';
import type { ImageBuilder } from './image-builds';
import type { Platform, PlatformNamesIn } from './platform';
import type { Work } from './work';

/** The product is published, and people in Studio cannot get to it; or it cannot be published at all. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

/** One thing that publishing would do. */
export interface Change {
  readonly text: string;
  /** Why it deserves a second look. */
  readonly notable?: 'replacement' | 'removal' | 'permission';
}

/** One of the steps that a publication takes, in their order. */
export interface Stage {
  readonly name: string;
  /** What is to be done; nothing where everything is as it ought to be. */
  look(): Promise<readonly Change[]>;
  /** Does what {@link look} found last. */
  act(): Promise<void>;
}

/** An account with a platform in it, and what the platform's repository says. */
export interface Site {
  readonly platform: Platform;
  readonly aws: Aws;
  readonly work: Work;
  readonly account: Account;
  readonly names: PlatformNamesIn;
  readonly assembly: Assembly;
  readonly buildImages: ImageBuilder;
  readonly notes: string[];
}
