// What a generation did, for a person.
import { type Report, conflictsOf, describeChange, describeConflicts, needsAttention } from '../../upgrade';
import type { Host } from '../host';

/** Every file with what happened to it; what asks for a look comes last, where it is seen. */
export function tell(report: Report, host: Host): void {
  const would = report.written ? '' : ' (nothing was written)';
  const versions = report.from === undefined || report.from === report.to ? report.to : `${report.from} → ${report.to}`;
  if (report.diff !== undefined && report.diff !== '') host.print(report.diff.trimEnd());
  const [plain, notable] = [false, true].map((wanted) =>
    report.changes.filter((change) => needsAttention(change) === wanted),
  );
  for (const change of [...(plain ?? []), ...(notable ?? [])]) host.print(describeChange(change));
  host.print(
    `create-drone-mlops ${versions}: ${report.changes.length === 0 ? 'nothing to change' : `${report.changes.length} changes`}${would}.`,
  );
  const conflicts = conflictsOf(report);
  if (conflicts.length > 0) host.print(describeConflicts(conflicts));
}
