(() => {
  const make = (tag, text = "", props = {}) => Object.assign(document.createElement(tag), {textContent: text}, props);
  const NUMBER = /^[-+\u2212]?[\d,.]+(e[-+]?\d+)?( ?%)?$/;

  // Tables: sorted by a click on a column's name, filtered by a word.
  const key = cell => {
    const text = cell.dataset.key ?? cell.textContent.trim();
    if (text === "" || text === "\u2013") return null;
    return NUMBER.test(text) || cell.dataset.key ? Number(text.replace(/[,% ]/g, "").replace("\u2212", "-")) : NaN;
  };
  const compare = place => (a, b) => {
    const [x, y] = [a, b].map(row => key(row.cells[place]));
    if (x === null || y === null) return (x === null) - (y === null);
    const words = isNaN(x) || isNaN(y);
    return words ? a.cells[place].textContent.localeCompare(b.cells[place].textContent, "en", {numeric: true}) : x - y;
  };
  for (const table of document.querySelectorAll("table.data")) {
    const more = table.closest(".table")?.querySelector("details");
    if (more?.contains(table)) continue;
    const body = table.tBodies[0], rest = more?.querySelector("tbody");
    const whole = () => { if (more?.isConnected) { body.append(...rest.rows); more.remove(); } };
    const count = body.rows.length + (rest?.rows.length ?? 0);
    if (count < 3) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = make("button", "", {type: "button", className: "sort"});
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        whole();
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].sort(compare(place)), empty = rows.filter(row => key(row.cells[place]) === null);
        const known = rows.filter(row => !empty.includes(row));
        body.append(...(down ? known.reverse() : known), ...empty);
      });
    });
    if (count <= 12 && !table.classList.contains("runs")) continue;
    const field = make("input", "", {type: "search"}), label = make("label", "Filter "), found = make("output");
    const line = make("p", "", {className: "live filter"});
    label.append(field);
    line.append(label, " ", found);
    table.closest(".scroll").before(line);
    field.addEventListener("input", () => {
      whole();
      const wanted = field.value.toLowerCase(), rows = [...body.rows];
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      found.textContent = wanted ? `${rows.filter(row => !row.hidden).length} of ${rows.length}` : "";
    });
  }

  // Heat maps: a cell says which tasks it is of, and leads to that pair.
  const place = cell => {
    const table = cell.closest("table"), row = cell.parentElement;
    return [row.cells[0].textContent, table.tHead.rows[0].cells[cell.cellIndex].textContent.trim()];
  };
  const name = (cell, at) => cell.closest("table").tBodies[0].rows[at]?.cells[0].textContent;
  const pairOf = cell => {
    const [row, column] = place(cell);
    return [row, /^\d+$/.test(column) ? name(cell, column - 1) ?? column : column];
  };
  for (const table of document.querySelectorAll("table.heat")) {
    table.addEventListener("mouseover", event => {
      const cell = event.target.closest("tbody td");
      if (cell) cell.title = `${pairOf(cell).join(" and ")}: ${cell.textContent}`;
    });
  }
  const source = document.getElementById("pairs");
  if (!source) return;
  const {tasks, columns} = JSON.parse(source.textContent);
  const panel = make("section", "", {className: "live pair", id: "pair"});
  panel.append(make("h2", "One pair of tasks"), make("p", "Choose two tasks, or click a cell of a heat map.", {className: "note"}));
  const choices = ["Task", "and task"].map((text, which) => {
    const label = make("label", `${text} `), select = make("select");
    select.append(...tasks.map(task => make("option", task)));
    select.selectedIndex = Math.min(which, tasks.length - 1);
    label.append(select);
    return [label, select];
  });
  const facts = make("dl", "", {className: "read"}), link = make("a", "These numbers as CSV", {download: "pair.csv"});
  const line = make("p");
  line.append(choices[0][0], " ", choices[1][0]);
  panel.append(line, facts, link);
  document.querySelector(".answers").after(panel);
  const at = (i, j) => { const [a, b] = i < j ? [i, j] : [j, i]; return a * tasks.length - a * (a + 1) / 2 + b - a - 1; };
  const shown = value => value === null ? "not estimable" : typeof value === "number" ? String(value) : value;
  const show = () => {
    const [i, j] = choices.map(([, select]) => select.selectedIndex);
    const rows = i === j ? [["pair", "choose two different tasks"]] : Object.entries(columns).map(([what, values]) => [what, shown(values[at(i, j)])]);
    facts.replaceChildren(...rows.flatMap(([what, value]) => [make("dt", what), make("dd", value)]));
    const quoted = [["task", tasks[i]], ["other task", tasks[j]], ...rows].map(row => row.map(text => `"${String(text).replace(/"/g, '""').replace(/^[=+@]/, "'$&")}"`).join(","));
    link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(quoted.join("\r\n") + "\r\n")}`;
    link.hidden = i === j;
  };
  for (const [, select] of choices) select.addEventListener("change", show);
  show();
  for (const table of document.querySelectorAll("table.heat")) {
    table.addEventListener("click", event => {
      const cell = event.target.closest("tbody td");
      if (!cell) return;
      const wanted = pairOf(cell).map(task => tasks.indexOf(task));
      if (wanted.includes(-1)) return;
      choices.forEach(([, select], which) => { select.selectedIndex = wanted[which]; });
      show();
      panel.scrollIntoView();
    });
  }
})();
