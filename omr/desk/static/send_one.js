// A file is sent as soon as it is chosen, and the browser goes where the desk says.
const form = document.getElementById("new");
const chosen = form.querySelector("input[type=file]");
const told = document.getElementById("sending");
const refused = document.getElementById("refused");

chosen.addEventListener("change", async () => {
  const [file] = chosen.files;
  if (!file) return;
  refused.textContent = "";
  told.textContent = `${form.dataset.sending} ${file.name}`;
  chosen.disabled = true;
  try {
    const headers = { "X-CSRF-Token": form.elements.csrf.value };
    const answer = await fetch(`${form.dataset.to}name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
    if (answer.status === 201) {
      location.assign((await answer.json()).address);
      return;
    }
    refused.textContent = answer.status === 422 ? await answer.text() : form.dataset.broken;
  } catch {
    refused.textContent = form.dataset.broken;
  }
  told.textContent = chosen.value = "";
  chosen.disabled = false;
});
chosen.disabled = false;
