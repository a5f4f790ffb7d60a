// Fetches the page again every two seconds and replaces what changed, so that a reader keeps the place; what is being
// filled in or is unfolded stays. A menu is sent when something is chosen.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  document.addEventListener("change", function (event) {
    if (event.target.matches("select[data-go]") && event.target.value) event.target.form.requestSubmit();
  });
  var atEnd = function () {
    return window.innerHeight + window.scrollY > document.body.scrollHeight - 80;
  };
  var inUse = function (part, fresh) {
    var active = document.activeElement;
    if (active && part.contains(active) && active.matches("select, input, textarea")) return true;
    var modal = part.querySelector("#modal"), next = fresh.querySelector("#modal");
    return modal && next && modal.dataset.hash === next.dataset.hash;
  };
  if (!location.hash) window.scrollTo(0, document.body.scrollHeight * (document.getElementById("stream") ? 1 : 0));
  setInterval(function () {
    if (document.hidden) return;
    fetch(location.pathname, { headers: { Accept: "text/html" } })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html");
        var follow = atEnd() && document.getElementById("stream");
        ["sidebar", "main"].forEach(function (id) {
          var old = document.getElementById(id), now = fresh.getElementById(id);
          if (!now || inUse(old, now)) return;
          old.querySelectorAll("details[open][id]").forEach(function (unfolded) {
            var same = fresh.getElementById(unfolded.id);
            if (same) same.open = true;
          });
          if (old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
        });
        if (follow) window.scrollTo(0, document.body.scrollHeight);
      })
      .catch(function () { /* the sandbox is restarting; try again at the next turn */ });
  }, 2000);
})();
