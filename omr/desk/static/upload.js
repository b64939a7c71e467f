// Scans from the person's own machine: chosen or dropped, sent one after the other, then read.
const form = document.getElementById("upload");
if (form) {
  const told = document.getElementById("sending");
  const sent = document.getElementById("sent");
  const refused = document.getElementById("refused");
  const suffixes = form.dataset.suffixes.split(",");
  const isScan = (name) => suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
  const isNote = (name) => /(^|\/)[.~]/.test(name);
  let busy = false;

  const refuse = (text) => {
    const line = document.createElement("li");
    line.textContent = text;
    refused.append(line);
  };

  // One file as the body of one request: 201 is kept, 422 is refused with its reason.
  const send = (file, path, unit, before) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/intake/files?name=${encodeURIComponent(path)}&unit=${encodeURIComponent(unit)}`);
      request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
      request.upload.onprogress = (event) => (sent.value = before + event.loaded);
      request.onerror = () => reject(new Error(form.dataset.broken));
      request.onload = () => {
        if (request.status === 201) resolve(true);
        else if (request.status === 422) { refuse(request.responseText); resolve(false); }
        else reject(new Error(form.dataset.broken));
      };
      request.send(file);
    });

  const sendAll = async (found) => {
    if (busy || !found.length) return;
    busy = true;
    refused.replaceChildren();
    const scans = found.filter(([, path]) => isScan(path) && !isNote(path));
    const others = found.length - scans.length;
    const most = Number(form.dataset.most);
    const fit = scans.filter(([file]) => file.size <= most);
    for (const [file, path] of scans) if (file.size > most) refuse(form.dataset.large.replace("{name}", path));
    sent.max = fit.reduce((sum, [file]) => sum + file.size, 0) || 1;
    sent.hidden = fit.length === 0;
    let before = 0, kept = 0;
    try {
      for (const [number, [file, path]] of fit.entries()) {
        told.textContent = `${form.dataset.sending} ${number + 1} / ${fit.length} · ${path}`;
        if (await send(file, path, document.getElementById("of").value, before)) kept += 1;
        sent.value = before += file.size;
      }
      told.textContent = others ? `${form.dataset.unread} ${others}` : "";
      // What was refused is to be seen before the page changes.
      if (kept && !refused.children.length) form.submit();
      else if (kept) form.querySelector("[data-go]")?.removeAttribute("hidden");
    } catch (broken) {
      told.textContent = "";
      refuse(broken.message);
    }
    busy = false;
  };

  // A dropped folder comes as entries that are opened one by one; 100 at most a time.
  const walk = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      return [[file, entry.fullPath.replace(/^\//, "")]];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return found;
      for (const each of some) found.push(...(await walk(each)));
    }
  };

  for (const id of ["whole", "some"]) {
    document.getElementById(id).addEventListener("change", async (event) => {
      await sendAll([...event.target.files].map((file) => [file, file.webkitRelativePath || file.name]));
      event.target.value = "";
    });
  }
  const drop = document.getElementById("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) found.push(...(await walk(entry)));
    await sendAll(found);
  });
}
