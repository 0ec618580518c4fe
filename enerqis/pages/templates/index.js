// Sorting: every column with data-sort gets a button; rows without a figure stay last.
(() => {
  const table = document.getElementById("experiments");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const compare = {
    text: (a, b) => a.localeCompare(b, "en"),
    number: (a, b) => Number(a) - Number(b),
  };
  const sort = (column, direction) => {
    const kind = heads[column].dataset.sort;
    const value = (row) => row.cells[column].dataset.value;
    const rows = [...body.rows].sort((a, b) => {
      if (value(a) === "" || value(b) === "") return (value(a) === "") - (value(b) === "");
      return direction * compare[kind](value(a), value(b));
    });
    body.append(...rows);
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  };
  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const isSame = head.hasAttribute("aria-sort");
      const first = head.dataset.sort === "text" ? 1 : -1;
      sort(column, isSame ? (head.getAttribute("aria-sort") === "ascending" ? -1 : 1) : first);
    });
  });
})();
