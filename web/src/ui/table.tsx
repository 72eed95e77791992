import "./table.css";
import type { ComponentChildren } from "preact";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { Button } from "./button";

export interface Column<R> {
  key: string;
  title: string;
  render: (row: R) => ComponentChildren;
  // Numbers and money stand at the end.
  end?: boolean;
  // Says what the row is: stands first, without its name, where the table is narrow.
  lead?: boolean;
}

// Where there is little room each row is a card; the roles say all the same that it is a table.
export function Table<R>({
  caption,
  columns,
  rows,
  rowKey,
}: {
  // What the table is, for those who do not see it.
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
}) {
  return (
    <div class="table-box">
      <table class="table" role="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.key} role="columnheader" scope="col" class={column.end ? "end" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={rowKey(row)}>
              {columns.map((column) => {
                const value = column.render(row);
                const blank = value === undefined || value === null || value === "" || value === false;
                const classes = [column.end && "end", column.lead && "lead", blank && "blank"];
                return (
                  <td
                    key={column.key}
                    role="cell"
                    class={classes.filter(Boolean).join(" ") || undefined}
                    data-name={column.title}
                  >
                    <span>{value}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Below a table of which there is more.
export function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const t = useWords(uiWords);
  return (
    <div class="row">
      <Button busy={busy} onClick={onMore}>
        {t.more}
      </Button>
    </div>
  );
}
