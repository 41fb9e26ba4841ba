// The profile as one self-contained page: what there is, what to do about it, and how measures are spread.
import { histogramChart } from '../evaluation';
import { escape } from '../markup';
import type { Distribution } from './distribution';
import type { Profile } from './profile';
import type { Recommendation } from './recommendations';

export interface ProfilePage {
  /** What the folder is called. */
  readonly name: string;
  readonly profile: Profile;
  readonly recommendations: readonly Recommendation[];
  /** Small JPEGs by path, for the examples and for what is recommended. */
  readonly pictures: ReadonlyMap<string, Buffer>;
  /** Paths of images that stand for the folder. */
  readonly examples: readonly string[];
  /** Colours of the boxes, by class. */
  readonly colours: readonly string[];
}

/** Pictures beside a recommendation, and names below it; profile.json has them all. */
export const PICTURES_EACH = 4;
const NAMES_EACH = 100;
const OUTLIERS_SHOWN = 50;

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentcolor 22%, transparent); --act: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --act: #ff8a80; } }
body { background: canvas; color: canvastext; font: 16px/1.5 system-ui, sans-serif; max-width: 74rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2.5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1.5rem 0; padding: 0; }
.figures div { border-top: 2px solid var(--line); padding-top: 0.4rem; }
.figures dt { font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.4rem; font-weight: 600; }
.advice { list-style: none; padding: 0; }
.advice li { border-left: 4px solid var(--line); padding: 0.1rem 0 0.1rem 1rem; margin: 1.2rem 0; }
.advice li.repair { border-color: var(--act); }
.advice h3, .advice p { margin: 0 0 0.3rem; }
.kind { font-size: 0.8rem; font-weight: 600; text-transform: uppercase; letter-spacing: 0.05em; }
.repair .kind { color: var(--act); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0.75rem; align-items: start; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; max-width: 20rem; }
figcaption { font-size: 0.8rem; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.tables { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: start; }
.key { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; border: 1px solid; }
.files { columns: 18rem; font-size: 0.85rem; overflow-wrap: anywhere; }
`;

export function profilePage(page: ProfilePage): string {
  const { name, profile, recommendations, examples } = page;
  const sampled = profile.profiled + profile.folder.unreadable.length < profile.folder.images;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Profile of ${escape(name)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Profile of ${escape(name)}</h1>
<p>${sampled ? `A sample of ${profile.profiled} from ${profile.folder.images} images.` : `All ${profile.folder.images} images.`}</p>
${figures(profile)}
<h2>What to do</h2>
${recommendations.length > 0 ? `<ol class="advice">${recommendations.map((one) => advice(one, page)).join('\n')}</ol>` : '<p>Nothing was found that needs a decision.</p>'}
<h2>Examples</h2>
${pictures(examples, page)}
${profile.objects.total > 0 ? `<h2>Objects</h2>\n${classTable(page)}\n${objectCharts(profile)}` : ''}
<h2>Images</h2>
${imageCharts(profile)}
${frameTables(profile)}
${duplicates(profile)}
<h2>Outliers</h2>
${outlierTable(profile)}
</main>
</body>
</html>
`;
}

function figures({ profiled, bytes, frames, objects, capture, folder }: Profile): string {
  const size = frames.sizes.length === 1 ? frames.sizes[0].value : `${frames.sizes.length} sizes`;
  const shown: readonly (readonly [string, string])[] = [
    ['images read', String(profiled)],
    ...(folder.unreadable.length > 0 ? [['not readable', String(folder.unreadable.length)] as const] : []),
    ['pixels', size],
    ['in all', `${number(bytes / 1e6)} MB`],
    ['objects', String(objects.total)],
    ['classes', String(folder.classes.length)],
    ...(objects.side ? [['median side', `${number(objects.side.median)} px`] as const] : []),
    ...(capture.height ? [['median height', `${number(capture.height.median)} m`] as const] : []),
    ...(capture.groundSampleDistance
      ? [['ground a pixel', `${number(capture.groundSampleDistance.median)} cm`] as const]
      : []),
  ];
  return `<dl class="figures">${shown.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

function advice({ kind, title, reason, files }: Recommendation, page: ProfilePage): string {
  const names = files.slice(0, NAMES_EACH).map((path) => `<li>${escape(path)}</li>`);
  const rest = files.length - names.length;
  return (
    `<li class="${kind}"><p class="kind">${kind}</p><h3>${escape(title)}</h3><p>${escape(reason)}</p>` +
    pictures(files.slice(0, PICTURES_EACH), page) +
    (files.length > 0
      ? `<details><summary>${files.length === 1 ? '1 file' : `${files.length} files`}</summary><ul class="files">${names.join('')}</ul>${rest > 0 ? `<p>${rest} more in profile.json.</p>` : ''}</details>`
      : '') +
    '</li>'
  );
}

function pictures(paths: readonly string[], page: ProfilePage): string {
  const shown = paths.flatMap((path) => {
    const jpeg = page.pictures.get(path);
    return jpeg === undefined
      ? []
      : [
          `<figure><img src="data:image/jpeg;base64,${jpeg.toString('base64')}" alt="Frame with its boxes"><figcaption>${escape(path)}</figcaption></figure>`,
        ];
  });
  return shown.length > 0 ? `<div class="pictures">${shown.join('')}</div>` : '';
}

function classTable({ profile: { objects }, colours }: ProfilePage): string {
  const rows = objects.classes.map(({ name, objects: count, images }, classIndex) => {
    const key = `<span class="key" style="background:${colours[classIndex]}"></span>`;
    const share = `${number((count / objects.total) * 100)} %`;
    return `<tr><th scope="row">${key}${escape(name)}</th>${[count, share, images].map(numberCell).join('')}</tr>`;
  });
  const { bySize, atBorder, total } = objects;
  const sizes = [
    ['tiny, below 16 px', bySize.tiny],
    ['small, below 32 px', bySize.small],
    ['medium, below 96 px', bySize.medium],
    ['large', bySize.large],
    ['touching the frame’s edge', atBorder],
  ] as const;
  const sizeRows = sizes.map(
    ([name, count]) =>
      `<tr><th scope="row">${name}</th>${[count, `${number((count / total) * 100)} %`].map(numberCell).join('')}</tr>`,
  );
  return `<div class="tables">${table(['class', 'objects', 'share', 'images'], rows)}${table(['size of objects', 'objects', 'share'], sizeRows)}</div>`;
}

function objectCharts({ objects }: Profile): string {
  return charts([
    ['Size of objects', 'square root of area, pixels', objects.side],
    ['Objects an image', 'objects', objects.perImage],
    ['Density', 'objects a megapixel', objects.density],
  ]);
}

function imageCharts({ pixels, frames, capture }: Profile): string {
  return charts([
    ['Brightness', 'mean grey, 0 to 255', pixels.brightness],
    ['Contrast', 'standard deviation of grey', pixels.contrast],
    ['Sharpness', 'Laplacian variance / grey variance', pixels.sharpness],
    ['Colourfulness', 'Hasler and Süsstrunk', pixels.colourfulness],
    ['Entropy', 'bits, 0 to 8', pixels.entropy],
    ['Size of files', 'megabytes', frames.megabytes],
    ['Height', 'metres above ground', capture.height],
    ['Ground sample distance', 'centimetres a pixel', capture.groundSampleDistance],
    ['Footprint', 'square metres a frame', capture.footprint],
  ]);
}

function charts(shown: readonly (readonly [title: string, x: string, spread: Distribution | null])[]): string {
  const drawn = shown.flatMap(([title, x, spread]) => {
    if (!spread) return [];
    const caption = `median ${number(spread.median)}, from ${number(spread.min)} to ${number(spread.max)}`;
    return [`<figure>${histogramChart({ title, x, ...spread.histogram })}<figcaption>${caption}</figcaption></figure>`];
  });
  return `<div class="charts">${drawn.join('')}</div>`;
}

function frameTables({ frames }: Profile): string {
  const tallies = [
    ['pixels', frames.sizes],
    ['width / height', frames.aspects],
    ['format', frames.formats],
    ['colours', frames.colourModes],
  ] as const;
  const tables = tallies.map(([name, counted]) =>
    table(
      [name, 'images'],
      counted.map(({ value, count }) => `<tr><th scope="row">${escape(value)}</th>${numberCell(count)}</tr>`),
    ),
  );
  return `<div class="tables">${tables.join('')}</div>`;
}

function duplicates({ duplicates: { exact, near } }: Profile): string {
  if (near.length === 0) return '<p>No two frames look alike.</p>';
  const images = new Set(near.flat()).size;
  return `<p>${images} images look like others, in ${near.length} groups; in ${exact.length} groups files are the same.</p>`;
}

function outlierTable({ outliers }: Profile): string {
  if (outliers.length === 0) return '<p>No image lies far outside of what is usual here.</p>';
  const rows = outliers
    .slice(0, OUTLIERS_SHOWN)
    .map(
      ({ path, measure, value, low, high }) =>
        `<tr><td>${escape(path)}</td><td>${measure}</td>${numberCell(number(value))}${numberCell(`${number(low)} to ${number(high)}`)}</tr>`,
    );
  const rest = outliers.length - rows.length;
  return (
    '<p>Beyond three interquartile ranges from the quartiles.</p>' +
    table(['image', 'measure', 'value', 'usual'], rows) +
    (rest > 0 ? `<p>${rest} more in profile.json.</p>` : '')
  );
}

function table(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table><thead><tr>${cells}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function numberCell(value: string | number): string {
  return `<td class="number">${value}</td>`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
