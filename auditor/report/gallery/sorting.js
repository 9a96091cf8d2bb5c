
(() => {
  const table = document.querySelector("table.runs"), body = table.tBodies[0];
  const field = document.querySelector("#search"), found = document.querySelector("#found");
  field.closest("p").hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      shown += !row.hidden;
    }
    found.textContent = `${shown} of ${body.rows.length}`;
  });
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[place].dataset.key;
      const order = (a, b) => isNaN(key(a)) || isNaN(key(b)) ? key(a).localeCompare(key(b)) : key(a) - key(b);
      const rows = [...body.rows].sort((a, b) => down ? order(b, a) : order(a, b));
      rows.sort((a, b) => (key(a) === "") - (key(b) === ""));
      body.append(...rows);
    });
  });
})();
