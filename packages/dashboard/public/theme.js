// Before the first paint: the page must not flash in the other theme. A file of its own, as inline scripts are refused.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("orchestrator.theme");
  } catch {
    // Storage is switched off in this browser: the system's theme is followed.
  }
  const isDark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
