// A video card becomes the player when its reader asks for it; until then nothing comes from the other host.
for (const card of document.querySelectorAll("[data-video]")) {
  const link = card.querySelector("a");
  link?.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = card.dataset.video;
    frame.title = link.textContent.trim();
    frame.className = "video__frame";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
    frame.setAttribute("allow", "fullscreen");
    frame.setAttribute("referrerpolicy", "strict-origin-when-cross-origin");
    frame.tabIndex = 0;
    card.replaceChildren(frame);
    frame.focus();
  });
}
