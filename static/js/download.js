/* A link with data-download="id" keeps the text of that element as a file. Without JavaScript it stays hidden. */
for (const link of document.querySelectorAll("a[data-download]")) {
  const shown = document.getElementById(link.dataset.download).textContent;
  link.href = URL.createObjectURL(new Blob([shown], { type: "text/plain" }));
  link.hidden = false;
}
