// Four clicks on a scan: where the corner squares of the form are. Kept as shares of the picture.
const scan = document.getElementById("scan");
if (scan) {
  const kept = document.getElementById("corners");
  const told = document.getElementById("clicks");
  let points = [];
  const show = () => {
    kept.value = points.length === 4 ? points.flat().join(",") : "";
    told.textContent = points.length ? `${told.dataset.some} ${points.length} / 4` : told.dataset.none;
  };
  scan.addEventListener("click", (event) => {
    const box = scan.getBoundingClientRect();
    if (points.length === 4) points = [];
    points.push([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    show();
  });
  document.getElementById("anew").addEventListener("click", () => {
    points = [];
    show();
  });
}
