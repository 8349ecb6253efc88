/** The changes that a person can make to a conversion. */
export type Change = "approve" | "decline" | "refund" | "restate" | "reverse";
