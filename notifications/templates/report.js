"use strict";
// The worklist's search, filters and sorting. Without this script it is a plain table.
// Until the script has cut a long list to its beginning, the list is not laid out.
document.documentElement.classList.add("waiting");
document.addEventListener("DOMContentLoaded", () => {
  document.documentElement.classList.remove("waiting");
  const table = document.getElementById("customers");
  if (!table) return;

  const FIRST = 100; // More rows at once would make a slow page of a long list.
  const form = document.getElementById("filter");
  const { words, state, verdict, no_address: noAddress, clear } = form.elements;
  const more = document.getElementById("more");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const sums = table.tFoot.rows[0].cells;
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language);

  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();
  // As a dictionary sorts, and numbers in names by their size; much faster than Intl.Collator.
  const sortable = (text) => plain(text).replace(/\d+/g, (digits) => digits.padStart(15, "0"));
  const key = (cell) => cell.dataset.key ?? cell.textContent;
  const columns = (test) => heads.flatMap((head, at) => (test(head) ? [at] : []));
  const searched = columns((head) => "search" in head.dataset);
  const summed = columns((head) => "sum" in head.dataset);
  // In the order in which they stand in the page: the most urgent first.
  const entries = Array.from(body.rows, (row) => ({
    row,
    text: plain(searched.map((at) => row.cells[at].textContent).join("\n")),
    verdicts: row.dataset.verdicts.split(" "),
    numbers: summed.map((at) => Number(row.cells[at].dataset.key ?? 0)),
  }));
  let ordered = entries;
  let limit = FIRST;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => number.format(values[name]));

  function matching() {
    const parts = plain(words.value).split(/\s+/).filter(Boolean);
    const wanted = [...verdict].filter((box) => box.checked).map((box) => box.value);
    return ordered.filter(
      ({ row, text, verdicts }) =>
        parts.every((part) => text.includes(part)) &&
        (!state.value || row.dataset.state === state.value) &&
        (!wanted.length || wanted.some((one) => verdicts.includes(one))) &&
        (!noAddress.checked || "noAddress" in row.dataset),
    );
  }

  function show() {
    const found = matching();
    const shown = found.slice(0, limit);
    body.replaceChildren(...shown.map((entry) => entry.row));
    summed.forEach((at, n) => {
      sums[at].textContent = number.format(found.reduce((sum, entry) => sum + entry.numbers[n], 0));
    });
    const counts = { found: found.length, all: entries.length, n: shown.length };
    const rest = found.length - shown.length;
    const { found: told, first } = form.dataset;
    document.getElementById("found").textContent =
      fill(told, counts) + (rest ? `, ${fill(first, counts)}` : "");
    more.hidden = !rest;
    more.textContent = fill(form.dataset.more, { n: Math.min(FIRST, rest) });
  }

  function filter() {
    limit = FIRST;
    show();
  }

  function reset() {
    form.reset();
    filter();
  }

  // A click sorts, the next one the other way round, the third as it was. Numbers: most first.
  function sort(at) {
    const head = heads[at];
    const isNumber = head.dataset.sort === "number";
    const ways = isNumber ? ["descending", "ascending"] : ["ascending", "descending"];
    const way = ways[ways.indexOf(head.getAttribute("aria-sort")) + 1];
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    ordered = entries;
    if (way) {
      head.setAttribute("aria-sort", way);
      const sign = way === "ascending" ? 1 : -1;
      const value = isNumber ? Number : sortable;
      const keyed = entries.map((entry) => ({ entry, value: value(key(entry.row.cells[at])) }));
      keyed.sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0));
      ordered = keyed.map(({ entry }) => entry);
    }
    filter();
  }

  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(at));
    head.replaceChildren(button);
  });

  form.addEventListener("input", filter);
  clear.addEventListener("click", reset);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    body.querySelector("a")?.focus();
  });
  more.addEventListener("click", () => {
    const before = limit;
    limit += FIRST;
    show();
    body.rows[before]?.querySelector("a")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.matches("input[type=search], select");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      words.focus();
      words.select();
    } else if (event.key === "Escape") {
      reset();
    }
  });

  form.hidden = false;
  show();
});
