// Runs once for each of our gr.HTML components (see ui/app.py). Gradio gives `element`, `trigger`, `watch`.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const move = (target, block) => target.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
const sheet = (open) => document.getElementById("wd-body").classList.toggle("wd-sheet", open);

// Beside the chat stands either what was quoted ("source") or the whole article ("reader").
const show = (view) => document.getElementById("wd-body").classList.toggle("wd-reading", view === "reader");

// The quote that is read, brought into view: in the article, or on its card where the article is gone.
function reveal() {
  const current = element.querySelector(".wd-current");
  if (!current) return;
  current.focus({ preventScroll: true });
  move(current, current.closest(".wd-reader") ? "center" : "nearest");
}

// A place in the article: scrolled to where it is on the page, or else asked for.
function open(place) {
  show("reader");
  sheet(true);
  const [article, offset] = place.split(".").map(Number);
  const reader = document.querySelector(`.wd-reader[data-article="${article}"]`);
  const shown = document.querySelector(".wd-source:not(.wd-reader)").dataset.turn;
  const block = reader && reader.dataset.turn === shown && blockAt(reader, offset);
  if (block && Number(block.dataset.start) <= offset) arrive(block, offset);
  else trigger("open", { article, offset });
}

const blockAt = (reader, offset) =>
  [...reader.querySelectorAll("[data-end]")].find((each) => Number(each.dataset.end) > offset);

// Where the whole article was left, or the beginning of the first.
function lastRead() {
  const reader = document.querySelector(".wd-reader");
  return reader ? `${reader.dataset.article}.${reader.dataset.offset}` : "0.0";
}

// Where a footnote's mark leads to another, that one has the keyboard next.
function arrive(block, offset) {
  const mark = block.querySelector(`[data-ref="${offset}"]`);
  move(mark ?? block, mark ? "center" : "start");
  (mark ?? block.closest(".wd-reader")).focus({ preventScroll: true });
  block.classList.add("wd-arrived");
  setTimeout(() => block.classList.remove("wd-arrived"), 1600);
}

// The cells of a map are one stop of the keyboard; arrows go from cell to cell.
function along(cell, step) {
  const next = step > 0 ? cell.nextElementSibling : cell.previousElementSibling;
  if (next) next.focus();
}

function cite(turn, number) {
  show(number ? "reader" : "source");
  sheet(true);
  trigger("cite", { turn, number });
}

// The answer with its references, on the clipboard; browsers lend that to https and localhost only.
async function copy(button) {
  const text = button.dataset.copy;
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 1600);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button || button.download) return;
  event.preventDefault();
  const { ask, cite: place } = button.dataset;
  if (ask !== undefined) trigger("ask", { question: ask });
  if (button.dataset.at !== undefined) open(button.dataset.at);
  if (button.dataset.view === "source") show("source");
  if (button.dataset.view === "reader") open(lastRead());
  if (button.dataset.copy !== undefined) copy(button);
  if (button.dataset.stop !== undefined) trigger("stop", {});
  if (button.dataset.halt !== undefined) trigger("halt", {});
  if (button.dataset.remove !== undefined) trigger("remove", { article: Number(button.dataset.remove) });
  if (button.dataset.export !== undefined) trigger("export", { kind: button.dataset.export });
  if (button.dataset.rate !== undefined) {
    const [turn, good] = button.dataset.rate.split(".").map(Number);
    trigger("rate", { turn, good });
  }
  if (place !== undefined) cite(...place.split(".").map(Number));
  if (button.dataset.close !== undefined) sheet(false);
  if (button.dataset.themeSwitch !== undefined) {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("wenda-theme", dark ? "dark" : "light");
  }
});

// The articles that are not ticked, all of them each time, so that quick ticks can't get out of step.
element.addEventListener("change", (event) => {
  if (event.target.dataset.choose === undefined) return;
  const out = [...element.querySelectorAll("[data-choose]:not(:checked)")];
  trigger("choose", { left_out: out.map((each) => Number(each.dataset.choose)) });
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") sheet(false);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step && event.target.matches(".wd-cell")) {
    event.preventDefault();
    along(event.target, step);
  }
});

// A new turn is scrolled into view: all of it where it fits, or else from its question on.
const turns = () => element.querySelectorAll(".wd-turn").length;
let seen = turns();
let busy = false;
function follow(log) {
  const last = log.querySelector(".wd-turn:last-of-type");
  if (last && (turns() > seen || busy)) move(last, last.offsetHeight < log.clientHeight ? "end" : "start");
  busy = Boolean(last) && last.ariaBusy === "true";
  if (turns() !== seen) show("source");
  seen = turns();
}

watch("value", () => {
  const log = element.querySelector(".wd-log");
  if (log) {
    document.documentElement.lang = log.lang;
    follow(log);
  }
  element.querySelector(".wd-download")?.click();
  if (element.querySelector(".wd-current.wd-lost")) show("source");
  const reader = element.querySelector(".wd-reader");
  const block = reader && blockAt(reader, Number(reader.dataset.offset));
  if (element.querySelector(".wd-current")) reveal();
  else if (block) arrive(block, Number(reader.dataset.offset));
  // A tick that a visitor has touched no longer follows its attribute by itself.
  for (const tick of element.querySelectorAll("[data-choose]")) tick.checked = tick.hasAttribute("checked");
});

const chosen = localStorage.getItem("wenda-theme");
if (chosen) document.body.classList.toggle("dark", chosen === "dark");
