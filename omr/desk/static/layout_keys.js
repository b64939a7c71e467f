// The keyboard on the layout page. Arrow keys that are held down make one move, sent when they are let go.
import { count, keys, pick, shift, spots } from "./layout_pick.js";
import { send } from "./layout_send.js";

const FINE = 0.1, COARSE = 0.5; // mm
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let push = null; // mm moved so far by keys that are down

const press = (selector) => {
  const button = document.querySelector(selector);
  if (button && !button.disabled) button.click();
};

const nudge = ([right, down], step) => {
  push = { right: (push?.right ?? 0) + right * step, down: (push?.down ?? 0) + down * step };
  shift(push.right, push.down);
};

const settle = () => {
  if (!push) return;
  send({ do: "move", keys: keys(), right: push.right.toFixed(2), down: push.down.toFixed(2) });
  push = null;
};

const next = (step) => {
  const all = spots();
  if (!all.length) return;
  const at = all.findIndex((spot) => spot.classList.contains("picked"));
  const spot = all[(at < 0 ? 0 : at + step + all.length) % all.length];
  pick([spot.dataset.key]);
  spot.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const PLAIN = {
  Delete: () => press("[data-do=delete]"),
  Escape: () => pick([]),
  b: () => press("[data-tool=draw]"),
  n: () => next(1),
  p: () => next(-1),
  "+": () => press("[data-zoom='1.25']"),
  "=": () => press("[data-zoom='1.25']"),
  "-": () => press("[data-zoom='0.8']"),
  PageUp: () => press("a[rel=prev]"),
  PageDown: () => press("a[rel=next]"),
  "?": () => { const help = document.getElementById("help"); help.open = !help.open; },
};
const CONTROL = {
  z: () => press("[data-do=undo]"),
  y: () => press("[data-do=redo]"),
  a: () => pick(spots().map((spot) => spot.dataset.key)),
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.target.closest("input, select, textarea")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (WAYS[key] && count() && !event.ctrlKey && !event.metaKey) {
    nudge(WAYS[key], event.shiftKey ? COARSE : FINE);
    event.preventDefault();
    return;
  }
  const done = (event.ctrlKey || event.metaKey ? CONTROL : PLAIN)[key];
  if (!done) return;
  settle();
  event.preventDefault();
  done();
});
document.addEventListener("keyup", (event) => { if (WAYS[event.key]) settle(); });
window.addEventListener("blur", settle);
