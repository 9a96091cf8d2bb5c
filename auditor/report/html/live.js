(() => {
  const make = (tag, text = "", props = {}) => Object.assign(document.createElement(tag), {textContent: text}, props);
  const NUMBER = /^[-+\u2212]?[\d,.]+(e[-+]?\d+)?( ?%)?$/;
  const csvOf = rows => "data:text/csv;charset=utf-8," + encodeURIComponent(rows.map(row => row.map(text => `"${String(text).replace(/"/g, '""').replace(/^[=+@]/, "'$&")}"`).join(",")).join("\r\n") + "\r\n");

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
  const sortable = table => {
    const more = table.closest(".table")?.querySelector("details");
    if (more?.contains(table)) return;
    const body = table.tBodies[0], rest = more?.querySelector("tbody");
    const whole = () => { if (more?.isConnected) { body.append(...rest.rows); more.remove(); } };
    const count = body.rows.length + (rest?.rows.length ?? 0);
    if (count < 3) return;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      if (!head.textContent.trim()) return;
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
    if (count <= 12 && !table.classList.contains("runs")) return;
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
  };

  // Figures: saved as SVG, as PNG, and their numbers as CSV.
  const NS = "http://www.w3.org/2000/svg", KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "vector-effect", "image-rendering", "display"];
  const shape = (tag, values, text = "") => {
    const found = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(values)) found.setAttribute(name, value);
    found.textContent = text;
    return found;
  };
  const paper = () => getComputedStyle(document.body).backgroundColor;
  const drawn = svg => {
    const copy = svg.cloneNode(true), [width, height] = svg.getAttribute("viewBox").split(" ").slice(2);
    const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((element, at) => {
      const style = getComputedStyle(element);
      if (style.display === "none" && !["title", "desc"].includes(element.localName)) return to[at].remove();
      for (const name of KEPT) to[at].style.setProperty(name, style.getPropertyValue(name));
    });
    copy.setAttribute("xmlns", NS);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.removeAttribute("style");
    copy.prepend(shape("rect", {width, height, fill: paper()}));
    return copy;
  };
  const tabled = table => {
    const style = getComputedStyle(document.body), font = {"font-family": style.fontFamily, "font-size": 12, fill: style.color};
    const rows = [...table.tBodies[0].rows], heads = [...table.tHead.rows].at(-1).cells, wide = 46, high = 28, side = 180;
    const joined = table.querySelector(".joints path"), above = joined ? 56 : 0, top = above + 170, t = heads.length - 1;
    const [width, height] = [side + t * wide + 10, top + rows.length * high + 10];
    const svg = shape("svg", {xmlns: NS, viewBox: `0 0 ${width} ${height}`, width, height});
    svg.append(shape("title", {}, table.caption.textContent.trim()), shape("rect", {width, height, fill: paper()}));
    if (joined) svg.append(shape("path", {d: joined.getAttribute("d"), transform: `translate(${side} 6) scale(${wide / 10} 1.2)`, fill: "none", stroke: style.color, "vector-effect": "non-scaling-stroke"}));
    [...heads].slice(1).forEach((head, at) => svg.append(shape("text", {...font, transform: `translate(${side + (at + .6) * wide} ${top - 8}) rotate(-90)`}, head.textContent.trim().slice(0, 24))));
    rows.forEach((row, down) => {
      svg.append(shape("text", {...font, x: side - 8, y: top + down * high + 18, "text-anchor": "end"}, row.cells[0].textContent.slice(0, 26)));
      [...row.cells].slice(1).forEach((cell, at) => {
        const look = getComputedStyle(cell), x = side + at * wide, y = top + down * high;
        const fill = cell.classList.contains("na") ? paper() : look.backgroundColor;
        svg.append(shape("rect", {x, y, width: wide - 1, height: high - 1, fill, stroke: style.color, "stroke-opacity": .15}));
        svg.append(shape("text", {...font, fill: look.color, x: x + wide / 2, y: y + 18, "text-anchor": "middle", "font-weight": look.fontWeight}, cell.textContent));
      });
    });
    return svg;
  };
  const save = (href, download) => { const link = make("a", "", {href, download}); link.click(); };
  const saved = (figure, picture) => {
    const caption = figure.querySelector("figcaption, caption")?.textContent ?? "figure";
    const name = caption.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 50).replace(/^-|-$/g, "") || "figure";
    const address = () => "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(picture()));
    const line = figure.querySelector(".get") ?? make("p", "", {className: "get live"});
    if (!line.isConnected) figure.append(line);
    const csv = line.querySelector("a");
    if (csv) csv.download = `${name}.csv`;
    const button = (text, act) => {
      const found = make("button", text, {type: "button", className: "live"});
      found.addEventListener("click", act);
      line.append(" ", found);
    };
    button("SVG", () => save(address(), `${name}.svg`));
    button("PNG", async () => {
      const image = new Image();
      image.src = address();
      await image.decode();
      const canvas = make("canvas", "", {width: 2 * image.width, height: 2 * image.height});
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL("image/png"), `${name}.png`);
    });
    const points = [...figure.querySelectorAll(".dot title")];
    if (!csv && points.length) button("CSV", () => {
      const axes = [...figure.querySelectorAll("svg .label")].map(label => label.textContent);
      const rows = points.map(point => /^(.*) \(([^,()]+), ([^,()]+)\)$/s.exec(point.textContent).slice(1));
      save(csvOf([["name", ...axes], ...rows]), `${name}.csv`);
    });
  };

  // Heat maps: a cell says which tasks it is of, and leads to that pair.
  const pairOf = cell => {
    const table = cell.closest("table"), row = cell.parentElement;
    return [row.cells[0].textContent, [...table.tHead.rows].at(-1).cells[cell.cellIndex].textContent.trim()];
  };
  const source = document.getElementById("pairs");
  let open = () => {};
  const heat = table => {
    table.addEventListener("mouseover", event => {
      const cell = event.target.closest("tbody td");
      if (cell) cell.title = `${pairOf(cell).join(" and ")}: ${cell.textContent}`;
    });
    table.addEventListener("click", event => {
      const cell = event.target.closest("tbody td");
      if (cell) open(pairOf(cell));
    });
  };
  const pictured = figure => {
    const names = [...figure.querySelectorAll(".order li")].map(name => name.textContent), svg = figure.querySelector("svg.heat");
    const image = svg?.querySelector("image");
    if (!names.length || !image) return;
    const at = event => {
      const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
      const [x, y] = [[event.clientX - box.left, "x", "width"], [event.clientY - box.top, "y", "height"]].map(([place, start, size]) => Math.floor((place / scale - image[start].baseVal.value) / image[size].baseVal.value * names.length));
      return names[x] !== undefined && names[y] !== undefined ? [names[y], names[x]] : null;
    };
    const said = svg.querySelector("title"), before = said.textContent;
    svg.addEventListener("mousemove", event => { said.textContent = at(event)?.join(" and ") ?? before; });
    svg.addEventListener("click", event => { const pair = at(event); if (pair) open(pair); });
  };

  const views = [...document.querySelectorAll("details.fold[data-task]")].map(view => [view.dataset.task, view.dataset.other, view.cloneNode(true)]);
  const enliven = root => {
    root.querySelectorAll("table.data").forEach(sortable);
    root.querySelectorAll("table.heat").forEach(heat);
    root.querySelectorAll("figure.picture").forEach(pictured);
    root.querySelectorAll("figure.drawing, figure.picture").forEach(figure => {
      const svg = figure.querySelector("svg.chart, svg.tree, svg.heat");
      if (svg) saved(figure, () => drawn(svg));
    });
    root.querySelectorAll("figure.matrix").forEach(figure => saved(figure, () => tabled(figure.querySelector("table"))));
  };
  enliven(document);

  // One pair of tasks: its numbers, and what the page holds of its compounds.
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
  const facts = make("dl", "", {className: "facts-of"}), link = make("a", "These numbers as CSV", {download: "pair.csv"});
  const line = make("p"), view = make("div", "", {className: "view"});
  line.append(choices[0][0], " ", choices[1][0]);
  panel.append(line, facts, link, view);
  document.querySelector(".answers").after(panel);
  const at = (i, j) => { const [a, b] = i < j ? [i, j] : [j, i]; return a * tasks.length - a * (a + 1) / 2 + b - a - 1; };
  const shown = value => value === null ? "not estimable" : typeof value === "number" ? String(value) : value;
  const closer = (one, other) => {
    const found = views.find(([a, b]) => (a === one && b === other) || (a === other && b === one));
    const call = `auditor.overlap(\u2026).pair(${JSON.stringify(one)}, ${JSON.stringify(other)})`;
    const absent = [make("p", `The page does not hold the compounds of this pair. In Python: ${call}`, {className: "quiet"})];
    view.replaceChildren(...(found ? found[2].cloneNode(true).childNodes : one === other ? [] : absent));
    if (found) view.querySelector("summary").remove();
    enliven(view);
  };
  const show = () => {
    const [i, j] = choices.map(([, select]) => select.selectedIndex);
    const rows = i === j ? [["pair", "choose two different tasks"]] : Object.entries(columns).map(([what, values]) => [what, shown(values[at(i, j)])]);
    facts.replaceChildren(...rows.map(([what, value]) => {
      const fact = make("div");
      fact.append(make("dt", what), make("dd", value));
      return fact;
    }));
    link.href = csvOf([["task", tasks[i]], ["other task", tasks[j]], ...rows]);
    link.hidden = i === j;
  };
  const look = () => {
    show();
    closer(...choices.map(([, select]) => select.value));
  };
  const choose = pair => choices.forEach(([, select], which) => { select.value = pair[which]; });
  for (const [, select] of choices) select.addEventListener("change", look);
  if (views.length) choose(views[0]);
  show();
  open = pair => {
    if (!pair.every(task => tasks.includes(task))) return;
    choose(pair);
    look();
    panel.scrollIntoView();
  };
})();
