/* What the tests ask of a page that they look at. */
window.face = {
  /* What axe finds: rule, place, what is wrong. */
  async axe(kind, values) {
    const found = await axe.run(document, { runOnly: { type: kind, values }, resultTypes: ["violations"], preload: false });
    return found.violations.flatMap((rule) =>
      rule.nodes.map((node) => {
        const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
        return `${rule.id}: ${node.target.join(" ")}: ${why}`;
      }),
    );
  },

  /* What does not fit in the width of the window, or in its own box. */
  tooWide() {
    const wide = document.documentElement.scrollWidth > innerWidth;
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const unseen = !box.width || style.clipPath !== "none" || style.visibility === "hidden";
      if (unseen || element.closest("svg, .visually-hidden, .skip-link")) continue;
      const name = `${element.tagName.toLowerCase()}.${element.className}`;
      const isField = ["SELECT", "INPUT", "TEXTAREA"].includes(element.tagName);
      const isBox = style.display !== "inline" && element.clientWidth > 1 && style.overflowX !== "auto" && !isField;
      if (wide && box.right > innerWidth + 1) found.push(`sticks out to ${Math.round(box.right)}: ${name}`);
      else if (isBox && element.scrollWidth > element.clientWidth + 1) found.push(`wider than its box: ${name}`);
      else if (style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1) found.push(`cut off: ${name}`);
    }
    return wide && !found.length ? ["scrolls sideways"] : found.slice(-3);
  },

  /* What is lower than 44 px; a link within a sentence is as high as its line (WCAG 2.2, 2.5.8). */
  tooSmall() {
    const found = [];
    for (const element of document.querySelectorAll("a[href], button, summary, input, select, textarea")) {
      const label = element.closest("label") ?? [...(element.labels ?? [])].find((each) => each.contains(element));
      const box = (label ?? element).getBoundingClientRect();
      if (!box.width || getComputedStyle(element).visibility === "hidden") continue;
      if (element.closest("svg, [hidden], .visually-hidden, .skip-link")) continue;
      const around = element.closest("p, li, dd, td, small, figcaption")?.cloneNode(true);
      for (const each of around?.querySelectorAll("a, button, .visually-hidden, .tag") ?? []) each.remove();
      const inSentence = element.tagName === "A" && /\p{L}{2}/u.test(around?.textContent ?? "");
      const size = `${Math.round(box.width)}×${Math.round(box.height)}`;
      const name = `${element.tagName.toLowerCase()} ${element.textContent.trim().slice(0, 30)}`;
      if (!inSentence && box.height < 43.5) found.push(`${size} ${name}`);
    }
    return found;
  },

  /* What a reader may set: WCAG 2.2, 1.4.12. */
  spaceOut() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5; letter-spacing: 0.12em; word-spacing: 0.16em } p { margin-block-end: 2em }");
    document.adoptedStyleSheets = [sheet];
  },

  /* Where the focus is, and what is wrong with that: not seen, hidden (2.4.11), or back where one has been. */
  focus() {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: "nothing", wrong: [] };
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const area = element.querySelector(".area"); // of the map: it shows the focus in the place of its link
    const stroke = area ? parseFloat(getComputedStyle(area).strokeWidth) : 0;
    const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const between = (value, most) => Math.min(Math.max(value, 1), most - 1);
    const x = between(box.left + box.width / 2, innerWidth);
    const y = between(box.top + Math.min(box.height / 2, 12), innerHeight);
    const top = document.elementFromPoint(x, y);
    const isHidden = isInside && !area && top && !element.contains(top) && !top.contains(element);
    const before = face.before;
    const isAfter = !before?.isConnected || before === element || before.compareDocumentPosition(element) & 4;
    face.before = element;
    const wrong = {
      "the focus is not seen": !(style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) && stroke < 4,
      "the focus is off the screen": !isInside,
      "something hides the focus": isHidden,
      "it has a place of its own in the order": element.tabIndex > 0,
      "the focus goes back": !isAfter,
    };
    const name = `${element.tagName.toLowerCase()} ${element.name || element.textContent.trim().slice(0, 40)}`;
    return { name, wrong: Object.keys(wrong).filter((each) => wrong[each]) };
  },
};
