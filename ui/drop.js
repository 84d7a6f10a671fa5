// Runs once (see ui/app.py): files may be dropped anywhere on the page, and go the way of the upload button.
const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
const hint = (on) => document.getElementById("wd-head").classList.toggle("wd-dropping", on);

document.addEventListener("dragover", (event) => {
  if (!files(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  hint(true);
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) hint(false); // out of the window
});

document.addEventListener("drop", (event) => {
  if (!files(event)) return;
  event.preventDefault();
  hint(false);
  const input = document.querySelector("#wd-tools input[type=file]");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
