// The licence of Ultralytics, and what is said before anything costs money. Source: https://www.ultralytics.com/license.

/** SPDX expression of what Ultralytics' code and the weights that it trains come under, without an Enterprise licence. */
export const LICENSE = 'AGPL-3.0-only';

/** Why the `ultralytics` trainer is refused; undefined when it is not. */
export function licenseFault(accepted: boolean): string | undefined {
  if (accepted) return undefined;
  return (
    'YOLO11 by Ultralytics is licensed under AGPL-3.0, which extends to what is built with it, or under an Ultralytics ' +
    'Enterprise licence: choose one and set `acceptUltralyticsLicense: true`, or train with `trainer: "baseline"`.'
  );
}
