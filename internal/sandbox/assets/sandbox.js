// Fetches the page again every two seconds and replaces what changed, so that a reader keeps the place.
(function () {
  "use strict";
  var atEnd = function () {
    return window.innerHeight + window.scrollY > document.body.scrollHeight - 80;
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
          if (now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
        });
        if (follow) window.scrollTo(0, document.body.scrollHeight);
      })
      .catch(function () { /* the sandbox is restarting; try again at the next turn */ });
  }, 2000);
})();
