/** Kafka's assignors, by the names that its configs give them. */
export const ASSIGNOR_NAMES = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const;

export type AssignorName = (typeof ASSIGNOR_NAMES)[number];
