// What the region does, and how that is known: declared beside each operation, shown in the report and in the docs.

/** One thing that the region does as AWS does it, as far as is known. */
export type Behaviour = {
  /** For example `s3:PutObject`; `*` for every operation of a service, `region` for all of them. */
  readonly operation: string;
  readonly behaviour: string;
} & (
  | { readonly basis: 'documented'; readonly source: string }
  /** Nothing that was read says so: it may be otherwise on AWS. */
  | { readonly basis: 'assumed'; readonly source?: undefined }
);

/** A behaviour before it is known whose it is. */
export type Claim = Behaviour extends infer B ? (B extends Behaviour ? Omit<B, 'operation'> : never) : never;

/** A behaviour that a page or model says; `source` names it. */
export function documented(behaviour: string, source: string): Claim {
  return { basis: 'documented', behaviour, source };
}

export function assumed(behaviour: string): Claim {
  return { basis: 'assumed', behaviour };
}

export function behavioursOf(operation: string, claims: readonly Claim[]): Behaviour[] {
  return claims.map((claim) => ({ operation, ...claim }));
}
