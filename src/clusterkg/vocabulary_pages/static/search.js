// Looks names up as they are typed. Runs on the start page only; needs nothing but the list in search-data.js.
"use strict";
(function () {
  const MOST = 60;
  const form = document.getElementById("search");
  const field = document.getElementById("page-find");
  const state = document.getElementById("search-state");
  const results = document.getElementById("search-results");
  const pages = window.vocabularyPages || [];

  // Without accents and capitals: "campeon" finds "campeón".
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  const known = pages.map(function (page) {
    return { name: plain(page[0]), all: plain(page[0] + " " + page[3] + " " + page[4]), code: plain(page[3]), page: page };
  });

  function weight(entry, words) {
    if (!words.every(function (word) { return entry.all.includes(word); })) { return 0; }
    const asked = words.join(" ");
    if (entry.name === asked || entry.code === asked) { return 5; }
    if (entry.name.startsWith(asked)) { return 4; }
    if (words.every(function (word) { return entry.name.includes(word); })) { return 3; }
    return 1;
  }

  function item(page) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = page[2];
    link.textContent = page[0];
    const kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = page[1];
    const code = document.createElement("code");
    code.textContent = page[3];
    line.append(link, " ", kind, " ", code);
    return line;
  }

  function look() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? [] : known
      .map(function (entry) { return { weight: weight(entry, words), page: entry.page, name: entry.name }; })
      .filter(function (one) { return one.weight > 0; })
      .sort(function (a, b) { return b.weight - a.weight || a.name.length - b.name.length || (a.name < b.name ? -1 : 1); });
    results.replaceChildren(...found.slice(0, MOST).map(function (one) { return item(one.page); }));
    state.textContent = words.length === 0 ? "" : found.length === 0 ? form.dataset.none : form.dataset.some.replace("{n}", String(found.length));
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); look(); });
  field.addEventListener("input", look);
  field.value = new URLSearchParams(window.location.search).get("q") || "";
  look();
})();
