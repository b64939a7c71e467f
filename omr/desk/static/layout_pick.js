// What is selected, and the pointer on the paper: select, drag a rectangle, move, draw.
import { send } from "./layout_send.js";

const sheet = document.getElementById("sheet");
const NEAR = 0.3; // mm a pointer may tremble in a click
const picked = new Set();
let usual = { width: 4, height: 4 }; // mm of a box that is put down by a click
let hand = null; // what the pointer is doing

const svg = () => document.getElementById("boxes");
export const spots = () => [...svg().querySelectorAll(".spot")];
const shown = () => spots().filter((spot) => picked.has(spot.dataset.key));
export const keys = () => [...picked].join(",");
export const count = () => picked.size;
export const size = () => usual;
export const isDrawing = () => document.querySelector("[data-tool=draw]").getAttribute("aria-pressed") === "true";

const number = (spot, name) => Number(spot.getAttribute(name));
const area = (spot) => ({ x: number(spot, "x"), y: number(spot, "y"), width: number(spot, "width"), height: number(spot, "height") });

export const pick = (chosen) => {
  picked.clear();
  for (const key of chosen) picked.add(key);
  paint();
};

// "1-3,7" names boxes 1, 2, 3 and 7.
export const pickRuns = (text) =>
  pick(text.split(",").flatMap((run) => {
    const [first, last = first] = run.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}`);
  }));

export const paint = () => {
  const there = new Set(spots().map((spot) => spot.dataset.key));
  for (const key of [...picked]) if (!there.has(key)) picked.delete(key);
  const groups = new Set();
  for (const spot of spots()) {
    const is = picked.has(spot.dataset.key);
    spot.classList.toggle("picked", is);
    if (is) groups.add(spot.dataset.group ?? spot.dataset.key);
  }
  for (const each of document.querySelectorAll("#panel li")) each.classList.toggle("on", groups.has(each.id.slice(1)));
  const [first] = shown();
  if (first) usual = { width: number(first, "width"), height: number(first, "height") };
  document.dispatchEvent(new Event("picked"));
};

export const shift = (right, down) => {
  for (const spot of shown()) spot.setAttribute("transform", `translate(${right} ${down})`);
};

const place = (event) => {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg().getScreenCTM().inverse());
  return { x: point.x, y: point.y };
};

const between = (one, other) => ({
  x: Math.min(one.x, other.x), y: Math.min(one.y, other.y),
  width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y),
});

const outline = (shape) => {
  let band = svg().querySelector("#band");
  if (!shape) return band?.remove();
  if (!band) {
    band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    band.id = "band";
    svg().append(band);
  }
  for (const [name, value] of Object.entries(shape)) band.setAttribute(name, value);
};

const begin = (event) => {
  if (event.button) return;
  const from = place(event);
  const spot = event.target.closest(".spot");
  if (isDrawing()) hand = { does: "draw", from };
  else if (spot && event.shiftKey) {
    const key = spot.dataset.key;
    if (!picked.delete(key)) picked.add(key);
    paint();
  } else if (spot) {
    if (!picked.has(spot.dataset.key)) pick([spot.dataset.key]);
    hand = { does: "move", from };
  } else hand = { does: "band", from, before: event.shiftKey ? [...picked] : [] };
  if (hand) sheet.setPointerCapture(event.pointerId);
  document.getElementById("paper").focus({ preventScroll: true });
  event.preventDefault();
};

const go = (event) => {
  if (!hand) return;
  const to = place(event);
  if (hand.does === "move") shift(to.x - hand.from.x, to.y - hand.from.y);
  else outline(between(hand.from, to));
};

const within = (band) => spots().filter((spot) => {
  const box = area(spot);
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  return x >= band.x && x <= band.x + band.width && y >= band.y && y <= band.y + band.height;
}).map((spot) => spot.dataset.key);

const end = (event) => {
  if (!hand) return;
  const { does, from, before } = hand, to = place(event);
  hand = null;
  outline(null);
  const band = between(from, to), still = band.width < NEAR && band.height < NEAR;
  if (does === "band") pick([...before, ...(still ? [] : within(band))]);
  else if (does === "draw") draw(still ? { x: from.x - usual.width / 2, y: from.y - usual.height / 2, ...usual } : band);
  else if (still) shift(0, 0);
  else send({ do: "move", keys: keys(), right: (to.x - from.x).toFixed(2), down: (to.y - from.y).toFixed(2) });
};

const draw = (box) => {
  const rounded = Object.fromEntries(Object.entries(box).map(([name, value]) => [name, value.toFixed(2)]));
  send({ do: "add", page: document.getElementById("work").dataset.page, kind: document.getElementById("kind").value, ...rounded });
};

sheet.addEventListener("pointerdown", begin);
sheet.addEventListener("pointermove", go);
sheet.addEventListener("pointerup", end);
sheet.addEventListener("pointercancel", () => { hand = null; outline(null); shift(0, 0); });
