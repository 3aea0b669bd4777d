"use strict";
(function () {
  var page = document.documentElement;
  var codes = { en: "en", zh: "zh-Hans" };
  function show(language) {
    page.dataset.shown = language;
    page.lang = codes[language];
    document.title = document.body.getAttribute("data-title-" + language);
    document.querySelectorAll("[data-language]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    });
    document.querySelectorAll("svg[data-label-en]").forEach(function (chart) {
      chart.setAttribute("aria-label", chart.getAttribute("data-label-" + language));
    });
  }
  document.querySelectorAll("[data-language]").forEach(function (button) {
    button.addEventListener("click", function () { show(button.dataset.language); });
  });
  var wanted = new URLSearchParams(location.search).get("lang");
  show(wanted === "zh" || wanted === "en" ? wanted
    : (navigator.language || "").toLowerCase().indexOf("zh") === 0 ? "zh" : "en");
})();
