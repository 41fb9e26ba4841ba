// The pipeline's steps, those that the team has added among them, as the rows of a Markdown table.
import { type AddedStep, PIPELINE_STEPS } from '../options';

interface StepRow {
  readonly step: string;
  readonly does: string;
  readonly file: string;
}

const DOES: Readonly<Record<(typeof PIPELINE_STEPS)[number], string>> = {
  split: 'decides by flight which frames train, validate and test, near-duplicates together',
  preprocess: 'cuts frames into tiles with their labels, spread over instances',
  validate: 'finds what training would drop or misread, and fails over the permitted share',
  train: 'trains the detector and exports it to ONNX',
  evaluate: 'measures it on held-out frames, full frame and sliced, and chooses its operating point',
};

/** What an added step is, for whoever reads the table. */
const KINDS: Readonly<Record<AddedStep['kind'], string>> = {
  processing: 'the team’s own',
  lambda: 'the team’s own, a Lambda function',
  callback: 'the team’s own, a callback that `npm run worker` answers',
};

/** Lines of the table's rows, in the order in which the steps run. */
export function stepsTable(added: readonly AddedStep[]): string {
  return stepRows(added)
    .map(({ step, does, file }) => `| \`${step}\` | ${does} | \`${file}\` |`)
    .join('\n');
}

function stepRows(added: readonly AddedStep[]): StepRow[] {
  const rows: StepRow[] = PIPELINE_STEPS.map((step) => ({ step, does: DOES[step], file: `src/steps/${step}.ts` }));
  const placed = new Set<string>();
  for (const { name, after, kind } of added) {
    let at = rows.findIndex(({ step }) => step === after) + 1;
    while (placed.has(rows[at]?.step ?? '')) at += 1;
    rows.splice(at, 0, { step: name, does: KINDS[kind], file: `src/steps/${name}.ts` });
    placed.add(name);
  }
  return [
    ...rows,
    { step: 'gate', does: 'lets a model pass that reaches the thresholds', file: 'src/pipeline/gate.ts' },
    { step: 'register', does: 'registers the package, to wait for approval', file: 'src/pipeline/project.ts' },
  ];
}
