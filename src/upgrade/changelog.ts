// The part of this package's changelog between two versions.
import { compareVersions } from './version-order';

const HEADING = /^## \[?v?(\d+\.\d+\.\d+[^\s\]]*)/;

/** Sections of versions after `from`, up to `to`, as they stand. */
export function changesBetween(changelog: string, from: string, to: string): string {
  const sections = changelog.split(/^(?=## )/m).filter((section) => {
    const version = HEADING.exec(section)?.[1];
    return version !== undefined && compareVersions(from, version) < 0 && compareVersions(version, to) <= 0;
  });
  return sections.map((section) => section.trim()).join('\n\n');
}
