// The part of botocore's model format that the pruned models keep.

export interface ServiceModel {
  readonly metadata: {
    readonly apiVersion: string;
    /** What stands before the operation in X-Amz-Target. */
    readonly targetPrefix?: string;
    readonly jsonVersion?: string;
    readonly xmlNamespace?: string;
  };
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface OperationModel {
  /** `requestUri` may hold `{Member}` and `{Member+}` (with slashes), and a query that must be there. */
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  /** Names of shapes. */
  readonly input?: string;
  readonly output?: string;
  /** The Query protocol's element around the output. */
  readonly resultWrapper?: string;
}

/** A use of a shape, and where REST protocols carry it (in the body when nothing is said). */
export interface Reference {
  readonly shape: string;
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers';
  readonly locationName?: string;
}

export type Shape = StructureShape | ListShape | MapShape | ScalarShape;

export interface StructureShape {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  /** The member that is the whole body. */
  readonly payload?: string;
}

export interface ListShape {
  readonly type: 'list';
  readonly member: Reference;
  readonly flattened?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface MapShape {
  readonly type: 'map';
  readonly key: Reference;
  readonly value: Reference;
  readonly flattened?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface ScalarShape {
  readonly type: 'string' | 'integer' | 'float' | 'boolean' | 'timestamp' | 'blob';
  readonly enum?: readonly string[];
  /** Of a string its length, of a blob its bytes, of a number its value. */
  readonly min?: number;
  readonly max?: number;
  /** To be matched by the whole value. */
  readonly pattern?: string;
}
