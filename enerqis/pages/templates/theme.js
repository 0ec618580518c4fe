"use strict";
// Light, dark, or as the reader's system says; remembered where the browser allows it.
(() => {
  const names = { auto: "Theme: auto", light: "Theme: light", dark: "Theme: dark" };
  const order = Object.keys(names);
  const button = document.getElementById("theme");
  let theme = "auto";
  try { theme = localStorage.getItem("enerqis-theme") || "auto"; } catch { /* a sandboxed frame keeps nothing */ }
  const show = () => {
    if (!order.includes(theme)) theme = "auto";
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = names[theme];
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    try { localStorage.setItem("enerqis-theme", theme); } catch { /* as above */ }
    show();
  });
  show();
})();
