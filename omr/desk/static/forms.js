// A list of people is sent as soon as it is chosen: its faults are told before anything is printed.
const people = document.getElementById("people");
if (people) {
  const told = document.getElementById("told");
  const token = document.getElementById("roster");
  people.addEventListener("change", async () => {
    const [file] = people.files;
    token.value = told.textContent = "";
    if (!file) return;
    document.querySelector("[name=what][value=roster]").checked = true;
    const headers = { "X-CSRF-Token": document.querySelector("#order [name=csrf]").value };
    try {
      const answer = await fetch(`/forms/roster?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
      if (answer.status === 201) {
        const kept = await answer.json();
        token.value = kept.token;
        told.textContent = kept.told;
        told.className = "lines";
      } else {
        told.className = "lines fault";
        told.textContent = answer.status === 422 ? await answer.text() : told.dataset.broken;
      }
    } catch {
      told.className = "lines fault";
      told.textContent = told.dataset.broken;
    }
  });
}
