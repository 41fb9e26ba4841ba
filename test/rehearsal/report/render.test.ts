import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { renderReport, type RehearsalRecord } from '../../../src/rehearsal';
import { passedRecord } from './record';

const template = Handlebars.compile(
  readFileSync(join(__dirname, '../../../templates/rehearsal/report.html.hbs'), 'utf8'),
  { strict: true },
);
const render = (record: RehearsalRecord): string => renderReport(record, template);

describe('the report', () => {
  test('says the verdict, the gate and where the package waits', async () => {
    const html = render(await passedRecord());
    expect(html).toContain('Passed.');
    expect(html).toMatch(/coco\.AP50<\/code><\/th><td class="number">0\.873<\/td><td class="number">0\.500/);
    expect(html).toContain('PendingManualApproval');
    expect(html).toContain('1 min 23 s');
  });

  test('shows how the commit was built, what mails went out, and which steps are still to come', async () => {
    const html = render(await passedRecord());
    expect(html).toContain('launched from the product of Service Catalog in 5.6 s');
    expect(html).toMatch(/bbbbbbbbbb<\/code>.*Succeeded.*npm run lint<\/code> <span class="soft">14.0 s/s);
    expect(html).toContain('training succeeded');
    const states = [...html.matchAll(/<li class="(\w+)"><b>\d\. ([^<]+)/g)].map(([, state]) => state);
    expect(states).toEqual(['done', 'done', 'done', 'done', 'later', 'later']);
  });

  test('GIVEN the build of the commit failed THEN training was not reached', async () => {
    const { platform, ...record } = await passedRecord();
    const builds = platform?.builds.map((build) => ({ ...build, status: 'Failed' })) ?? [];
    const html = render({ ...record, outcome: 'failed', ...(platform && { platform: { ...platform, builds } }) });
    const states = [...html.matchAll(/<li class="(\w+)"><b>/g)].map(([, state]) => state);
    expect(states).toEqual(['later', 'later', 'later', 'failed', 'later', 'later']);
  });

  test('shows a metric that COCO leaves undefined as such, and never a version as a number', async () => {
    const html = render(await passedRecord());
    expect(html).toMatch(/coco\.APl<\/code><\/th><td class="number">not defined/);
    expect(html).not.toContain('ultralytics.version');
  });

  test('needs nothing from anywhere else', async () => {
    const html = render(await passedRecord());
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(html).not.toContain('<script');
  });

  test('GIVEN a gate that failed THEN its reason stands at the top and no package is shown', async () => {
    const record = await passedRecord();
    const html = render({
      ...record,
      outcome: 'gate-failed',
      reason: 'coco.AP50 is 0.2, below 0.5',
      package: undefined,
      serving: undefined,
    });
    expect(html).toContain('coco.AP50 is 0.2, below 0.5');
    expect(html).not.toContain('The model package');
  });

  test('GIVEN it broke before the pipeline ran THEN it still says why', async () => {
    const { data, execution, evaluation, package: registered, serving, ...record } = await passedRecord();
    expect([data, execution, evaluation, registered, serving]).not.toContain(undefined);
    const html = render({ ...record, outcome: 'failed', reason: 'No space left on device', artifacts: [] });
    expect(html).toContain('No space left on device');
  });

  test('text from files and errors cannot become markup', async () => {
    const html = render({ ...(await passedRecord()), outcome: 'failed', reason: '<img src=x onerror=alert(1)>' });
    expect(html).not.toContain('<img src=x');
  });
});
