// Puts added steps into a row of steps: each right after the one that it names, and before whatever came next there.
import { DefinitionError, type Step } from './builder';

/** A step, and the name of the one that it comes right after. */
export interface Insertion {
  readonly after: string;
  readonly step: Step;
}

/**
 * @param row steps in the order in which they run
 * @returns the row with the insertions in it; each waits for the step before it, and is waited for by the step after it
 * @throws DefinitionError when there is no step of the name that an insertion gives
 */
export function weave(row: readonly Step[], insertions: readonly Insertion[]): Step[] {
  const woven = [...row];
  const added = new Set<Step>();
  for (const { after, step } of insertions) {
    let at = woven.findIndex(({ name }) => name === after);
    if (at < 0) throw new DefinitionError(`The step ${step.name} comes after ${after}, which is no step of this row.`);
    // In the order in which they were added.
    while (added.has(woven[at + 1])) at += 1;
    woven.splice(at + 1, 0, step);
    added.add(step);
  }
  return woven.map((step, index) => {
    const before = woven[index - 1];
    if (before === undefined || !(added.has(step) || added.has(before))) return step;
    const waits = new Set([...(step.json.DependsOn ?? []), before.name]);
    return { ...step, json: { ...step.json, DependsOn: [...waits] } };
  });
}
