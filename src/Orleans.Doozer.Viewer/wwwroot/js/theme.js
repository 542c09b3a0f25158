// Runs before the first paint, so that a dark page does not flash white. The rest of the theme is in shell/theme-button.js.
(function () {
    var theme = null;
    try {
        theme = localStorage.getItem('doozer-theme');
    } catch (error) {
        // Storage is switched off in this browser: the choice of the system holds.
    }
    if (theme === 'light' || theme === 'dark') {
        document.documentElement.dataset.theme = theme;
    }
})();
