// The report's threshold to move, and search, order and pages in its table of videos.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const percent = (share) => (share === null ? "n/a" : `${Math.round(share * 100)} %`);
  const at = (id) => document.getElementById(id);

  const threshold = (form) => {
    const input = form.querySelector("input");
    const output = form.querySelector("output");
    const chosen = +form.dataset.threshold;

    const countsAt = (level) => {
      const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
      for (const [label, score] of data.scores) {
        counts[score >= level ? (label ? "tp" : "fp") : label ? "fn" : "tn"] += 1;
      }
      return counts;
    };
    const share = (part, rest) => (part + rest ? part / (part + rest) : null);
    const move = (figure, x, y) => {
      const dot = figure && figure.querySelector("circle.chosen");
      if (!dot) return;
      dot.setAttribute("visibility", x === null || y === null ? "hidden" : "visible");
      if (x === null || y === null) return;
      const [left, top, right, bottom] = dot.closest("svg").dataset.area.split(" ").map(Number);
      dot.setAttribute("cx", left + (right - left) * x);
      dot.setAttribute("cy", bottom - (bottom - top) * y);
    };
    const show = (level) => {
      const { tp, fp, fn, tn } = countsAt(level);
      const [found, alarms] = [share(tp, fn), share(fp, tn)];
      const balanced = found === null || alarms === null ? null : (found + 1 - alarms) / 2;
      output.textContent =
        `At ${level.toFixed(3)}: ${tp} of ${tp + fn} fakes found, ${fp} of ${fp + tn} real videos ` +
        `wrongly called fake, balanced accuracy ${percent(balanced)}.` +
        (level === chosen ? "" : " Chosen by eye on the test videos, such figures flatter.");
      move(at("plot-roc"), alarms, found);
      move(at("plot-precision_recall"), found, share(tp, fp));
      const rule = document.querySelector("#plot-score_histogram .threshold");
      if (rule) {
        const [left, , right] = rule.closest("svg").dataset.area.split(" ").map(Number);
        for (const end of ["x1", "x2"]) rule.setAttribute(end, left + (right - left) * level);
      }
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", () => show(+input.value));
    form.querySelector("button").addEventListener("click", () => {
      input.value = chosen;
      show(chosen);
    });
    show(chosen);
  };

  const table = (form) => {
    const [VIDEO, DATASET, METHOD, FACES, IS, CALLED, SCORE] = [0, 1, 2, 3, 4, 5, 6];
    const keys = [VIDEO, DATASET, METHOD, IS, CALLED, FACES, SCORE, (row) => +(row[IS] === row[CALLED])];
    const body = at("scores").tBodies[0];
    const heads = [...at("scores").tHead.rows[0].cells];
    const { text, kind, before, after } = form.elements;
    const status = form.querySelector("[role=status]");
    let page = 0, sorted = null;

    const wanted = (row) => {
      const right = row[IS] === row[CALLED];
      const fits = { all: true, wrong: !right, right, real: !row[IS], fake: row[IS] === 1 }[kind.value];
      const words = text.value.trim().toLowerCase();
      return fits && (!words || [VIDEO, DATASET, METHOD].some((c) => row[c].toLowerCase().includes(words)));
    };
    const cell = (tag, content, look) => {
      const made = document.createElement(tag);
      if (look) made.className = look;
      made.append(content);
      return made;
    };
    const line = (row) => {
      const right = row[IS] === row[CALLED];
      const made = document.createElement("tr");
      made.className = right ? "right" : "wrong";
      const link = document.createElement("a");
      link.href = `videos/${encodeURIComponent(row[VIDEO])}.html`;
      link.textContent = row[VIDEO];
      const head = cell("th", link);
      head.scope = "row";
      made.append(
        head,
        cell("td", row[DATASET], "text"),
        cell("td", row[METHOD], "text"),
        cell("td", data.names[row[IS]], "text"),
        cell("td", data.names[row[CALLED]], "text"),
        cell("td", String(row[FACES])),
        cell("td", row[SCORE].toFixed(3)),
        cell("td", right ? "✓ correct" : "✗ wrong"),
      );
      return made;
    };
    const show = () => {
      const rows = data.table.filter(wanted);
      if (sorted) {
        const value = typeof sorted.key === "function" ? sorted.key : (row) => row[sorted.key];
        rows.sort((a, b) => {
          const [one, other] = [value(a), value(b)];
          const order = typeof one === "string" ? one.localeCompare(other) : one - other;
          return sorted.down ? -order : order;
        });
      }
      const pages = Math.max(1, Math.ceil(rows.length / data.rows));
      page = Math.min(page, pages - 1);
      const first = page * data.rows;
      const shown = rows.slice(first, first + data.rows);
      body.replaceChildren(...shown.map(line));
      before.disabled = page === 0;
      after.disabled = page === pages - 1;
      status.textContent = rows.length
        ? `${first + 1} to ${first + shown.length} of ${rows.length} videos`
        : "No video is like that.";
    };
    const anew = () => {
      page = 0;
      show();
    };
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const again = sorted && sorted.place === place;
        sorted = { place, key: keys[place], down: again ? !sorted.down : false };
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        anew();
      });
    });
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    text.addEventListener("input", anew);
    kind.addEventListener("input", anew);
    before.addEventListener("click", () => { page -= 1; show(); });
    after.addEventListener("click", () => { page += 1; show(); });
    show();
  };

  const [moved, find] = [at("threshold"), at("find")];
  if (moved) threshold(moved);
  if (find) table(find);
})();
