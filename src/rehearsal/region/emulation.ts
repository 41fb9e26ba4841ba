// The page of the docs that says what the region does and how that is known.
import type { Behaviour } from './behaviour';

/** Renders every behaviour as a Markdown page, one table a service. */
export function renderEmulation(behaviours: readonly Behaviour[]): string {
  const services = [...new Set(behaviours.map(serviceOf))];
  const documented = behaviours.filter(({ basis }) => basis === 'documented').length;
  const lines = [
    '# What a rehearsal emulates',
    '',
    'A rehearsal runs against a region on this machine: a server on loopback that answers the AWS operations which the',
    'project calls, and no others. None of it was compared with the live service. Each behaviour below is `documented`',
    '(its source beside it) or `assumed` (nothing that was read says so: it may be otherwise on AWS).',
    '',
    `${behaviours.length} behaviours: ${documented} documented, ${behaviours.length - documented} assumed.`,
    'This page is rendered from the declarations beside the operations by `node scripts/emulation.mjs`.',
  ];
  for (const service of services) {
    lines.push('', `## ${service}`, '', '| operation | behaviour | how it is known |', '| --- | --- | --- |');
    for (const { operation, behaviour, basis, source } of behaviours.filter((one) => serviceOf(one) === service)) {
      const known = source === undefined ? basis : `${basis}: ${source}`;
      lines.push(`| ${operation.slice(service.length + 1) || 'all'} | ${cell(behaviour)} | ${cell(known)} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function serviceOf({ operation }: Behaviour): string {
  return operation.split(':')[0] ?? operation;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
