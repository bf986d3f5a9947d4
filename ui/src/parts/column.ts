/** One column of a table. */
export interface Column {
  id: string;
  title: string;
  /** Its least width; wider text is cut. */
  minRem: number;
  /** Its share of the room that is left; 0 keeps its width. */
  grow: number;
  /** What to sort by; without it the column cannot be sorted. */
  sort?: string;
  number?: boolean;
  hint?: string;
}
