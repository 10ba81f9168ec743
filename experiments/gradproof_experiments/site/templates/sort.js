"use strict";
// Buttons in the heads of tables: a click sorts by the column, a second one turns the order round.
for (const table of document.querySelectorAll("table.data")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? cell.textContent.trim();
    const number = text === "" ? NaN : Number(text.replace(/^(-?)inf$/, "$1Infinity"));
    return { text, number, rank: text === "" ? 2 : Number.isNaN(number) ? 1 : 0 };
  };
  // What is missing comes last in either order.
  const compare = (a, b, sign) =>
    (a.rank === 2) - (b.rank === 2) ||
    sign * (a.rank - b.rank || (a.rank ? a.text.localeCompare(b.text, "en", { numeric: true }) : a.number - b.number));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      rows.sort(([a], [b]) => compare(a, b, sign) || 0);
      body.append(...rows.map(([, row]) => row));
    });
  });
}
