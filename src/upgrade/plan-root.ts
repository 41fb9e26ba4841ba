// Decides what a generation does to one root. Reads through what it is given and writes nothing.
import type { Draft, Plan, Situation } from './plan';
import { planManaged } from './plan-managed';
import { planOwned } from './plan-owned';

export function planRoot(situation: Situation): Plan {
  const draft: Draft = { actions: [], changes: [], entries: new Map() };
  const handEdits = planManaged(situation, draft);
  const unresolved = planOwned(situation, draft);
  return { ...draft, handEdits, unresolved };
}
