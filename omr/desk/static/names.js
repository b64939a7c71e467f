// A suggested name goes into the field it was suggested for.
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-name]");
  if (!name) return;
  const form = name.closest("form");
  form.elements.text.value = name.dataset.name;
  form.querySelector(".names").replaceChildren();
  form.querySelector("[data-keep]").focus();
});
