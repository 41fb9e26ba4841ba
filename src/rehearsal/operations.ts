// What a rehearsal has the command line do.
import type * as operate from '../operate';

/** What the command line's own commands do; they come from it, since they are a bundle of their own. */
export type Operations = Pick<
  typeof operate,
  'closeAws' | 'freezeCandidate' | 'launch' | 'nameInProject' | 'namesIn' | 'openAws' | 'publish' | 'readPlatform'
>;
