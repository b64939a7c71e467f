// Keys of a contact sheet: arrows go from crop to crop, the others press the button that bears them.
const crops = () => [...document.querySelectorAll(".crops input")];

// How many crops stand in a row: those as high as the first.
const across = (all) => all.filter((one) => one.parentElement.offsetTop === all[0].parentElement.offsetTop).length;

const step = (key, all) => ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across(all), ArrowDown: across(all) })[key];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox])")) return;
  const all = crops();
  if (all.length && event.key.startsWith("Arrow")) {
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? 0 : at + step(event.key, all)];
    if (next) next.focus();
    event.preventDefault();
    return;
  }
  if (event.key === "?") {
    const help = document.getElementById("help");
    if (help) help.open = !help.open;
    return;
  }
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  const button = document.querySelector(`#contact [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  // Enter on a crop would press the first button, whichever that is.
  if (button || event.key === "Enter") event.preventDefault();
  if (button && !button.disabled) button.click();
});

// Nobody answers what they have not seen: the answers arrive disabled and wait for the crops.
const wait = () => {
  const first = document.querySelector(".crops img");
  if (!first) return;
  const answers = document.querySelectorAll("#contact [data-key]");
  first.decode().then(() => {
    for (const each of answers) each.disabled = false;
  }, () => {});
};

// The section is swapped as a whole for the next contact sheet.
let seen = null;
const arrived = () => {
  const section = document.getElementById("contact");
  if (section === seen) return;
  seen = section;
  wait();
  const [first] = crops();
  if (first) first.focus({ preventScroll: true });
};
new MutationObserver(arrived).observe(document.querySelector("main"), { childList: true, subtree: true });
arrived();
