/* Beside htmx: says what fails, in the region (role="status") that data-told="id" names; marks what is being fetched. */
(() => {
  const { away } = document.currentScript.dataset;
  const on = (names, told) => names.split(" ").forEach((name) => document.addEventListener(`htmx:${name}`, told));

  on("responseError sendError timeout", ({ target, detail: { xhr } }) => {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html"); // our pages for errors say what to do
    const words = [...page.querySelectorAll("main h1, main .lead")].map((each) => each.textContent.trim());
    const notice = document.createElement("div");
    notice.className = "notice error";
    notice.append(document.createElement("p"));
    notice.firstChild.textContent = words.join(". ") || away;
    const region = document.getElementById(target.closest("[data-told]")?.dataset.told);
    (region ?? document.querySelector(".messages")).replaceChildren(notice);
  });

  on("beforeRequest", ({ detail }) => detail.target.setAttribute("aria-busy", "true"));
  on("afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

  on("configRequest", ({ detail: { verb, formData } }) => {
    if (verb !== "get") return;
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });

  // Back undoes a choice, not a letter that was typed.
  on("beforeHistoryUpdate", ({ detail: { history, requestConfig } }) => {
    const typed = requestConfig.triggeringEvent?.type === "input";
    if (typed || history.path === location.pathname + location.search) history.type = "replace";
  });

  // A whole page is not put into this one: whoever was sent elsewhere goes there.
  on("beforeSwap", (event) => {
    if (!/^\s*<!doctype/i.test(event.detail.serverResponse)) return;
    if (!event.detail.isError) location.assign(event.detail.xhr.responseURL);
    event.detail.shouldSwap = false;
  });
})();
