// Says of each box that is wider than its page that it scrolls.
// deno-lint-ignore-file no-undef -- a script of a page, whose globals are the browser's
(() => {
  function look() {
    for (const box of document.querySelectorAll(".output, .text .table")) {
      const said = box.previousElementSibling?.matches(".scrolls")
        ? box.previousElementSibling
        : null;
      const isWide = box.scrollWidth > box.clientWidth;
      if (isWide && !said) {
        const hint = document.createElement("p");
        hint.className = "scrolls";
        hint.textContent = "Wider than the page: scrolls sideways →";
        box.before(hint);
      } else if (!isWide) {
        said?.remove();
      }
    }
  }
  look();
  addEventListener("resize", look);
})();
