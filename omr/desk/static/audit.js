// Keys of the audit: each presses the button that bears it, so that keys and mouse do the same.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input")) return;
  if (event.key === "?") {
    const help = document.getElementById("help");
    if (help) help.open = !help.open;
    return;
  }
  const onButton = event.target.closest("button, a, summary");
  const wanted = event.key === "Enter" && !onButton ? "#card .proposed" : `#card [data-key="${CSS.escape(event.key.toLowerCase())}"]`;
  const buttons = document.querySelectorAll(wanted);
  // Two proposals are no proposal.
  if (buttons.length !== 1) return;
  event.preventDefault();
  buttons[0].click();
});
