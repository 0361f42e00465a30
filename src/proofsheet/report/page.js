"use strict";
// The page works without this file: a mark leads to its row, a caption to its script.
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

// Search: the contents keep those entries in whose section every word occurs.
const field = one("#search");
const menu = one("#menu");
const entries = all("#contents li").map((item) => {
  const link = item.querySelector("a");
  return { item, link, section: document.getElementById(decodeURIComponent(link.hash.slice(1))) };
});
const hits = () => entries.filter(({ item }) => !item.hidden && !item.querySelector("li:not([hidden])"));
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    entry.text ??= entry.section.textContent.toLowerCase();
    entry.item.hidden = !words.every((word) => entry.text.includes(word));
  }
  one("#found").textContent = words.length ? `Parts with these words: ${hits().length}` : "";
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") hits()[0]?.link.click();
});

// On a narrow screen the contents are behind a button.
const unfold = (open) => menu.setAttribute("aria-expanded", open);
menu.addEventListener("click", () => unfold(menu.getAttribute("aria-expanded") === "false"));
one("#contents").addEventListener("click", (event) => event.target.closest("a") && unfold(false));

// A number tells where it comes from while the pointer or the focus is on it.
const tip = one("#tip");
let told = null;
const hide = () => {
  told?.removeAttribute("aria-describedby");
  told = null;
  tip.hidden = true;
};
const tell = (value) => {
  if (value === told) return;
  hide();
  told = value;
  const lines = [value.dataset.metric, value.dataset.run].map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  });
  tip.replaceChildren(...lines);
  tip.hidden = false;
  value.setAttribute("aria-describedby", "tip");
  const at = value.getBoundingClientRect();
  const below = at.bottom + tip.offsetHeight < innerHeight;
  tip.style.top = `${scrollY + (below ? at.bottom : Math.max(0, at.top - tip.offsetHeight))}px`;
  tip.style.left = `${Math.max(0, Math.min(at.left, document.body.clientWidth - tip.offsetWidth))}px`;
};
document.addEventListener("pointerover", ({ target }) => {
  const value = target.closest(".value");
  if (value) tell(value);
  else if (told && told !== document.activeElement && !target.closest("#tip")) hide();
});
document.addEventListener("focusin", ({ target }) => (target.closest(".value") ? tell(target) : hide()));
document.addEventListener("focusout", hide);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
  if ((event.key === "Enter" || event.key === " ") && event.target.matches(".value")) {
    event.preventDefault();
    tell(event.target);
  }
});

// A mark opens the row of its check, a caption its script, where the reader is.
const panel = one("#panel");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.check, a.source");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const [title, ...rest] = one(link.hash).cloneNode(true).children;
  one("#panel-title").textContent = title.textContent;
  one("#panel > div").replaceChildren(...rest);
  panel.showModal();
  reach();
});
panel.addEventListener("click", ({ target }) => target === panel && panel.close());

// Who follows an address with a row in it finds the row open.
const unroll = () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.matches("details")) row.open = true;
};
addEventListener("hashchange", unroll);
unroll();

// Whatever scrolls sideways can be scrolled with the keyboard.
const reach = () => {
  for (const box of all(".scroll, pre, .equation, math")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
addEventListener("load", reach);
