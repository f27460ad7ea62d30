/** What a template says, once its text is understood. */

export const TEMPLATE_FILTERS = ['json', 'base64', 'hex', 'shell'] as const;

export type TemplateFilter = (typeof TEMPLATE_FILTERS)[number];

export interface TemplateField {
  readonly source:
    'key' | 'value' | 'offset' | 'partition' | 'topic' | 'timestamp' | 'size' | 'header';
  /** Members to follow into the JSON of a key or value; none: all of its bytes. */
  readonly path?: readonly string[];
  readonly headerName?: Uint8Array;
  /** Applied from the first to the last. */
  readonly filters: readonly TemplateFilter[];
}

/** A literal, or a field of the record. */
export type TemplatePart = Uint8Array | TemplateField;
