// The tables of the page: rows come out of the page itself, picked, sorted and cut to a page of them here.
const root = document.documentElement;
const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), (c) => c.charCodeAt(0));
const whole = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
const decoder = new TextDecoder();
const size = Number(decoder.decode(new Uint8Array(whole, 0, 8)));
const data = JSON.parse(decoder.decode(new Uint8Array(whole, 8, size)));
const body = whole.slice(8 + size);
for (const table of Object.values(data.tables)) {
  for (const column of Object.values(table.columns)) {
    const kind = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[column.bytes];
    column.codes = new kind(body, column.at, table.rows);
  }
}
const source = document.getElementById("tables-script").textContent;
const { default: DataTable } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
DataTable.ext.errMode = "throw";

const WORDS = {
  zh: {
    search: "查找：", lengthMenu: "每页 _MENU_ 条", info: "第 _START_–_END_ 条，共 _TOTAL_ 条", infoEmpty: "没有",
    infoFiltered: "（全部 _MAX_ 条）", zeroRecords: "没有符合的", emptyTable: "没有", thousands: ",",
    paginate: { first: "首页", previous: "上页", next: "下页", last: "末页" },
    aria: { orderable: "：按此列排序", orderableReverse: "：按此列倒序" },
    all: "全部", open: "展开", why: "凭据与推导", none: "此条的推导未附在本页，可用命令查看：", records: "记录", yes: "［是］", no: "［否］", unknown: "［暂无法核定］", brackets: "（_）", and: "、",
  },
  en: {
    search: "Search:", lengthMenu: "_MENU_ a page", info: "_START_–_END_ of _TOTAL_", infoEmpty: "nothing",
    infoFiltered: "(of _MAX_)", zeroRecords: "nothing matches", emptyTable: "nothing", thousands: ",",
    paginate: { first: "First", previous: "Previous", next: "Next", last: "Last" },
    aria: { orderable: ": sort by this column", orderableReverse: ": sort by this column in reverse" },
    all: "all", open: "Open", why: "Records and derivation", none: "The derivation is not in this page; this command shows it:", records: "records", yes: " [yes]", no: " [no]", unknown: " [not decided]", brackets: " (_)", and: ", ",
  },
};
const lang = () => root.dataset.lang;
const say = (text) => (Array.isArray(text) ? text[lang() === "zh" ? 0 : 1] : typeof text === "number" ? text.toLocaleString("en-US") : text);
const escaped = (text) => say(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function picked(table, where, words, keys) {
  const keep = new Uint8Array(table.rows).fill(1);
  for (const [key, places] of Object.entries(where)) {
    const { codes, texts } = table.columns[key];
    const wanted = new Uint8Array(texts.length);
    for (const place of places) wanted[place] = 1;
    for (let row = 0; row < table.rows; row++) keep[row] &= wanted[codes[row]];
  }
  for (const word of words) {
    const found = new Uint8Array(table.rows);
    for (const key of keys) {
      const { codes, texts } = table.columns[key];
      const has = Uint8Array.from(texts, (text) => say(text).toLowerCase().includes(word));
      for (let row = 0; row < table.rows; row++) found[row] |= has[codes[row]];
    }
    for (let row = 0; row < table.rows; row++) keep[row] &= found[row];
  }
  const rows = [];
  for (let row = 0; row < table.rows; row++) if (keep[row]) rows.push(row);
  return rows;
}

function sorted(table, rows, order) {
  const by = order.map(({ key, down }) => [table.columns[key].codes, down ? -1 : 1]);
  return rows.sort((a, b) => {
    for (const [codes, sign] of by) if (codes[a] !== codes[b]) return sign * (codes[a] - codes[b]);
    return a - b;
  });
}

function step([label, truth, evidence, parts]) {
  const told = { t: "yes", f: "no", u: "unknown" }[truth];
  const mark = told ? `<b class="${truth}">${WORDS[lang()][told]}</b>` : "";
  const records = evidence.length ? `<span class="id">${WORDS[lang()].brackets.replace("_", escaped(evidence.join(WORDS[lang()].and)))}</span>` : "";
  const below = parts.length ? `<ul>${parts.map(step).join("")}</ul>` : "";
  return `<li>${escaped(label)}${records}${mark}${below}</li>`;
}

function details(table, row) {
  const found = data.details[row];
  if (found) {
    const parts = found[1].map((part) => `<details open><summary>${escaped(part[0])}</summary><ul>${part[3].map(step).join("")}</ul></details>`);
    return `<div class="why"><p>${escaped(found[0])}</p>${parts.join("")}</div>`;
  }
  if (!data.command) return "";
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const of = (key) => say(table.columns[key].texts[table.columns[key].codes[row]]);
  return `<div class="why"><p>${WORDS[lang()].none}</p><code>${escaped(`${data.command} --rule ${of("rule")} --subject ${quoted(of("id"))}`)}</code></div>`;
}

class View {
  constructor(element) {
    this.element = element;
    this.conf = data.views[element.dataset.view];
    this.table = data.tables[this.conf.table];
    this.where = { ...this.conf.where };
    this.unfolds = this.conf.table === "findings";
    this.filters = document.createElement("div");
    this.filters.className = "filters";
    element.before(this.filters);
    element.addEventListener("click", (event) => {
      const button = event.target.closest("td.open button");
      if (button) this.unfold(button);
    });
    this.draw();
  }

  filter(key, place) {
    if (place === null) {
      if (this.conf.where?.[key]) this.where[key] = this.conf.where[key];
      else delete this.where[key];
    } else this.where[key] = [place];
    this.api.draw();
    this.choices();
  }

  choices() {
    this.filters.replaceChildren(
      ...this.conf.filters.map((key) => {
        const label = document.createElement("label");
        const select = document.createElement("select");
        const allowed = new Set(this.conf.where?.[key] ?? this.table.columns[key].texts.keys());
        select.append(new Option(WORDS[lang()].all, ""));
        this.table.columns[key].texts.forEach((text, place) => allowed.has(place) && select.append(new Option(say(text) || "—", place)));
        const now = this.where[key];
        if (now && now.length === 1 && now !== this.conf.where?.[key]) select.value = now[0];
        select.addEventListener("change", () => this.filter(key, select.value === "" ? null : Number(select.value)));
        label.append(say(data.heads[key]), select);
        return label;
      }),
    );
  }

  draw() {
    const { table, conf } = this;
    const shift = this.unfolds ? 1 : 0;
    const numeric = (key) => table.columns[key].texts.length > 0 && table.columns[key].texts.every((text) => typeof text === "number");
    const kind = (key) => (numeric(key) ? "n" : { due: "day", clause: "tight", count: "tight", status: "tight" }[key] ?? "");
    const columns = conf.columns.map((key) => ({ title: escaped(data.heads[key]), className: kind(key) }));
    if (this.unfolds) columns.unshift({ title: "", orderable: false, className: "open" });
    this.heads = [...(this.unfolds ? [""] : []), ...conf.columns.map((key) => say(data.heads[key]))];
    const content = (key, row) => {
      const place = table.columns[key].codes[row];
      const told = escaped(table.columns[key].texts[place]);
      return key === "status" ? `<span class="chip s${place}">${told}</span>` : told;
    };
    this.choices();
    this.api = new DataTable(this.element, {
      columns,
      serverSide: true,
      searchDelay: 150,
      autoWidth: false,
      pageLength: Number(this.element.dataset.rows ?? 15),
      lengthMenu: [15, 50, 200],
      order: conf.order.map(([key, way]) => [conf.columns.indexOf(key) + shift, way]),
      language: WORDS[lang()],
      createdRow: (row) => [...row.cells].forEach((cell, at) => cell.setAttribute("data-head", this.heads[at])),
      layout: { topStart: "pageLength", topEnd: "search", bottomStart: "info", bottomEnd: "paging" },
      ajax: (asked, give) => {
        const words = asked.search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const order = asked.order.map(({ column, dir }) => ({ key: conf.columns[column - shift], down: dir === "desc" }));
        const among = JSON.stringify([this.where, words, order, lang()]);
        if (this.among !== among) {
          this.rows = sorted(table, picked(table, this.where, words, conf.columns), order);
          this.among = among;
          this.all ??= picked(table, conf.where ?? {}, [], []).length;
        }
        this.shown = this.rows.slice(asked.start, asked.start + asked.length);
        const rows = this.shown.map((row) => {
          const cells = conf.columns.map((key) => content(key, row));
          if (this.unfolds) cells.unshift(`<button type="button" aria-expanded="false" aria-label="${WORDS[lang()].open}">+</button>`);
          return cells;
        });
        give({ draw: asked.draw, recordsTotal: this.all, recordsFiltered: this.rows.length, data: rows });
      },
    });
  }

  unfold(button) {
    const row = this.api.row(button.closest("tr"));
    const open = !row.child.isShown();
    if (open) row.child(details(this.table, this.shown[row.index()])).show();
    else row.child.hide();
    button.setAttribute("aria-expanded", open);
    button.textContent = open ? "−" : "+";
  }

  again() {
    this.api.destroy();
    this.element.replaceChildren();
    this.draw();
  }
}

const views = Object.fromEntries([...document.querySelectorAll("table[data-view]")].map((each) => [each.dataset.view, new View(each)]));

function speak(chosen) {
  root.dataset.lang = chosen;
  root.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = root.dataset[`title${chosen === "zh" ? "Zh" : "En"}`];
  for (const view of Object.values(views)) view.again();
}

document.getElementById("language").addEventListener("click", () => speak(lang() === "zh" ? "en" : "zh"));
document.getElementById("print").addEventListener("click", () => window.print());
const asked = new URLSearchParams(location.search).get("lang");
if ((asked === "zh" || asked === "en") && asked !== lang()) speak(asked);

document.querySelector("table.heat")?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { unit, rule } = button.dataset;
  const view = views.cell;
  view.where = { ...view.conf.where, unit: [Number(unit)], what: [Number(rule)] };
  view.api.draw();
  view.choices();
  const panel = document.getElementById("cell");
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
  panel.querySelector("h3").focus();
});
for (const link of document.querySelectorAll("[data-filter]")) {
  link.addEventListener("click", () => {
    const [view, key, place] = link.dataset.filter.split("|");
    views[view].filter(key, Number(place));
    views[view].element.scrollIntoView({ block: "center" });
  });
}
root.dataset.ready = "yes";
