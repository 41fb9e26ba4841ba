// The report in a real browser: DRONE_MLOPS_BROWSER names a Chromium.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Result } from 'axe-core';
import Handlebars from 'handlebars';
import { chromium, type Browser } from 'playwright-core';
import { renderReport } from '../../../src/rehearsal';
import { passedRecord } from './record';

const { DRONE_MLOPS_BROWSER: executablePath } = process.env;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

(executablePath ? describe : describe.skip)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;

  beforeAll(async () => {
    const source = readFileSync(join(__dirname, '../../../templates/rehearsal/report.html.hbs'), 'utf8');
    const html = renderReport(await passedRecord(), Handlebars.compile(source, { strict: true }));
    writeFileSync(join(folder, 'report.html'), html);
    browser = await chromium.launch({ executablePath, args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each(['light', 'dark'] as const)(
    'has no console error and no accessibility violation in the %s scheme, wide and narrow',
    async (colorScheme) => {
      for (const width of [1280, 390]) {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
        const errors: string[] = [];
        page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
        page.on('pageerror', (error) => errors.push(error.message));
        await page.goto(pathToFileURL(join(folder, 'report.html')).href);
        await page.getByText('All 2 behaviours').click();
        await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
        const { violations } = await page.evaluate<{ violations: Result[] }>('axe.run()');
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
        expect(errors).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
        await page.close();
      }
    },
    60_000,
  );
});
