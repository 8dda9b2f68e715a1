/** A page of a list; `cursor` is there when there is more. */
export interface Page<Item> {
  items: Item[];
  cursor?: string;
}
