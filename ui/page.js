// Runs once for each of our gr.HTML components (see ui/app.py). Gradio gives `element`, `trigger`, `watch`.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const move = (target, block) => target.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
const sheet = (open) => document.getElementById("wd-body").classList.toggle("wd-sheet", open);

// The quote that a number stands for, brought into view in the panel.
function reveal(number) {
  const panel = document.querySelector(".wd-source");
  const card = panel && panel.querySelector(`.wd-card[data-number="${number}"]`);
  if (!card) return;
  panel.querySelectorAll(".wd-current").forEach((other) => other.classList.remove("wd-current"));
  card.classList.add("wd-current");
  card.focus({ preventScroll: true });
  move(card, "nearest");
}

function cite(turn, number) {
  sheet(true);
  const panel = document.querySelector(".wd-source");
  if (panel && Number(panel.dataset.turn) === turn) reveal(number);
  else trigger("cite", { turn, number });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  event.preventDefault();
  const { ask, cite: place } = button.dataset;
  if (ask !== undefined) trigger("ask", { question: ask });
  if (place !== undefined) cite(...place.split(".").map(Number));
  if (button.dataset.close !== undefined) sheet(false);
  if (button.dataset.themeSwitch !== undefined) {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("wenda-theme", dark ? "dark" : "light");
  }
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") sheet(false);
});

// A new turn is scrolled into view: all of it where it fits, or else from its question on.
const turns = () => element.querySelectorAll(".wd-turn").length;
let seen = turns();
let busy = false;
function follow(log) {
  const last = log.querySelector(".wd-turn:last-of-type");
  if (last && (turns() > seen || busy)) move(last, last.offsetHeight < log.clientHeight ? "end" : "start");
  busy = Boolean(last) && last.ariaBusy === "true";
  seen = turns();
}

watch("value", () => {
  const log = element.querySelector(".wd-log");
  if (log) {
    document.documentElement.lang = log.lang;
    follow(log);
  }
  const current = element.querySelector(".wd-current");
  if (current) reveal(Number(current.dataset.number));
});

const chosen = localStorage.getItem("wenda-theme");
if (chosen) document.body.classList.toggle("dark", chosen === "dark");
