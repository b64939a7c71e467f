// The layout page: its buttons and forms send edits; what needs a selection waits for one.
import { count, isDrawing, keys, paint, pick, pickRuns, size, spots } from "./layout_pick.js";
import { enable, save, send } from "./layout_send.js";
import "./layout_keys.js";

const work = document.getElementById("work");
const sheet = document.getElementById("sheet");
const told = document.getElementById("count");
let zoom = 1;
let before = new Set();

const refresh = () => {
  const { undo, redo } = document.getElementById("boxes").dataset;
  told.textContent = count() ? `${told.dataset.some} ${count()}` : told.dataset.none;
  for (const each of document.querySelectorAll("[data-needs]")) each.disabled = !count();
  document.querySelector("[data-do=undo]").disabled = undo === "0";
  document.querySelector("[data-do=redo]").disabled = redo === "0";
  if (!count()) return;
  const resize = document.querySelector("form[data-do=resize]");
  if (!resize.contains(document.activeElement)) {
    resize.elements.width.value = size().width;
    resize.elements.height.value = size().height;
  }
};

const ask = (fields) => {
  before = new Set(spots().map((spot) => spot.dataset.key));
  send(fields);
};

work.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled || button.type !== "button") return;
  if (button.dataset.do) ask({ do: button.dataset.do, keys: keys() });
  else if (button.dataset.keys) {
    pickRuns(button.dataset.keys);
    document.querySelector(".spot.picked")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  else if (button.dataset.zoom) {
    zoom = Math.min(6, Math.max(0.4, zoom * Number(button.dataset.zoom)));
    sheet.style.width = `${zoom * 100}%`;
  } else if (button.dataset.tool) {
    button.setAttribute("aria-pressed", `${!isDrawing()}`);
    sheet.classList.toggle("drawing", isDrawing());
  } else if (button.id === "save") save();
});

work.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  if (form.dataset.do === "kind") fields.kind = document.getElementById("kind").value;
  ask({ ...fields, do: form.dataset.do, keys: keys() });
});

// A name is kept as soon as it is typed: on Enter, or when the field is left.
work.addEventListener("change", (event) => {
  delete event.target.dataset.late;
  const form = event.target.closest("#panel form");
  if (form) form.requestSubmit();
});
const keepLate = ({ target }) => {
  if (target.dataset.late === undefined) return;
  delete target.dataset.late;
  target.form.requestSubmit();
};
work.addEventListener("focusout", keepLate);
work.addEventListener("keydown", (event) => { if (event.key === "Enter") keepLate(event); });

document.addEventListener("picked", refresh);
document.addEventListener("shown", (event) => {
  if (["add", "copy"].includes(event.detail)) {
    const fresh = spots().map((spot) => spot.dataset.key).filter((key) => !before.has(key));
    if (fresh.length) pick(fresh);
  }
  paint();
});

for (const each of document.querySelectorAll("[data-tool], [data-zoom], #kind, #save")) each.disabled = false;
enable();
refresh();
work.dataset.ready = "";
