// How a generation in a process of its own tells whoever started it what became of it.
import { writeFileSync } from 'node:fs';
import type { Report } from './report';
import type { Settings } from './settings';

export type Outcome = { readonly report: Report } | { readonly error: string };

/** Does the work, and leaves its outcome in the settings' file, when they name one. */
export function withOutcome(settings: Settings, work: () => Report): Report {
  const tell = (outcome: Outcome): void => {
    if (settings.outcomeFile !== undefined) writeFileSync(settings.outcomeFile, JSON.stringify(outcome));
  };
  try {
    const report = work();
    tell({ report });
    return report;
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
