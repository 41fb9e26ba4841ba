// The validation report as one self-contained page: figures, tiles with their boxes, and what was found.
import { escape } from '../markup';
import { percent, type Findings, type Remark } from './validation';

/** A tile as the page shows it. */
export interface TilePicture {
  readonly name: string;
  readonly part: string;
  /** JPEG with the boxes drawn in. */
  readonly jpeg: Buffer;
  readonly boxes: number;
}

export interface ValidationPage {
  readonly classes: readonly string[];
  readonly findings: Findings;
  readonly permittedShare: number;
  readonly warnings: readonly string[];
  /** What the pictures are. */
  readonly shown: string;
  readonly pictures: readonly TilePicture[];
  /** Colours of the boxes, by class. */
  readonly colours: readonly string[];
}

const REMARKS: Readonly<Record<Remark, string>> = {
  'no-label-file': 'have no label file and count as background',
  'empty-label-file': 'have an empty label file and count as background',
  'duplicate-rows': 'repeat a row of labels, which training reads once',
  'empty-boxes': 'have boxes without width or height, which training does not see',
};

/** Rows of a list that a page shows; `validation.json` has them all. */
const LISTED = 200;

export function validationPage(page: ValidationPage): string {
  const { findings, permittedShare, warnings, pictures } = page;
  const passed = findings.droppedShare <= permittedShare;
  const verdict = `${findings.dropped.length} of ${findings.images} images (${percent(findings.droppedShare)}) would be dropped; ${percent(permittedShare)} are permitted.`;
  const remarks = (Object.keys(REMARKS) as Remark[]) // Its keys are exactly Remark.
    .filter((remark) => findings.remarks[remark].length > 0)
    .map((remark) => details(`${findings.remarks[remark].length} images ${REMARKS[remark]}`, findings.remarks[remark]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Validation of the training data</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.25rem 0.75rem; border-bottom: 1px solid color-mix(in srgb, currentcolor 25%, transparent); overflow-wrap: anywhere; }
td.number { text-align: right; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
figure { margin: 0; }
figcaption { font-size: 0.8rem; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
.key { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 1em; border: 1px solid; }
</style>
</head>
<body>
<main>
<h1>Validation of the training data</h1>
<p><strong>${passed ? 'Passed.' : 'Failed.'}</strong> ${verdict}</p>
${warnings.length > 0 ? `<h2>Warnings</h2>${list(warnings)}` : ''}
<h2>Boxes that training reads</h2>
${boxTable(page)}
<h2>${escape(page.shown)}</h2>
<p>Boxes: ${page.classes.map((name, label) => `<span class="key" style="background:${page.colours[label]}"></span>${escape(name)}`).join('')}</p>
<div class="tiles">
${pictures.map(figure).join('\n')}
</div>
<h2>Images that training would drop</h2>
${findings.dropped.length > 0 ? droppedTable(findings) : '<p>None.</p>'}
<h2>Remarks</h2>
${remarks.length > 0 ? remarks.join('\n') : '<p>None.</p>'}
</main>
</body>
</html>
`;
}

function boxTable({ classes, findings }: ValidationPage): string {
  const parts = Object.keys(findings.boxes);
  const rows = classes.map(
    (name, label) =>
      `<tr><th scope="row">${escape(name)}</th>${parts.map((part) => `<td class="number">${findings.boxes[part][label]}</td>`).join('')}</tr>`,
  );
  const head = parts.map((part) => `<th scope="col">${escape(part)}</th>`).join('');
  return `<table><thead><tr><th scope="col">class</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function droppedTable({ dropped }: Findings): string {
  const rows = dropped
    .slice(0, LISTED)
    .map(({ path, part, detail }) => `<tr><td>${escape(path)}</td><td>${part}</td><td>${escape(detail)}</td></tr>`);
  const head = ['image', 'part', 'why'].map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>${more(dropped.length)}`;
}

function details(summary: string, paths: readonly string[]): string {
  return `<details><summary>${escape(summary)}</summary>${list(paths.slice(0, LISTED))}${more(paths.length)}</details>`;
}

function figure({ name, part, jpeg, boxes }: TilePicture): string {
  const alt = `Picture of the ${part} part with ${boxes} boxes`;
  return `<figure><img src="data:image/jpeg;base64,${jpeg.toString('base64')}" alt="${alt}"><figcaption>${part}: ${escape(name)}</figcaption></figure>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
}

function more(count: number): string {
  return count > LISTED ? `<p>${count - LISTED} more in validation.json.</p>` : '';
}
