// Conflict markers in a text, as git and editors know them.

const OPENING = '<'.repeat(7);
const DIVIDER = '='.repeat(7);
const CLOSING = '>'.repeat(7);

/** Numbers of the lines, from 1, that open a conflict which is also divided and closed. */
export function conflictLines(bytes: Buffer): number[] {
  if (!bytes.includes(OPENING)) return [];
  const found: number[] = [];
  let opened: number | undefined;
  let divided = false;
  for (const [i, line] of bytes.toString('latin1').split(/\r?\n/).entries()) {
    if (line.startsWith(`${OPENING} `)) [opened, divided] = [i + 1, false];
    else if (line === DIVIDER) divided = true;
    else if (line.startsWith(`${CLOSING} `) && opened !== undefined) {
      if (divided) found.push(opened);
      opened = undefined;
    }
  }
  return found;
}
