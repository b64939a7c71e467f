// Edits go to the desk one after the other; it answers with the boxes and the list as they now stand.
const work = document.getElementById("work");
let last = Promise.resolve();
let waiting = 0;

// What a person is typing, or has open, stays as it is when the list is put in anew.
const kept = (sent) => {
  const typed = document.activeElement;
  const dirty = typed?.matches("#panel input") && typed.value !== typed.defaultValue && typed.value !== sent[typed.name];
  return {
    id: typed?.id,
    value: dirty ? typed.value : null,
    open: [...document.querySelectorAll("#panel details[open]")].map((each) => each.id),
    top: document.getElementById("panel").scrollTop,
  };
};

const restore = ({ id, value, open, top }) => {
  const panel = document.getElementById("panel");
  panel.querySelector("fieldset").disabled = false;
  for (const each of open) document.getElementById(each)?.setAttribute("open", "");
  panel.scrollTop = top;
  const typed = id && panel.querySelector(`#${CSS.escape(id)}`);
  if (!typed) return;
  typed.focus({ preventScroll: true });
  if (value === null) return;
  // Set by a script it fires no change event: layout.js keeps it when the field is left.
  typed.value = value;
  typed.dataset.late = "";
};

const note = (text) => {
  const told = document.getElementById("note");
  told.className = "lines fault";
  told.textContent = text;
};

const post = async (address, fields) => {
  const turn = document.getElementById("boxes").dataset.turn;
  const body = new URLSearchParams({ ...fields, csrf: work.dataset.csrf, page_shown: work.dataset.page, turn });
  try {
    const answer = await fetch(address, { method: "POST", body });
    if (![200, 409, 422].includes(answer.status)) throw new Error(`${answer.status}`);
    const arrived = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = kept(answer.status === 200 ? fields : {});
    for (const id of ["boxes", "panel"]) document.getElementById(id).replaceWith(arrived.getElementById(id));
    restore(before);
  } catch {
    note(work.dataset.broken);
  }
  document.dispatchEvent(new CustomEvent("shown", { detail: fields.do }));
};

const queued = (address, fields) => {
  work.dataset.waiting = ++waiting;
  last = last.then(() => post(address, fields)).then(() => { work.dataset.waiting = --waiting; });
};

export const send = (fields) => queued(work.dataset.at, fields);
export const save = () => queued(`${work.dataset.at}/save`, {});
export const enable = () => restore({ ...kept({}), id: null });
