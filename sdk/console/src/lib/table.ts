/** A column of a table. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** Numbers stand at the end. */
  readonly end?: boolean;
  /** Takes the room that is left. */
  readonly grow?: boolean;
  /** On one line, with what is too long cut off. */
  readonly cut?: boolean;
  /** On phones, without its label. */
  readonly bare?: boolean;
}
